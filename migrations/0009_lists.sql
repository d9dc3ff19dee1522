-- The publisher's side of subscribers: lists taken over, saved segments, and what both need to be quick with a million.
-- Times are milliseconds since 1970, UTC.

-- A list that is taken over, or was. `rows` is the cursor: it moves in the batch that stores the rows before it, so the same
-- list with the same options goes on where its process died.
create table imports (
  id integer primary key,
  name text not null, -- of the file
  mark text not null, -- of its content and of how it is to be read
  state text not null check (state in ('running', 'done')),
  rows integer not null default 0,
  added integer not null default 0, -- people who got a digest by it
  counts text check (json_valid(counts)), -- rows by what became of them, once it is done
  started_at integer not null,
  ended_at integer
) strict;

create unique index imports_running on imports (mark) where state = 'running';

-- What became of rows that added nobody, until the report is written. No address stands here: the list itself has it.
create table import_rows (
  import_id integer not null references imports (id) on delete cascade,
  row integer not null,
  outcome text not null,
  primary key (import_id, row)
) strict, without rowid;

create table segments (
  id integer primary key,
  slug text not null unique,
  filter text not null check (json_valid(filter)),
  created_at integer not null
) strict;

-- Whether an address stands among the suppressions, beside its subscriber, as segments ask it of everybody at once.
alter table subscribers add column suppressed integer not null default 0 check (suppressed in (0, 1));

update subscribers set suppressed = 1 where address_key in (select address_key from suppressions);

create trigger suppressions_mark after insert on suppressions
begin
  update subscribers set suppressed = 1 where address_key = new.address_key;
end;

create trigger suppressions_unmark after delete on suppressions
begin
  update subscribers set suppressed = 0 where address_key = old.address_key;
end;

create trigger subscribers_mark after insert on subscribers
when exists (select 1 from suppressions where address_key = new.address_key)
begin
  update subscribers set suppressed = 1 where id = new.id;
end;

create trigger subscribers_mark_moved after update of address_key on subscribers
when old.address_key <> new.address_key
begin
  update subscribers set suppressed = exists (select 1 from suppressions where address_key = new.address_key)
  where id = new.id;
end;

-- All that a segment asks, in the order of ids: counted window by window without reading the tables themselves.
create index subscribers_segments on subscribers
  (id, state, suppressed, language, source, import_id, created_at, confirmed_at, active_at);
create index subscriptions_segments on subscriptions (digest_id, subscriber_id, state, paused_until, sections);
