-- What guards sign-up against floods (src/subscribers/guard). Limits are counted over the requests themselves.

alter table requests add column challenge text; -- the solved challenge that let it through: each is good for one request
alter table requests add column token text; -- the name of the API token that it came by; its network is '' then
alter table requests add column mailbox text not null default ''; -- the address as one mailbox: without a +tag
update requests set mailbox = address_key;

create unique index requests_by_challenge on requests (challenge) where challenge is not null;
create index requests_of_token on requests (token, at) where token is not null;
create index requests_of_mailbox on requests (mailbox, at);
