-- What the newsroom's first pages look up: articles of one source and of one importance, how many subscribers there were on each day,
-- and of which skipped issues the editors were told.

create index articles_of_source on articles (source_name, published_at desc, id desc) where source_name is not null;
create index articles_by_importance on articles (importance, published_at desc, id desc) where importance > 0;

-- Counted as they come and go: to count a million people anew takes longer than a page may.
create table subscriber_totals (
  only integer primary key check (only = 1),
  confirmed integer not null -- and not suppressed
) strict;
insert into subscriber_totals (only, confirmed)
  select 1, count(*) from subscribers where state = 'confirmed' and suppressed = 0;

create trigger subscribers_counted after insert on subscribers
when new.state = 'confirmed' and new.suppressed = 0
begin
  update subscriber_totals set confirmed = confirmed + 1;
end;

create trigger subscribers_recounted after update of state, suppressed on subscribers
when (old.state = 'confirmed' and old.suppressed = 0) <> (new.state = 'confirmed' and new.suppressed = 0)
begin
  update subscriber_totals set confirmed = confirmed + iif(new.state = 'confirmed' and new.suppressed = 0, 1, -1);
end;

create trigger subscribers_uncounted after delete on subscribers
when old.state = 'confirmed' and old.suppressed = 0
begin
  update subscriber_totals set confirmed = confirmed - 1;
end;

create table subscriber_days (
  day integer primary key, -- since 1970, UTC
  confirmed integer not null -- at its end, or while it goes on at the last tick
) strict;

create table told_skips (
  issue_id integer primary key references issues (id) on delete cascade,
  at integer not null
) strict;
insert into told_skips (issue_id, at) select id, finished_at from issues where state = 'skipped' and finished_at is not null;
