-- Subscribers: how they came, how often they want an issue, and what was asked of us in the name of an address.
-- Times are milliseconds since 1970, UTC.

-- how they came: home, section, page, embed, api, import, sample
alter table subscribers add column source text not null default 'page';
alter table subscribers add column import_id integer; -- the import that brought them
alter table subscribers add column active_at integer; -- the last act of their own: signed up, confirmed, changed, left

update subscribers set source = case
  when sample = 1 then 'sample'
  when exists (select 1 from consents c where c.subscriber_id = subscribers.id and c.act = 'imported') then 'import'
  else 'page' end;
update subscribers set active_at = coalesce(confirmed_at, created_at) where source = 'page';

alter table subscriptions add column frequency text not null default 'each' check (frequency in ('each', 'daily', 'weekly'));
alter table subscriptions add column last_issued_on text; -- the local date of the last issue that was meant for them

-- which request an 'asked' and its 'confirmed' belong to: a link confirms what was asked with it, and nothing else
alter table consents add column request_id integer;

-- The ledger is append-only. What may go: that of somebody who was never confirmed and is forgotten, and invented people.
-- What may be blanked: the proof of somebody who is erased. (digest_id is emptied when a digest is removed.)
-- whose address moved to another subscriber: both are one person
create index consents_joined on consents (proof ->> 'into') where act = 'moved';

create trigger consents_stay before delete on consents
when exists (select 1 from subscribers where id = old.subscriber_id and state <> 'pending' and sample = 0)
begin
  select raise(abort, 'consents are append-only');
end;

create trigger consents_are_new before insert on consents
when exists (select 1 from consents where id = new.id) -- "insert or replace" would be a change
begin
  select raise(abort, 'consents are append-only');
end;

create trigger consents_are_final before update on consents
when old.id <> new.id or old.subscriber_id <> new.subscriber_id or old.at <> new.at or old.act <> new.act
  or (old.digest_id is not new.digest_id and new.digest_id is not null)
  or old.request_id is not new.request_id
  or (old.proof <> new.proof and not exists (select 1 from subscribers where id = old.subscriber_id and state = 'erased'))
begin
  select raise(abort, 'consents are append-only');
end;

-- What somebody asked by typing an address, whoever that was: answered by a mail to it, or by none; the page says the same.
-- Kept for some days, since limits are counted over it.
create table requests (
  id integer primary key autoincrement, -- no id comes twice: links and the ledger of consents name them
  at integer not null,
  state text not null check (state in ('waiting', 'mailed', 'passed')),
  address text not null,
  address_key text not null,
  domain text not null,
  network text not null, -- of whoever asked, as a prefix; '' where nobody knows
  wish text not null check (json_valid(wish))
) strict;

create index requests_by_state on requests (state, id);
create index requests_of_address on requests (address_key, at);
create index requests_of_domain on requests (domain, at);
create index requests_of_network on requests (network, at);
create index requests_by_age on requests (at);

create index subscribers_pending on subscribers (created_at) where state = 'pending';
create index subscriptions_pending on subscriptions (since) where state = 'pending';
