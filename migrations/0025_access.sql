-- Who may come in, and what they may do. Times are milliseconds since 1970, UTC.

alter table editors add column name text not null default '';
alter table editors add column off_at integer; -- switched off: nobody comes in as them
alter table editors add column handle text; -- what passkeys know them by (WebAuthn's user handle), random

create unique index editors_by_handle on editors (handle);

alter table login_links add column created_at integer not null default 0;
alter table login_links add column target text not null default ''; -- the page they were on their way to; '' for the first
alter table login_links add column mailed integer not null default 0 check (mailed in (0, 1)); -- asked for on the page

-- Sessions get an id that pages may show, and what their owner knows them by.
drop index sessions_expiry;
drop index sessions_of_editor;
alter table sessions rename to sessions_before;

create table sessions (
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

insert into sessions (token_hash, editor_id, way, device, network, created_at, seen_at, fresh_at, expires_at, ends_at)
  select token_hash, editor_id, 'link', '', '', created_at, created_at, created_at, expires_at, expires_at
  from sessions_before;

drop table sessions_before;

create index sessions_expiry on sessions (expires_at);
create index sessions_of_editor on sessions (editor_id, seen_at);

create table passkeys (
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

create index passkeys_of_editor on passkeys (editor_id);

-- Challenges are signed and stored nowhere; one that was answered is kept until it would have run out.
create table spent_challenges (
  hash text primary key,
  expires_at integer not null
) strict, without rowid;

create index spent_challenges_expiry on spent_challenges (expires_at);

-- How often the sign-in was tried, by networks that share a bucket: no flood makes it longer.
create table sign_in_counts (
  kind text not null,
  bucket integer not null,
  since integer not null,
  count integer not null,
  primary key (kind, bucket)
) strict, without rowid;

-- A token has a role, as before, or scopes.
alter table api_tokens rename to api_tokens_before;

create table api_tokens (
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

-- In the audit log an address is a person, and "command line" the command line: no token may be called so.
insert into api_tokens (id, token_hash, name, role, scopes, created_at, created_by, used_at, network, revoked_at)
  select id, token_hash, case when name = 'command line' then 'API' else replace(name, '@', ' at ') end, role, '',
    created_at, 'command line', null, '', revoked_at
  from api_tokens_before;

drop table api_tokens_before;

create index api_tokens_by_name on api_tokens (name, used_at);

alter table audit_log add column network text not null default ''; -- that it was done from

create index audit_log_newest on audit_log (at, id);
create index audit_log_of_actor on audit_log (actor, at, id);
create index audit_log_of_act on audit_log (act, at, id);
create index audit_log_of_both on audit_log (actor, act, at, id);
