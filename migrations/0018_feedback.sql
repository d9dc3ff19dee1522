-- What came back of a letter: a bounce or a complaint is a fact with a date, beside the letter's state. Times are milliseconds
-- since 1970, UTC.
create table feedback (
  id integer primary key,
  delivery_id integer references deliveries (id) on delete cascade,
  notice_id integer references notices (id) on delete cascade,
  subscriber_id integer, -- whose letter it was; null where nobody's
  kind text not null check (kind in ('bounce', 'complaint')),
  verdict text not null, -- of a bounce: hard, likely-hard, unclear, soft, sender, content; of a complaint: abuse, opt-out
  code text not null, -- 5.1.1, else 550, else ''
  words text, -- the server's own; null once its reader is erased
  known_by text not null check (known_by in ('return-path', 'message-id', 'address')), -- by an address alone nobody is suppressed
  report text not null, -- what tells this report from others about the same letter
  letter_at integer not null, -- when the letter was sent: what came back together may be of many days
  at integer not null,
  check ((delivery_id is null) <> (notice_id is null)),
  unique (delivery_id, report),
  unique (notice_id, report)
) strict;

create index feedback_of_subscriber on feedback (subscriber_id, id);
