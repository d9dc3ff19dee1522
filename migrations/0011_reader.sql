-- What is asked of the ledger in the name of one reader: export and erasure find their mails and requests by these.
create index notices_of_subscriber on notices (data ->> 'subscriber');
create index requests_of_subscriber on requests (wish ->> 'subscriber') where wish ->> 'subscriber' is not null;
