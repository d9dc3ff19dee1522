-- An issue's life: editors who approve it or call it off, and texts that are corrected after it was built. Times are milliseconds
-- since 1970, UTC.

-- {"aheadMinutes", "deadlineMinutes", "unanswered": "send" or "skip"}; null where issues go out by themselves
alter table digests add column approval text check (approval is null or json_valid(approval));

alter table issues add column approve_by integer; -- when the digest's rule speaks if no editor did; null: nobody is asked
alter table issues add column unanswered text; -- what it says then: send, skip
alter table issues add column approved_by text;
-- grows with each building, and with each change of a text while nobody has approved it: an editor approves the one they saw
alter table issues add column revision integer not null default 0;

-- the article's, as it was rendered; null in editions that are older than this column
alter table edition_stories add column revision integer;
