-- The ledger's life: issues that are paused, letters in doubt that wait for a person, rows that become counts. Times are
-- milliseconds since 1970, UTC.

alter table issues add column paused text check (paused is null or json_valid(paused)); -- {"reason", "by", "since"}; null: it goes on
alter table issues add column extended_to integer; -- its letters may leave until then, though their own deadline has passed
alter table issues add column cancelled_by text;
alter table issues add column folded_through integer not null default 0; -- its ledger is counts up to the subscriber with this id
alter table issues add column folded_at integer; -- when all of it was
create index issues_unfolded on issues (finished_at) where folded_at is null;

-- what becomes of a letter that a server may have taken: sent again with the same Message-ID, or held for a person
alter table digests add column in_doubt text not null default 'resend' check (in_doubt in ('resend', 'hold'));

-- Why a letter is not tried: of one withdrawn, why; of one in doubt, held (for a person) or left (by one). Beside its last try's
-- reply and time, which stay.
alter table deliveries add column reason text;
alter table deliveries add column ended_at integer; -- when it was withdrawn or expired
alter table notices add column reason text;
alter table notices add column ended_at integer;
update deliveries set ended_at = at, reply = null, reason = case reply
    when 'every story of its edition was retracted' then 'stories-retracted'
    when 'this reader was sent the story already' then 'had-story'
    when 'too few stories that this reader was not sent already' then 'too-few-new-stories'
    else reply end
  where state = 'withdrawn';
update notices set ended_at = at, reply = null, reason = reply where state = 'withdrawn';
create index deliveries_doubts on deliveries (issue_id, subscriber_id) where reason = 'held';

-- What became of the rows of old issues. Nobody is named.
create table folded_deliveries (
  issue_id integer not null references issues (id) on delete cascade,
  edition_id integer not null, -- 0: nothing was sent
  destination text not null,
  state text not null,
  reason text not null, -- of what was withdrawn; else empty
  letters integer not null,
  tries integer not null,
  primary key (issue_id, edition_id, destination, state, reason)
) strict, without rowid;

create table folded_exclusions (
  issue_id integer not null references issues (id) on delete cascade,
  reason text not null,
  readers integer not null,
  primary key (issue_id, reason)
) strict, without rowid;
