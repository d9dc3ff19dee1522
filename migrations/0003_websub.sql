-- WebSub: who asked for a feed to be pushed, which pushes are due, and how far changes were told.

create table websub_subscriptions (
  id integer primary key,
  topic text not null, -- the feed's own address
  asked_topic text not null, -- as the subscriber wrote it: what it is called by
  callback text not null,
  host text not null, -- of the callback
  secret text, -- signs what is pushed
  began_at integer not null,
  lease_ends_at integer not null,
  wanted integer not null default 0, -- how many changes it was to hear of: a push that began before the last is not enough
  due_at integer, -- the next push, or while one is under way when its claim ends; null: there is nothing to push
  worker text, -- who has it under way
  tries integer not null default 0, -- that failed, since the last that was taken
  failing_since integer,
  last_error text,
  pushed_at integer, -- when the callback last took one
  unique (topic, callback)
) strict;

create index websub_subscriptions_due on websub_subscriptions (due_at, host) where due_at is not null;
create index websub_subscriptions_under_way on websub_subscriptions (due_at, host) where worker is not null;
create index websub_subscriptions_of_host on websub_subscriptions (host);
create index websub_subscriptions_lease on websub_subscriptions (lease_ends_at);

-- Which feeds a topic shows: several for a mix of sections.
create table websub_watches (
  feed text not null,
  subscription_id integer not null references websub_subscriptions (id) on delete cascade,
  primary key (feed, subscription_id)
) strict, without rowid;

create index websub_watches_of_subscription on websub_watches (subscription_id);

-- What a callback is still to be asked or told; what it leads to happens only then.
create table websub_asks (
  id integer primary key,
  mode text not null check (mode in ('subscribe', 'unsubscribe', 'denied')),
  topic text not null,
  asked_topic text not null,
  callback text not null,
  host text not null,
  secret text,
  lease_seconds integer not null,
  feeds text not null check (json_valid(feeds)), -- a list: what the subscription is to watch
  seq integer not null, -- the last change of feeds when it was asked for: what came since is pushed at once
  reason text, -- of a denial
  due_at integer not null,
  worker text,
  tries integer not null default 0,
  unique (topic, callback)
) strict;

create index websub_asks_due on websub_asks (due_at, host);
create index websub_asks_under_way on websub_asks (due_at, host) where worker is not null;
create index websub_asks_of_host on websub_asks (host);

-- How many callbacks of a host we were asked to call in the minute that began then.
create table websub_hosts (
  host text primary key,
  began_at integer not null,
  asked integer not null
) strict, without rowid;

create index websub_hosts_age on websub_hosts (began_at);

-- How many rows there are, so that nobody need count them.
create table websub_counts (
  name text primary key,
  number integer not null
) strict, without rowid;

create trigger websub_subscriptions_counted after insert on websub_subscriptions begin
  insert into websub_counts (name, number) values ('subscriptions', 1) on conflict (name) do update set number = number + 1;
end;
create trigger websub_subscriptions_uncounted after delete on websub_subscriptions begin
  update websub_counts set number = number - 1 where name = 'subscriptions';
end;
create trigger websub_asks_counted after insert on websub_asks begin
  insert into websub_counts (name, number) values ('asks', 1) on conflict (name) do update set number = number + 1;
end;
create trigger websub_asks_uncounted after delete on websub_asks begin
  update websub_counts set number = number - 1 where name = 'asks';
end;

-- Up to which change of feeds (and, among those of one number, up to which feed) something was told: 'subscribers', or a hub
-- outside by its address.
create table websub_cursors (
  name text primary key,
  seq integer not null,
  feed text not null default '',
  due_at integer not null default 0,
  worker text,
  tries integer not null default 0
) strict, without rowid;

-- A section that is closed, renamed or gone concerns those who subscribed to its feed, although no article changed; so with a
-- digest. Whoever does it, also by hand.
create trigger sections_touch_feed_by_update after update of slug, closed_at on sections
  when old.slug <> new.slug or old.closed_at is not new.closed_at begin
  update feed_versions set version = version + 1, seq = (select max(seq) + 1 from feed_versions)
  where feed = 'section/' || new.id;
end;
create trigger sections_touch_feed_by_delete after delete on sections begin
  update feed_versions set version = version + 1, seq = (select max(seq) + 1 from feed_versions)
  where feed = 'section/' || old.id;
end;
create trigger digests_touch_feed_by_update after update of slug on digests when old.slug <> new.slug begin
  update feed_versions set version = version + 1, seq = (select max(seq) + 1 from feed_versions)
  where feed = 'digest/' || new.id;
end;
create trigger digests_touch_feed_by_delete after delete on digests begin
  update feed_versions set version = version + 1, seq = (select max(seq) + 1 from feed_versions)
  where feed = 'digest/' || old.id;
end;
