-- Written by tests/plans.test.ts from the migrations, to be read in review.

CREATE TABLE api_tokens (
  id integer primary key,
  token_hash text not null unique,
  name text not null,
  role text check (role in ('viewer', 'editor', 'administrator')),
  scopes text not null, -- with spaces between
  created_at integer not null,
  created_by text not null,
  used_at integer, -- to some minutes
  network text not null, -- that it was used from
  revoked_at integer,
  check ((role is null) = (scopes <> ''))
) strict;

CREATE INDEX api_tokens_by_name on api_tokens (name, used_at);

CREATE TABLE article_authors (
  article_id integer not null references articles (id) on delete cascade,
  author_id integer not null references authors (id),
  position integer not null,
  published_at integer not null,
  visible integer not null check (visible in (0, 1)),
  primary key (article_id, author_id)
) strict, without rowid;

CREATE INDEX article_authors_newest on article_authors (author_id, visible, published_at desc, article_id desc);

CREATE TABLE article_revisions (
  article_id integer not null references articles (id) on delete cascade,
  revision integer not null,
  replaced_at integer not null,
  content text not null check (json_valid(content)),
  primary key (article_id, revision)
) strict, without rowid;

CREATE TABLE article_sections (
  article_id integer not null references articles (id) on delete cascade,
  section_id integer not null references sections (id),
  position integer not null,
  published_at integer not null,
  visible integer not null check (visible in (0, 1)),
  primary key (article_id, section_id)
) strict, without rowid;

CREATE INDEX article_sections_newest on article_sections (section_id, visible, published_at desc, article_id desc);

CREATE TABLE article_tags (
  article_id integer not null references articles (id) on delete cascade,
  tag_id integer not null references tags (id),
  position integer not null,
  published_at integer not null,
  visible integer not null check (visible in (0, 1)),
  primary key (article_id, tag_id)
) strict, without rowid;

CREATE INDEX article_tags_newest on article_tags (tag_id, visible, published_at desc, article_id desc);

CREATE TABLE article_word_rows (
  article_id integer primary key references articles (id) on delete cascade,
  row integer not null
) strict;

CREATE TRIGGER article_word_rows_forget after delete on article_word_rows begin
  delete from article_words where rowid = old.row;
end;

CREATE VIRTUAL TABLE article_words using fts5 (title, body, content = '', contentless_delete = 1, tokenize = 'ascii');

CREATE TABLE 'article_words_config'(k PRIMARY KEY, v) WITHOUT ROWID;

CREATE TABLE 'article_words_data'(id INTEGER PRIMARY KEY, block BLOB);

CREATE TABLE 'article_words_docsize'(id INTEGER PRIMARY KEY, sz BLOB, origin INTEGER);

CREATE TABLE 'article_words_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) WITHOUT ROWID;

CREATE TABLE article_words_missing (
  only integer primary key check (only = 1),
  through integer not null
) strict;

CREATE TABLE articles (
  id integer primary key,
  guid text not null unique,
  origin text not null, -- who gave it to us: api, import, sample; its ids are its own
  external_id text not null,
  state text not null check (state in ('published', 'embargoed', 'retracted')),
  url text, -- null: its page is ours, /articles/{id}
  title text not null,
  summary text not null,
  body_html text not null,
  source_name text,
  image text check (image is null or json_valid(image)),
  importance integer not null check (importance between 0 and 3),
  published_at integer not null,
  published_from text not null check (published_from in ('given', 'first-seen')),
  updated_at integer not null,
  first_seen_at integer not null,
  revision integer not null,
  content_hash text not null,
  correction text,
  retracted_at integer,
  retract_reason text,
  story_id integer references articles (id), -- the lead of its story; null where it leads
  check ((state = 'retracted') = (retracted_at is not null)),
  unique (origin, external_id)
) strict;

CREATE INDEX articles_by_importance on articles (importance, published_at desc, id desc) where importance > 0;

CREATE INDEX articles_newest on articles (state, published_at desc, id desc);

CREATE INDEX articles_of_source on articles (source_name, published_at desc, id desc) where source_name is not null;

CREATE INDEX articles_of_story on articles (story_id);

CREATE TABLE audit_log (
  id integer primary key,
  at integer not null,
  actor text not null,
  act text not null,
  subject text not null
, network text not null default '') strict;

CREATE INDEX audit_log_newest on audit_log (at, id);

CREATE INDEX audit_log_of_act on audit_log (act, at, id);

CREATE INDEX audit_log_of_actor on audit_log (actor, at, id);

CREATE INDEX audit_log_of_both on audit_log (actor, act, at, id);

CREATE TABLE authors (
  id integer primary key,
  slug text not null unique,
  name text not null
) strict;

CREATE TABLE consents (
  id integer primary key,
  subscriber_id integer not null references subscribers (id),
  at integer not null,
  act text not null,
  digest_id integer references digests (id) on delete set null,
  proof text not null check (json_valid(proof))
, request_id integer) strict;

CREATE TRIGGER consents_are_final before update on consents
when old.id <> new.id or old.subscriber_id <> new.subscriber_id or old.at <> new.at or old.act <> new.act
  or (old.digest_id is not new.digest_id and new.digest_id is not null)
  or old.request_id is not new.request_id
  or (old.proof <> new.proof and not exists (select 1 from subscribers where id = old.subscriber_id and state = 'erased'))
begin
  select raise(abort, 'consents are append-only');
end;

CREATE TRIGGER consents_are_new before insert on consents
when exists (select 1 from consents where id = new.id) -- "insert or replace" would be a change
begin
  select raise(abort, 'consents are append-only');
end;

CREATE INDEX consents_joined on consents (proof ->> 'into') where act = 'moved';

CREATE INDEX consents_of_subscriber on consents (subscriber_id, id);

CREATE TRIGGER consents_stay before delete on consents
when exists (select 1 from subscribers where id = old.subscriber_id and state <> 'pending' and sample = 0)
begin
  select raise(abort, 'consents are append-only');
end;

CREATE TRIGGER webhook_consents after insert on consents when new.act in ('confirmed', 'left', 'erased') begin
  insert into webhook_calls (endpoint_id, event, data, at, state, due_at, expires_at)
    select e.id, k.kind, json_object('subscriber', new.subscriber_id, 'digest', new.digest_id, 'by', new.proof ->> 'by'),
      new.at, 'waiting', new.at, new.at + 345600000
    from webhook_endpoints e, json_each(e.events) v,
      (select case new.act when 'confirmed' then 'subscriber.confirmed' when 'left' then 'subscriber.unsubscribed'
        else 'subscriber.erased' end as kind) k
    where e.state = 'on' and v.value = k.kind;
end;

CREATE TABLE deliveries (
  id integer primary key,
  issue_id integer not null references issues (id),
  subscriber_id integer not null references subscribers (id),
  sections text not null,
  language text not null,
  address text not null,
  state text not null,
  edition_id integer references editions (id), -- the revision that the last try sent
  message_id text, -- the same in every try
  message_date integer, -- the Date of its message, the same in every try
  reply text,
  tries integer not null default 0,
  in_doubt integer not null default 0, -- how often it was
  worker text,
  due_at integer not null, -- when it may be claimed; while it is held, when the lease ends
  deadline_at integer not null,
  at integer not null, destination text not null default 'other', reason text, ended_at integer,
  unique (issue_id, subscriber_id)
) strict;

CREATE INDEX deliveries_by_state on deliveries (issue_id, state, destination, due_at);

CREATE INDEX deliveries_doubts on deliveries (issue_id, subscriber_id) where reason = 'held';

CREATE INDEX deliveries_held on deliveries (worker) where worker is not null;

CREATE INDEX deliveries_of_subscriber on deliveries (subscriber_id, id);

CREATE TABLE delivery_workers (
  name text primary key, -- as it stands in the rows that it holds
  beats integer not null
) strict, without rowid;

CREATE TABLE digests (
  id integer primary key,
  slug text not null unique,
  name text not null,
  name_en text,
  state text not null check (state in ('on', 'off')),
  zone text not null,
  days text not null check (json_valid(days)), -- ISO weekdays, 1 is Monday
  slots text not null check (json_valid(slots)), -- [{"name": "morning", "time": "07:00"}]
  max_stories integer not null check (max_stories between 1 and 50),
  min_stories integer not null check (min_stories between 1 and 50),
  late_minutes integer not null, -- an issue later than this is no news: skipped
  deadline_minutes integer not null, -- a delivery older than this has expired
  next_at integer, -- the next run, computed from the schedule; null when off
  next_date text,
  next_slot text
, exceptions text not null default '{}' check (json_valid(exceptions)), hijri_shift integer not null default 0 check (hijri_shift in (-1, 0, 1)), schedule_revision integer not null default 1, approval text check (approval is null or json_valid(approval)), breaking_a_day integer not null default 3 check (breaking_a_day between 0 and 20), quiet_from text default '23:00', quiet_until text default '07:00' check ((quiet_from is null) = (quiet_until is null)), template text not null default 'digest' check (template in ('digest', 'compact')), in_doubt text not null default 'resend' check (in_doubt in ('resend', 'hold')), from_address text, from_name text) strict;

CREATE INDEX digests_due on digests (state, next_at);

CREATE TRIGGER digests_touch_feed_by_delete after delete on digests begin
  update feed_versions set version = version + 1, seq = (select max(seq) + 1 from feed_versions)
  where feed = 'digest/' || old.id;
end;

CREATE TRIGGER digests_touch_feed_by_update after update of slug on digests when old.slug <> new.slug begin
  update feed_versions set version = version + 1, seq = (select max(seq) + 1 from feed_versions)
  where feed = 'digest/' || new.id;
end;

CREATE TRIGGER digests_touch_house_by_update after update of slug, name, name_en on digests begin
  insert into feed_versions (feed, version, changed_at, seq)
    values ('house', 1, 0, (select coalesce(max(seq), 0) + 1 from feed_versions))
    on conflict (feed) do update set version = version + 1, seq = excluded.seq;
end;

CREATE TABLE earlier_tries (
  delivery_id integer not null references deliveries (id) on delete cascade,
  try integer not null,
  edition_id integer references editions (id),
  reply text,
  at integer not null,
  primary key (delivery_id, try)
) strict, without rowid;

CREATE TABLE edition_stories (
  edition_id integer not null references editions (id) on delete cascade,
  position integer not null,
  article_id integer not null references articles (id),
  story_id integer not null,
  score real not null,
  parts text not null check (json_valid(parts)), revision integer,
  primary key (edition_id, position)
) strict, without rowid;

CREATE TRIGGER edition_stories_note_issue after insert on edition_stories begin
  insert or ignore into issue_articles (article_id, issue_id)
  select new.article_id, e.issue_id from editions e where e.id = new.edition_id;
end;

CREATE INDEX edition_stories_of_article on edition_stories (article_id);

CREATE INDEX edition_stories_of_story on edition_stories (story_id);

CREATE TABLE editions (
  id integer primary key,
  issue_id integer not null references issues (id) on delete cascade,
  sections text not null, -- as in subscriptions
  language text not null,
  revision integer not null,
  subject text not null,
  html text not null,
  plain text not null,
  built_at integer not null, next text not null default '[]' check (json_valid(next)), shortened integer not null default 0,
  unique (issue_id, sections, language, revision)
) strict;

CREATE TABLE editors (
  id integer primary key,
  address text not null unique,
  role text not null check (role in ('viewer', 'editor', 'administrator')),
  created_at integer not null
, name text not null default '', off_at integer, handle text, language text check (language in ('ar', 'en'))) strict;

CREATE UNIQUE INDEX editors_by_handle on editors (handle);

CREATE TABLE exclusions (
  issue_id integer not null references issues (id),
  subscriber_id integer not null references subscribers (id),
  reason text not null,
  primary key (issue_id, subscriber_id)
) strict, without rowid;

CREATE INDEX exclusions_of_subscriber on exclusions (subscriber_id);

CREATE TABLE feed_arrivals (
  feed text not null,
  number integer not null,
  article_id integer not null references articles (id) on delete cascade,
  primary key (feed, number)
) strict, without rowid;

CREATE UNIQUE INDEX feed_arrivals_of_article on feed_arrivals (article_id, feed);

CREATE TABLE feed_days (
  day integer not null,
  feed text not null, -- as in feed_versions; all mixes together are "mix"
  open integer not null default 1 check (open in (0, 1)),
  requests integer not null,
  unchanged integer not null, -- of these, answered by 304
  touched integer, -- when closed: how many registers any client had raised
  weight real, -- when closed: the sum of 2^-rank over them; the two together make the estimate
  claims text check (claims is null or json_valid(claims)), -- when closed: [name, subscribers] of each aggregator
  primary key (day, feed)
) strict, without rowid;

CREATE INDEX feed_days_open on feed_days (day, feed) where open = 1;

CREATE TABLE feed_versions (
  feed text primary key,
  version integer not null,
  changed_at integer not null
, seq integer not null default 0) strict, without rowid;

CREATE INDEX feed_versions_by_seq on feed_versions (seq);

CREATE TABLE "feedback" (
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
  at integer not null, issue_id integer,
  check ((delivery_id is null) <> (notice_id is null)),
  unique (delivery_id, report),
  unique (notice_id, report)
) strict;

CREATE INDEX feedback_by_kind on feedback (kind, id);

CREATE INDEX feedback_of_issue on feedback (issue_id, kind, id) where issue_id is not null;

CREATE INDEX feedback_of_subscriber on feedback (subscriber_id, id);

CREATE TRIGGER letter_counts_feedback after insert on feedback when new.known_by <> 'reply' begin
  insert or ignore into letter_counts (transport, result, letters)
    values ('', iif(new.kind = 'bounce', 'bounced', 'complained'), 0);
  update letter_counts set letters = letters + 1
    where transport = '' and result = iif(new.kind = 'bounce', 'bounced', 'complained');
end;

CREATE TRIGGER webhook_feedback after insert on feedback begin
  insert into webhook_calls (endpoint_id, event, data, at, state, due_at, expires_at)
    select e.id, k.kind, json_object('subscriber', new.subscriber_id, 'delivery', new.delivery_id, 'verdict', new.verdict,
        'code', new.code), new.at, 'waiting', new.at, new.at + 345600000
    from webhook_endpoints e, json_each(e.events) v,
      (select case new.kind when 'bounce' then 'letter.bounced' else 'letter.complained' end as kind) k
    where e.state = 'on' and v.value = k.kind;
end;

CREATE TABLE folded_deliveries (
  issue_id integer not null references issues (id) on delete cascade,
  edition_id integer not null, -- 0: nothing was sent
  destination text not null,
  state text not null,
  reason text not null, -- of what was withdrawn; else empty
  letters integer not null,
  tries integer not null,
  primary key (issue_id, edition_id, destination, state, reason)
) strict, without rowid;

CREATE TABLE folded_exclusions (
  issue_id integer not null references issues (id) on delete cascade,
  reason text not null,
  readers integer not null,
  primary key (issue_id, reason)
) strict, without rowid;

CREATE TABLE import_rows (
  import_id integer not null references imports (id) on delete cascade,
  row integer not null,
  outcome text not null,
  primary key (import_id, row)
) strict, without rowid;

CREATE TABLE imports (
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

CREATE UNIQUE INDEX imports_running on imports (mark) where state = 'running';

CREATE TABLE issue_accounts (
  issue_id integer primary key references issues (id) on delete cascade,
  account text not null check (json_valid(account))
) strict;

CREATE TABLE issue_articles (
  article_id integer not null references articles (id) on delete cascade,
  issue_id integer not null references issues (id) on delete cascade,
  primary key (article_id, issue_id)
) strict, without rowid;

CREATE INDEX issue_articles_of_issue on issue_articles (issue_id);

CREATE TABLE issue_audiences (
  issue_id integer primary key references issues (id) on delete cascade,
  letters integer not null,
  exclusions text not null check (json_valid(exclusions)) -- [{"reason": "paused", "count": 3}]
) strict, without rowid;

CREATE TABLE issue_hand (
  digest_id integer not null references digests (id) on delete cascade,
  local_date text not null,
  slot text not null,
  version integer not null,
  hand text not null check (json_valid(hand)),
  changed_at integer not null,
  primary key (digest_id, local_date, slot)
) strict, without rowid;

CREATE TABLE issue_health (
  issue_id integer primary key references issues (id) on delete cascade,
  sent integer not null default 0, -- accepted, or refused for good
  bounced integer not null default 0, -- nobody there: said at once, or reported later
  complained integer not null default 0,
  content integer not null default 0, -- refused for what they say
  warned_at integer
, sent_in_all integer not null default 0) strict;

CREATE TABLE issues (
  id integer primary key,
  digest_id integer not null references digests (id),
  local_date text not null,
  slot text not null,
  state text not null, -- words that will grow stand in the types alone: SQLite rebuilds a table to widen a CHECK
  planned_at integer not null,
  opened_at integer not null,
  finished_at integer,
  reason text, -- why it was skipped or cancelled
  frozen_through integer not null default 0, -- the audience is written up to this subscription id
  candidates integer, guid text, approve_by integer, unanswered text, approved_by text, revision integer not null default 0, kind text not null default 'digest', worth_yes integer not null default 0, worth_no integer not null default 0, paused text check (paused is null or json_valid(paused)), extended_to integer, cancelled_by text, folded_through integer not null default 0, folded_at integer, taken_up integer not null default 0 check (taken_up in (0, 1)), -- set when the whole audience is written
  unique (digest_id, local_date, slot)
) strict;

CREATE INDEX issues_by_state on issues (state, opened_at);

CREATE UNIQUE INDEX issues_guid on issues (guid);

CREATE INDEX issues_of_digest on issues (digest_id, planned_at desc);

CREATE INDEX issues_unfolded on issues (finished_at) where folded_at is null;

CREATE TRIGGER webhook_issues after update of state on issues
when new.state = 'sent' and old.state <> 'sent' and old.taken_up = 0 begin
  insert into webhook_calls (endpoint_id, event, data, at, state, due_at, expires_at)
    select e.id, 'issue.sent', json_object('issue', new.id), new.finished_at, 'waiting', new.finished_at,
      new.finished_at + 345600000
    from webhook_endpoints e, json_each(e.events) v where e.state = 'on' and v.value = 'issue.sent';
end;

CREATE TABLE letter_counts (
  transport text not null, -- that carried them; '' where that is not known
  result text not null, -- accepted, deferred, rejected, in_doubt: of tries; expired; bounced, complained: of what came back later
  letters integer not null,
  primary key (transport, result)
) strict, without rowid;

CREATE TABLE login_links (
  token_hash text primary key,
  editor_id integer not null references editors (id) on delete cascade,
  expires_at integer not null,
  used_at integer
, created_at integer not null default 0, target text not null default '', mailed integer not null default 0 check (mailed in (0, 1))) strict;

CREATE INDEX login_links_expiry on login_links (expires_at);

CREATE INDEX login_links_of_editor on login_links (editor_id);

CREATE TABLE notices (
  id integer primary key,
  kind text not null,
  address text not null,
  language text not null,
  data text not null check (json_valid(data)),
  state text not null,
  message_id text,
  message_date integer,
  reply text,
  tries integer not null default 0,
  in_doubt integer not null default 0,
  worker text,
  due_at integer not null,
  deadline_at integer not null,
  at integer not null
, reason text, ended_at integer) strict;

CREATE INDEX notices_by_state on notices (state, due_at);

CREATE INDEX notices_held on notices (worker) where worker is not null;

CREATE INDEX notices_of_address on notices (address, at);

CREATE INDEX notices_of_subscriber on notices (data ->> 'subscriber');

CREATE TABLE paces (
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

CREATE TABLE passkeys (
  id integer primary key,
  editor_id integer not null references editors (id) on delete cascade,
  credential_id text not null unique,
  public_key text not null, -- COSE, in base64url
  counter integer not null, -- of uses, as the device counts them; 0 where it does not
  transports text not null check (json_valid(transports)),
  synced integer not null check (synced in (0, 1)), -- may live on several devices
  backed_up integer not null check (backed_up in (0, 1)),
  name text not null,
  created_at integer not null,
  used_at integer
) strict;

CREATE INDEX passkeys_of_editor on passkeys (editor_id);

CREATE TABLE reader_claims (
  day integer not null,
  feed text not null,
  format text not null,
  name text not null,
  subscribers integer not null,
  primary key (day, feed, name, format)
) strict, without rowid;

CREATE TABLE reader_clicks (
  issue_id integer not null,
  article_id integer not null,
  subscriber_id integer not null references subscribers (id) on delete cascade,
  at integer not null,
  primary key (issue_id, article_id, subscriber_id),
  foreign key (issue_id, article_id) references story_clicks (issue_id, article_id) on delete cascade
) strict, without rowid;

CREATE INDEX reader_clicks_at on reader_clicks (at);

CREATE INDEX reader_clicks_of_subscriber on reader_clicks (subscriber_id);

CREATE TABLE reader_days (
  day integer primary key,
  salt text
) strict;

CREATE INDEX reader_days_salted on reader_days (day) where salt is not null;

CREATE TABLE reader_registers (
  day integer not null,
  feed text not null,
  register integer not null check (register between 0 and 1023),
  rank integer not null check (rank between 1 and 33),
  primary key (day, feed, register)
) strict, without rowid;

CREATE TABLE requests (
  id integer primary key autoincrement, -- no id comes twice: links and the ledger of consents name them
  at integer not null,
  state text not null check (state in ('waiting', 'mailed', 'passed')),
  address text not null,
  address_key text not null,
  domain text not null,
  network text not null, -- of whoever asked, as a prefix; '' where nobody knows
  wish text not null check (json_valid(wish))
, challenge text, token text, mailbox text not null default '') strict;

CREATE INDEX requests_by_age on requests (at);

CREATE UNIQUE INDEX requests_by_challenge on requests (challenge) where challenge is not null;

CREATE INDEX requests_by_state on requests (state, id);

CREATE INDEX requests_of_address on requests (address_key, at);

CREATE INDEX requests_of_domain on requests (domain, at);

CREATE INDEX requests_of_mailbox on requests (mailbox, at);

CREATE INDEX requests_of_network on requests (network, at);

CREATE INDEX requests_of_subscriber on requests (wish ->> 'subscriber') where wish ->> 'subscriber' is not null;

CREATE INDEX requests_of_token on requests (token, at) where token is not null;

CREATE TABLE restores (
  id integer primary key,
  made_at integer not null, -- when the copy was made: of what came later it knows nothing
  restored_at integer, -- when it became the paper's database; null while it lies in its backup
  released_at integer, -- null: no issue is sent
  released_by text
) strict;

CREATE INDEX restores_held on restores (id) where released_at is null;

CREATE TRIGGER restores_hold after insert on restores begin
  -- What was under way goes on when a person says so, issue by issue.
  update issues
    set paused = json_object('reason', json_object('kind', 'restored', 'madeAt', new.made_at), 'by', null, 'since', new.made_at)
    where state in ('opened', 'waiting', 'built', 'sending') and paused is null;
  -- Whoever waits for a confirmation asks again; twice the same mail may be worse than none.
  update notices set state = 'withdrawn', worker = null, reason = 'restored', ended_at = new.made_at
    where state in ('queued', 'claimed', 'sending', 'deferred', 'in_doubt');
  update requests set state = 'passed' where state = 'waiting';
  update special_issues set expires_at = new.made_at where issue_id is null and expires_at > new.made_at;
  -- Nor is anybody told again; a replay does.
  update webhook_calls set state = 'dead', due_at = new.made_at, reply = 'the database was restored' where state = 'waiting';
  -- Who was signed out since would be signed in again, and a link that was used would work once more.
  delete from sessions;
  update login_links set used_at = new.made_at where used_at is null;
  -- Links in mails and the return paths of letters name ids, and those given out since the backup must never name somebody else.
  -- SQLite gives out the highest id there is and one: rows that stand for nothing keep the distance.
  update sqlite_sequence set seq = seq + 1000000 where name in ('requests', 'webhook_calls');
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

CREATE TABLE section_former_slugs (
  slug text primary key,
  section_id integer not null references sections (id) on delete cascade
) strict, without rowid;

CREATE INDEX section_former_slugs_of_section on section_former_slugs (section_id);

CREATE TABLE sections (
  id integer primary key,
  slug text not null unique,
  title text not null unique,
  title_en text,
  position integer not null,
  half_life_hours integer not null default 12, -- how fast its news grows old; opinion keeps longer
  closed_at integer,
  sample integer not null default 0 check (sample in (0, 1))
) strict;

CREATE TRIGGER sections_keep_former_slugs after update of slug on sections when old.slug <> new.slug begin
  insert or replace into section_former_slugs (slug, section_id) values (old.slug, old.id);
  delete from section_former_slugs where slug = new.slug;
end;

CREATE TRIGGER sections_touch_feed_by_delete after delete on sections begin
  update feed_versions set version = version + 1, seq = (select max(seq) + 1 from feed_versions)
  where feed = 'section/' || old.id;
end;

CREATE TRIGGER sections_touch_feed_by_update after update of slug, closed_at on sections
  when old.slug <> new.slug or old.closed_at is not new.closed_at begin
  update feed_versions set version = version + 1, seq = (select max(seq) + 1 from feed_versions)
  where feed = 'section/' || new.id;
end;

CREATE TRIGGER sections_touch_house_by_delete after delete on sections begin
  insert into feed_versions (feed, version, changed_at, seq)
    values ('house', 1, 0, (select coalesce(max(seq), 0) + 1 from feed_versions))
    on conflict (feed) do update set version = version + 1, seq = excluded.seq;
end;

CREATE TRIGGER sections_touch_house_by_insert after insert on sections begin
  insert into feed_versions (feed, version, changed_at, seq)
    values ('house', 1, 0, (select coalesce(max(seq), 0) + 1 from feed_versions))
    on conflict (feed) do update set version = version + 1, seq = excluded.seq;
end;

CREATE TRIGGER sections_touch_house_by_update after update on sections begin
  insert into feed_versions (feed, version, changed_at, seq)
    values ('house', 1, 0, (select coalesce(max(seq), 0) + 1 from feed_versions))
    on conflict (feed) do update set version = version + 1, seq = excluded.seq;
end;

CREATE TABLE segments (
  id integer primary key,
  slug text not null unique,
  filter text not null check (json_valid(filter)),
  created_at integer not null
) strict;

CREATE TABLE sessions (
  id integer primary key,
  token_hash text not null unique,
  editor_id integer not null references editors (id) on delete cascade,
  way text not null check (way in ('link', 'passkey')),
  device text not null, -- what the browser calls itself, in a few words
  network text not null, -- of the last request: never a whole address
  created_at integer not null,
  seen_at integer not null,
  fresh_at integer not null, -- when they last showed who they are
  expires_at integer not null, -- unless it is used before
  ends_at integer not null -- whatever happens
) strict;

CREATE INDEX sessions_expiry on sessions (expires_at);

CREATE INDEX sessions_of_editor on sessions (editor_id, seen_at);

CREATE TABLE settings (
  name text primary key,
  value text not null check (json_valid(value)),
  changed_at integer not null
) strict;

CREATE TRIGGER settings_touch_house_by_insert after insert on settings when new.name = 'publisher' begin
  insert into feed_versions (feed, version, changed_at, seq)
    values ('house', 1, 0, (select coalesce(max(seq), 0) + 1 from feed_versions))
    on conflict (feed) do update set version = version + 1, seq = excluded.seq;
end;

CREATE TRIGGER settings_touch_house_by_update after update on settings when new.name = 'publisher' begin
  insert into feed_versions (feed, version, changed_at, seq)
    values ('house', 1, 0, (select coalesce(max(seq), 0) + 1 from feed_versions))
    on conflict (feed) do update set version = version + 1, seq = excluded.seq;
end;

CREATE TABLE sign_in_counts (
  kind text not null,
  bucket integer not null,
  since integer not null,
  count integer not null,
  primary key (kind, bucket)
) strict, without rowid;

CREATE TABLE source_calls (
  source_id integer not null references sources (id) on delete cascade,
  delivery text not null,
  until integer not null,
  primary key (source_id, delivery)
) strict, without rowid;

CREATE INDEX source_calls_age on source_calls (until);

CREATE TABLE source_categories (
  source_id integer not null references sources (id) on delete cascade,
  key text not null,
  label text not null,
  leads text not null check (leads in ('section', 'everywhere', 'nowhere')), -- everywhere: a catch-all, which says nothing
  section_id integer references sections (id),
  primary key (source_id, key),
  check ((leads = 'section') = (section_id is not null))
) strict, without rowid;

CREATE INDEX source_categories_of_section on source_categories (section_id) where section_id is not null;

CREATE TABLE source_files (
  source_id integer not null references sources (id) on delete cascade,
  identity text not null,
  octets integer not null,
  primary key (source_id, identity)
) strict, without rowid;

CREATE TABLE source_hints (
  id integer primary key,
  source_id integer not null references sources (id) on delete cascade,
  remote_id text not null,
  at integer not null
) strict;

CREATE INDEX source_hints_of_source on source_hints (source_id, id);

CREATE TABLE source_items (
  source_id integer not null references sources (id) on delete cascade,
  external_id text not null,
  remote_id text,
  fingerprint text not null, -- of all that the source said; nothing is done again while it stays
  first_seen_at integer not null,
  dated integer not null check (dated in (0, 1)), -- whether its date could be believed
  article_id integer references articles (id) on delete set null, -- null: it was skipped
  newest integer, likeness text, -- the article's time, while the source has it: the order in which it is asked whether it still has them
  primary key (source_id, external_id)
) strict, without rowid;

CREATE INDEX source_items_like on source_items (source_id, likeness) where likeness is not null;

CREATE INDEX source_items_newest on source_items (source_id, newest desc) where newest is not null and remote_id is not null;

CREATE INDEX source_items_of_article on source_items (article_id) where article_id is not null;

CREATE INDEX source_items_remote on source_items (source_id, remote_id) where remote_id is not null;

CREATE TABLE source_runs (
  id integer primary key,
  source_id integer not null references sources (id) on delete cascade,
  started_at integer not null,
  ended_at integer not null,
  created integer not null,
  revised integer not null,
  unchanged integer not null,
  retracted integer not null,
  skipped integer not null,
  removed text not null check (json_valid(removed)), -- what the cleaning of HTML took out, by its name
  notes text not null check (json_valid(notes)), -- the first things that were skipped, and why
  error text
) strict;

CREATE INDEX source_runs_of_source on source_runs (source_id, started_at);

CREATE TABLE sources (
  id integer primary key,
  slug text not null unique,
  kind text not null check (kind in ('wordpress', 'feed', 'page', 'file')),
  url text not null unique,
  origin text not null unique, -- under which its articles are stored: stays when the url moves
  title text not null,
  language text,
  zone text,
  section_id integer references sections (id), -- where articles go whose categories lead nowhere; null: the one for news
  paused_at integer,
  created_at integer not null,
  next_run_at integer, -- null: nothing runs by itself
  cursor text check (cursor is null or json_valid(cursor)), -- what its reader left
  worker text, -- whose run is under way, until its claim ends
  claimed_until integer,
  failures integer not null default 0, -- since it last went well
  last_error text,
  last_run_at integer,
  last_good_at integer,
  secret text not null, -- with which the site signs what it tells us
  websub text check (websub is null or json_valid(websub)) -- the subscription to its hub
, hint_failures integer not null default 0, hints_after integer) strict;

CREATE INDEX sources_due on sources (next_run_at) where paused_at is null and next_run_at is not null;

CREATE INDEX sources_of_section on sources (section_id) where section_id is not null;

CREATE TABLE special_issues (
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
, right_revision integer) strict;

CREATE INDEX special_issues_correcting on special_issues (corrects) where corrects is not null;

CREATE INDEX special_issues_of_article on special_issues (article_id);

CREATE TABLE spent_challenges (
  hash text primary key,
  expires_at integer not null
) strict, without rowid;

CREATE INDEX spent_challenges_expiry on spent_challenges (expires_at);

CREATE TABLE sqlite_sequence(name,seq);

CREATE TABLE story_clicks (
  issue_id integer not null references issues (id) on delete cascade,
  article_id integer not null references articles (id) on delete cascade,
  people integer not null default 0,
  robots integer not null default 0,
  primary key (issue_id, article_id)
) strict, without rowid;

CREATE INDEX story_clicks_of_article on story_clicks (article_id);

CREATE TABLE story_hand (
  article_id integer not null references articles (id) on delete cascade,
  story_id integer not null references articles (id) on delete cascade,
  kind text not null check (kind in ('joined', 'apart')),
  by_whom text not null,
  at integer not null,
  primary key (article_id, story_id)
) strict, without rowid;

CREATE INDEX story_hand_of_story on story_hand (story_id);

CREATE TABLE story_shingles (
  shingle integer not null,
  lead_id integer not null references articles (id) on delete cascade,
  published_at integer not null,
  primary key (shingle, lead_id)
) strict, without rowid;

CREATE INDEX story_shingles_age on story_shingles (published_at);

CREATE INDEX story_shingles_of_lead on story_shingles (lead_id);

CREATE TABLE subscriber_days (
  day integer primary key, -- since 1970, UTC
  confirmed integer not null -- at its end, or while it goes on at the last tick
) strict;

CREATE TABLE subscriber_totals (
  only integer primary key check (only = 1),
  confirmed integer not null -- and not suppressed
) strict;

CREATE TABLE subscribers (
  id integer primary key,
  address text not null,
  address_key text not null unique, -- the address folded, so that one person is one row
  state text not null check (state in ('pending', 'confirmed', 'left', 'suppressed', 'erased')),
  language text not null check (language in ('ar', 'en')),
  created_at integer not null,
  confirmed_at integer,
  sample integer not null default 0 check (sample in (0, 1))
, source text not null default 'page', import_id integer, active_at integer, suppressed integer not null default 0 check (suppressed in (0, 1))) strict;

CREATE TRIGGER subscribers_counted after insert on subscribers
when new.state = 'confirmed' and new.suppressed = 0
begin
  update subscriber_totals set confirmed = confirmed + 1;
end;

CREATE TRIGGER subscribers_mark after insert on subscribers
when exists (select 1 from suppressions where address_key = new.address_key)
begin
  update subscribers set suppressed = 1 where id = new.id;
end;

CREATE TRIGGER subscribers_mark_moved after update of address_key on subscribers
when old.address_key <> new.address_key
begin
  update subscribers set suppressed = exists (select 1 from suppressions where address_key = new.address_key)
  where id = new.id;
end;

CREATE INDEX subscribers_pending on subscribers (created_at) where state = 'pending';

CREATE TRIGGER subscribers_recounted after update of state, suppressed on subscribers
when (old.state = 'confirmed' and old.suppressed = 0) <> (new.state = 'confirmed' and new.suppressed = 0)
begin
  update subscriber_totals set confirmed = confirmed + iif(new.state = 'confirmed' and new.suppressed = 0, 1, -1);
end;

CREATE INDEX subscribers_segments on subscribers
  (id, state, suppressed, language, source, import_id, created_at, confirmed_at, active_at);

CREATE TRIGGER subscribers_uncounted after delete on subscribers
when old.state = 'confirmed' and old.suppressed = 0
begin
  update subscriber_totals set confirmed = confirmed - 1;
end;

CREATE TABLE subscriptions (
  id integer primary key,
  subscriber_id integer not null references subscribers (id) on delete cascade,
  digest_id integer not null references digests (id) on delete cascade,
  state text not null check (state in ('pending', 'active', 'paused', 'left')),
  sections text not null, -- '' for all, else section ids as a sorted JSON list: the key of its edition
  since integer not null,
  paused_until integer,
  left_at integer,
  left_by text, frequency text not null default 'each' check (frequency in ('each', 'daily', 'weekly')), last_issued_on text, slots text not null default '', breaking integer check (breaking in (0, 1)),
  unique (digest_id, subscriber_id)
) strict;

CREATE INDEX subscriptions_left on subscriptions (digest_id, left_at) where left_at is not null;

CREATE INDEX subscriptions_of_digest on subscriptions (digest_id);

CREATE INDEX subscriptions_of_subscriber on subscriptions (subscriber_id);

CREATE INDEX subscriptions_pending on subscriptions (since) where state = 'pending';

CREATE INDEX subscriptions_segments on subscriptions (digest_id, subscriber_id, state, paused_until, sections);

CREATE TABLE suppressions (
  address_key text primary key,
  reason text not null,
  at integer not null
) strict, without rowid;

CREATE TRIGGER suppressions_mark after insert on suppressions
begin
  update subscribers set suppressed = 1 where address_key = new.address_key;
end;

CREATE TRIGGER suppressions_unmark after delete on suppressions
begin
  update subscribers set suppressed = 0 where address_key = old.address_key;
end;

CREATE TABLE tags (
  id integer primary key,
  slug text not null unique,
  name text not null
) strict;

CREATE TABLE told_skips (
  issue_id integer primary key references issues (id) on delete cascade,
  at integer not null
) strict;

CREATE TABLE told_waiting (
  issue_id integer primary key references issues (id) on delete cascade,
  at integer not null
) strict;

CREATE TABLE warmup_days (
  domain text not null references warmups (domain) on delete cascade,
  day integer not null, -- since 1970, UTC
  destination text not null,
  taken integer not null, -- letters that may go on that day and were handed out to workers
  granted integer not null, -- of those, to the last that asked
  primary key (domain, day, destination)
) strict, without rowid;

CREATE TABLE warmups (
  domain text primary key,
  started_on integer not null, -- days since 1970, UTC
  by text not null
) strict, without rowid;

CREATE TABLE webhook_calls (
  id integer primary key autoincrement, -- no id comes twice: receivers know by it what they were told already
  endpoint_id integer not null references webhook_endpoints (id) on delete cascade,
  event text not null,
  data text not null check (json_valid(data)),
  at integer not null, -- when it happened
  state text not null check (state in ('waiting', 'told', 'dead')),
  tries integer not null default 0,
  due_at integer not null, -- when it is to be told; while it is being told, when the lease ends; when it was told, or given up
  expires_at integer not null, -- given up then
  reply text -- of the last try that failed
) strict;

CREATE INDEX webhook_calls_due on webhook_calls (endpoint_id, due_at) where state = 'waiting';

CREATE INDEX webhook_calls_expiring on webhook_calls (expires_at) where state = 'waiting';

CREATE INDEX webhook_calls_of_endpoint on webhook_calls (endpoint_id, state, id);

CREATE INDEX webhook_calls_over on webhook_calls (due_at) where state <> 'waiting';

CREATE TABLE webhook_endpoints (
  id integer primary key,
  url text not null,
  events text not null check (json_valid(events)), -- a list of the kinds that it is told of
  secret text not null, -- signs what it is told
  state text not null check (state in ('on', 'off')),
  created_at integer not null,
  failing_since integer, -- null: the last call was answered well
  reply text -- of the last call that was not
, former_secret text, former_until integer) strict;

CREATE TABLE webhook_events (
  id text primary key, -- provider:what it calls the event; token:hash of a token that signed a request
  body text not null, -- of a token: SHA-256 of the one body that it may come with; else ''
  at integer not null
) strict, without rowid;

CREATE INDEX webhook_events_by_time on webhook_events (at);

CREATE TABLE websub_asks (
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

CREATE TRIGGER websub_asks_counted after insert on websub_asks begin
  insert into websub_counts (name, number) values ('asks', 1) on conflict (name) do update set number = number + 1;
end;

CREATE INDEX websub_asks_due on websub_asks (due_at, host);

CREATE INDEX websub_asks_of_host on websub_asks (host);

CREATE TRIGGER websub_asks_uncounted after delete on websub_asks begin
  update websub_counts set number = number - 1 where name = 'asks';
end;

CREATE INDEX websub_asks_under_way on websub_asks (due_at, host) where worker is not null;

CREATE TABLE websub_counts (
  name text primary key,
  number integer not null
) strict, without rowid;

CREATE TABLE websub_cursors (
  name text primary key,
  seq integer not null,
  feed text not null default '',
  due_at integer not null default 0,
  worker text,
  tries integer not null default 0
) strict, without rowid;

CREATE TABLE websub_hosts (
  host text primary key,
  began_at integer not null,
  asked integer not null
) strict, without rowid;

CREATE INDEX websub_hosts_age on websub_hosts (began_at);

CREATE TABLE websub_subscriptions (
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

CREATE TRIGGER websub_subscriptions_counted after insert on websub_subscriptions begin
  insert into websub_counts (name, number) values ('subscriptions', 1) on conflict (name) do update set number = number + 1;
end;

CREATE INDEX websub_subscriptions_due on websub_subscriptions (due_at, host) where due_at is not null;

CREATE INDEX websub_subscriptions_lease on websub_subscriptions (lease_ends_at);

CREATE INDEX websub_subscriptions_of_host on websub_subscriptions (host);

CREATE TRIGGER websub_subscriptions_uncounted after delete on websub_subscriptions begin
  update websub_counts set number = number - 1 where name = 'subscriptions';
end;

CREATE INDEX websub_subscriptions_under_way on websub_subscriptions (due_at, host) where worker is not null;

CREATE TABLE websub_watches (
  feed text not null,
  subscription_id integer not null references websub_subscriptions (id) on delete cascade,
  primary key (feed, subscription_id)
) strict, without rowid;

CREATE INDEX websub_watches_of_subscription on websub_watches (subscription_id);

CREATE TABLE worth_marks (
  issue_id integer not null references issues (id) on delete cascade,
  mark integer not null,
  until integer not null, -- milliseconds since 1970: when the issue takes no more answers
  primary key (issue_id, mark)
) without rowid;

CREATE INDEX worth_marks_until on worth_marks (until);
