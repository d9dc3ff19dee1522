-- Running it for years: copies that were restored, and webhooks that go out. Times are milliseconds since 1970, UTC.

-- A database that came out of a backup knows nothing of what was done after it: what had not left then may have left since.
-- Every copy in a backup has a row here that nobody released, so that it sends no issue until a person says so, whoever puts
-- it in place, and by whatever means.
create table restores (
  id integer primary key,
  made_at integer not null, -- when the copy was made: of what came later it knows nothing
  restored_at integer, -- when it became the paper's database; null while it lies in its backup
  released_at integer, -- null: no issue is sent
  released_by text
) strict;

create index restores_held on restores (id) where released_at is null;

create trigger restores_hold after insert on restores begin
  -- What was under way goes on when a person says so, issue by issue.
  update issues
    set paused = json_object('reason', json_object('kind', 'restored', 'madeAt', new.made_at), 'by', null, 'since', new.made_at)
    where state in ('opened', 'waiting', 'built', 'sending') and paused is null;
  -- Whoever waits for a confirmation asks again; twice the same mail may be worse than none.
  update notices set state = 'withdrawn', worker = null, reason = 'restored', ended_at = new.made_at
    where state in ('queued', 'claimed', 'sending', 'deferred', 'in_doubt');
  update requests set state = 'passed' where state = 'waiting';
  update special_issues set expires_at = new.made_at where issue_id is null and expires_at > new.made_at;
  -- Who was signed out since would be signed in again, and a link that was used would work once more.
  delete from sessions;
  update login_links set used_at = new.made_at where used_at is null;
  -- Links in mails and the return paths of letters name ids, and those given out since the backup must never name somebody else.
  -- SQLite gives out the highest id there is and one: rows that stand for nothing keep the distance.
  update sqlite_sequence set seq = seq + 1000000 where name = 'requests';
  insert into subscribers (id, address, address_key, state, language, created_at)
    select coalesce(max(id), 0) + 1000000, '', 'erased:restored-' || new.id, 'erased', 'ar', new.made_at from subscribers;
  insert into issues (id, digest_id, local_date, slot, state, planned_at, opened_at, finished_at, reason, candidates)
    select coalesce((select max(id) from issues), 0) + 100000, d.id, date(new.made_at / 1000, 'unixepoch'),
      'restored-' || new.id, 'skipped', new.made_at, new.made_at, new.made_at,
      'no issue: the database was restored from a copy of this moment', 0
    from digests d order by d.id limit 1;
  insert into deliveries
      (id, issue_id, subscriber_id, sections, language, address, state, due_at, deadline_at, at, reason, ended_at)
    select coalesce((select max(id) from deliveries), 0) + 100000000, i.id, s.id, '', 'ar', '', 'withdrawn',
      new.made_at, new.made_at, new.made_at, 'restored', new.made_at
    from issues i, subscribers s
    where i.slot = 'restored-' || new.id and i.reason = 'no issue: the database was restored from a copy of this moment'
      and s.address_key = 'erased:restored-' || new.id;
end;

-- Where a publisher's own programs are told what happened.
create table webhook_endpoints (
  id integer primary key,
  url text not null,
  events text not null check (json_valid(events)), -- a list of the kinds that it is told of
  secret text not null, -- signs what it is told
  state text not null check (state in ('on', 'off')),
  created_at integer not null,
  failing_since integer -- null: the last call was answered well
) strict;

-- One row for each event and endpoint, written in the batch of what happened.
create table webhook_calls (
  id integer primary key autoincrement, -- no id comes twice: receivers know by it what they were told already
  endpoint_id integer not null references webhook_endpoints (id) on delete cascade,
  event text not null,
  data text not null check (json_valid(data)),
  at integer not null, -- when it happened
  state text not null check (state in ('waiting', 'told', 'dead')),
  tries integer not null default 0,
  due_at integer not null,
  worker text,
  reply text -- of the last try
) strict;

create index webhook_calls_due on webhook_calls (endpoint_id, due_at) where state = 'waiting';
create index webhook_calls_over on webhook_calls (due_at) where state <> 'waiting';
create index webhook_calls_of_endpoint on webhook_calls (endpoint_id, id);
