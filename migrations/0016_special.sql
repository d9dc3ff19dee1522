-- Issues that no schedule opens: breaking news, and corrections to those who were sent something wrong. Times are milliseconds
-- since 1970, UTC.

alter table issues add column kind text not null default 'digest'; -- digest, breaking, correction

-- What a digest allows of breaking news: so many a local day (0: none), and not between these local times of its zone, which may
-- go over midnight. Null: at any hour.
alter table digests add column breaking_a_day integer not null default 3 check (breaking_a_day between 0 and 20);
alter table digests add column quiet_from text default '23:00';
alter table digests add column quiet_until text default '07:00' check ((quiet_from is null) = (quiet_until is null));

-- Whether somebody wants a digest's breaking news. Null: never said; then those want it who want every issue.
alter table subscriptions add column breaking integer check (breaking in (0, 1));

-- What an editor was shown and asked to confirm, and, once that is done, what its issue carries.
create table special_issues (
  id integer primary key,
  token_hash text not null unique, -- of the token that confirms it, once
  kind text not null,
  digest_id integer not null references digests (id) on delete cascade,
  article_id integer not null references articles (id) on delete cascade,
  article_version integer not null, -- as it was shown: twice its revision, and one more where it was retracted
  corrects integer references issues (id) on delete cascade, -- which issue carried the wrong one
  right_from integer, -- editions built until then carried the wrong one
  words text not null default '', -- the editor's
  words_en text not null default '',
  loud integer not null default 0 check (loud in (0, 1)), -- whether it may go out in quiet hours
  readers integer not null, -- how many it was said to reach
  asked_at integer not null,
  expires_at integer not null,
  issue_id integer unique references issues (id) on delete cascade -- null until it is confirmed
) strict;

create index special_issues_of_article on special_issues (article_id);
create index special_issues_correcting on special_issues (corrects) where corrects is not null;
