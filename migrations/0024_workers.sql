-- Who sends, and shows that it lives: what a worker holds that fell silent need not wait for its lease to end.
create table delivery_workers (
  name text primary key, -- as it stands in the rows that it holds
  beats integer not null
) strict, without rowid;
