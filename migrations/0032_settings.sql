-- The language that an editor's mails come in, and the secret that a webhook had before it was given another.

-- null: nobody chose. The link to sign in comes in the page's language then, other mails in Arabic.
alter table editors add column language text check (language in ('ar', 'en'));

-- Signs beside the new one until then, so that a receiver can change it at its own time.
alter table webhook_endpoints add column former_secret text;
alter table webhook_endpoints add column former_until integer;

-- Of which issues editors were told that they wait for them.
create table told_waiting (
  issue_id integer primary key references issues (id) on delete cascade,
  at integer not null
) strict;
insert into told_waiting (issue_id, at) select id, opened_at from issues where state = 'waiting';
