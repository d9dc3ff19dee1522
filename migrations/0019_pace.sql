-- How fast letters may go where, and what servers say to them.

-- The group of mailboxes that a letter goes to: gmail, outlook, …, or other. Claims name it, so that a group which rests costs
-- nothing. Letters that were written before count as other.
alter table deliveries add column destination text not null default 'other';
drop index deliveries_by_state;
create index deliveries_by_state on deliveries (issue_id, state, destination, due_at);

-- What was learned of how much a transport, and a destination behind it, will take. Whoever stands in no row goes freely.
create table paces (
  transport text not null,
  destination text not null, -- a group; '@' and a domain that is in none; '' for the transport as a whole
  per_second real, -- so many letters it took when it was last slowed down; it grows back with time. Null: as they come
  at_once integer, -- the same for letters under way at once
  full_per_second real, -- what it was before, where the limit ends
  full_at_once integer,
  slowed_at integer, -- when it was last slowed down
  slowed integer not null default 0, -- how often since slowed_from
  slowed_from integer,
  tried integer not null default 0, -- letters since counted_from, and how many of them were refused because of us
  refused integer not null default 0,
  in_a_row integer not null default 0, -- of those, without another between
  counted_from integer,
  rests_until integer, -- nothing goes before
  rests integer not null default 0, -- how often in a row: each rest is longer
  reason text, -- of the last rest: rate, credentials, sender
  reply text, -- the server's words that led to it, without addresses
  alarm text, -- the server's words that say that our commands are wrong
  alarm_at integer,
  at integer not null,
  primary key (transport, destination)
) strict, without rowid;

-- A sending domain that nobody knows yet: so many letters a day, more each day.
create table warmups (
  domain text primary key,
  started_on integer not null, -- days since 1970, UTC
  by text not null
) strict, without rowid;

create table warmup_days (
  domain text not null references warmups (domain) on delete cascade,
  day integer not null, -- since 1970, UTC
  destination text not null,
  taken integer not null, -- letters that may go on that day and were handed out to workers
  granted integer not null, -- of those, to the last that asked
  primary key (domain, day, destination)
) strict, without rowid;

-- What became of an issue's letters, as far as it can stop the rest: counted as it comes, and not by looking at its letters.
create table issue_health (
  issue_id integer primary key references issues (id) on delete cascade,
  sent integer not null default 0, -- accepted, or refused for good
  bounced integer not null default 0, -- nobody there: said at once, or reported later
  complained integer not null default 0,
  content integer not null default 0, -- refused for what they say
  warned_at integer
) strict;

-- A refusal while a letter is sent is booked like a report that comes back: known_by has a word more.
create table feedback_new (
  id integer primary key,
  delivery_id integer references deliveries (id) on delete cascade,
  notice_id integer references notices (id) on delete cascade,
  subscriber_id integer, -- whose letter it was; null where nobody's
  kind text not null check (kind in ('bounce', 'complaint')),
  verdict text not null, -- of a bounce: hard, likely-hard, unclear, soft, sender, content; of a complaint: abuse, opt-out
  code text not null, -- 5.1.1, else 550, else ''
  words text, -- the server's own; null once its reader is erased
  known_by text not null, -- reply, return-path, message-id, address; by an address alone nobody is suppressed
  report text not null, -- what tells this report from others about the same letter
  letter_at integer not null, -- when the letter was sent: what came back together may be of many days
  at integer not null,
  check ((delivery_id is null) <> (notice_id is null)),
  unique (delivery_id, report),
  unique (notice_id, report)
) strict;
insert into feedback_new select id, delivery_id, notice_id, subscriber_id, kind, verdict, code, words, known_by, report, letter_at, at
  from feedback;
drop table feedback;
alter table feedback_new rename to feedback;
create index feedback_of_subscriber on feedback (subscriber_id, id);
