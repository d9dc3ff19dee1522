-- Sources: where articles are pulled from, how far, and what came of it. Times are milliseconds since 1970, UTC.

create table sources (
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
) strict;

create index sources_due on sources (next_run_at) where paused_at is null and next_run_at is not null;
create index sources_of_section on sources (section_id) where section_id is not null;

-- how a source orders its articles, and where they go here
create table source_categories (
  source_id integer not null references sources (id) on delete cascade,
  key text not null,
  label text not null,
  leads text not null check (leads in ('section', 'everywhere', 'nowhere')), -- everywhere: a catch-all, which says nothing
  section_id integer references sections (id),
  primary key (source_id, key),
  check ((leads = 'section') = (section_id is not null))
) strict, without rowid;

create index source_categories_of_section on source_categories (section_id) where section_id is not null;

-- what is known of a source's articles: as it was when it was last looked at
create table source_items (
  source_id integer not null references sources (id) on delete cascade,
  external_id text not null,
  remote_id text,
  fingerprint text not null, -- of all that the source said; nothing is done again while it stays
  first_seen_at integer not null,
  dated integer not null check (dated in (0, 1)), -- whether its date could be believed
  article_id integer references articles (id) on delete set null, -- null: it was skipped
  newest integer, -- the article's time, while the source has it: the order in which it is asked whether it still has them
  primary key (source_id, external_id)
) strict, without rowid;

create index source_items_remote on source_items (source_id, remote_id) where remote_id is not null;
create index source_items_newest on source_items (source_id, newest desc) where newest is not null and remote_id is not null;
create index source_items_of_article on source_items (article_id) where article_id is not null;

-- what each run brought; the last of each source are kept
create table source_runs (
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

create index source_runs_of_source on source_runs (source_id, started_at);

-- how far an export file was read
create table source_files (
  source_id integer not null references sources (id) on delete cascade,
  identity text not null,
  octets integer not null,
  primary key (source_id, identity)
) strict, without rowid;

-- articles that a source told of, which are looked at before anything else
create table source_hints (
  id integer primary key,
  source_id integer not null references sources (id) on delete cascade,
  remote_id text not null,
  at integer not null
) strict;

create index source_hints_of_source on source_hints (source_id, id);

-- calls of webhooks that were taken, so that nobody plays them again
create table source_calls (
  source_id integer not null references sources (id) on delete cascade,
  delivery text not null,
  until integer not null,
  primary key (source_id, delivery)
) strict, without rowid;

create index source_calls_age on source_calls (until);
