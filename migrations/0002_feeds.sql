-- Feeds: one number for all changes, arrivals for archives, permanent addresses and ids.

-- seq: which change this was, counted over all feeds. A process reads the largest once a second, and then what came since.
alter table feed_versions add column seq integer not null default 0;
update feed_versions set seq = 1;
create index feed_versions_by_seq on feed_versions (seq);

-- In what order articles came into a feed: the archive documents are cut from it, fifty each (RFC 5005 §4). A number is never
-- given to another article, so that an archive never changes by what comes later.
create table feed_arrivals (
  feed text not null,
  number integer not null,
  article_id integer not null references articles (id) on delete cascade,
  primary key (feed, number)
) strict, without rowid;

create unique index feed_arrivals_of_article on feed_arrivals (article_id, feed);

insert into feed_arrivals (feed, number, article_id)
  select 'all', row_number() over (order by first_seen_at, id), id from articles where state <> 'embargoed';
insert into feed_arrivals (feed, number, article_id)
  select 'section/' || l.section_id, row_number() over (partition by l.section_id order by a.first_seen_at, a.id), a.id
  from article_sections l join articles a on a.id = l.article_id where a.state <> 'embargoed';
insert into feed_arrivals (feed, number, article_id)
  select 'tag/' || t.slug, row_number() over (partition by t.id order by a.first_seen_at, a.id), a.id
  from article_tags l join articles a on a.id = l.article_id join tags t on t.id = l.tag_id where a.state <> 'embargoed';
insert into feed_arrivals (feed, number, article_id)
  select 'author/' || t.slug, row_number() over (partition by t.id order by a.first_seen_at, a.id), a.id
  from article_authors l join articles a on a.id = l.article_id join authors t on t.id = l.author_id
  where a.state <> 'embargoed';

-- A section that is renamed, by whatever means, is still found under the slugs that it had.
create table section_former_slugs (
  slug text primary key,
  section_id integer not null references sections (id) on delete cascade
) strict, without rowid;

create index section_former_slugs_of_section on section_former_slugs (section_id);

create trigger sections_keep_former_slugs after update of slug on sections when old.slug <> new.slug begin
  insert or replace into section_former_slugs (slug, section_id) values (old.slug, old.id);
  delete from section_former_slugs where slug = new.slug;
end;

-- What all feeds show besides articles (the paper's name, the sections, the digests) has a version too, raised by whoever
-- changes it, also by hand. (Who adds a digest raises it himself: a trigger there would have SQLite look through all that
-- refers to digests.)
insert into feed_versions (feed, version, changed_at, seq) values ('house', 1, 0, 1);

create trigger settings_touch_house_by_insert after insert on settings when new.name = 'publisher' begin
  insert into feed_versions (feed, version, changed_at, seq)
    values ('house', 1, 0, (select coalesce(max(seq), 0) + 1 from feed_versions))
    on conflict (feed) do update set version = version + 1, seq = excluded.seq;
end;
create trigger settings_touch_house_by_update after update on settings when new.name = 'publisher' begin
  insert into feed_versions (feed, version, changed_at, seq)
    values ('house', 1, 0, (select coalesce(max(seq), 0) + 1 from feed_versions))
    on conflict (feed) do update set version = version + 1, seq = excluded.seq;
end;
create trigger sections_touch_house_by_insert after insert on sections begin
  insert into feed_versions (feed, version, changed_at, seq)
    values ('house', 1, 0, (select coalesce(max(seq), 0) + 1 from feed_versions))
    on conflict (feed) do update set version = version + 1, seq = excluded.seq;
end;
create trigger sections_touch_house_by_update after update on sections begin
  insert into feed_versions (feed, version, changed_at, seq)
    values ('house', 1, 0, (select coalesce(max(seq), 0) + 1 from feed_versions))
    on conflict (feed) do update set version = version + 1, seq = excluded.seq;
end;
create trigger sections_touch_house_by_delete after delete on sections begin
  insert into feed_versions (feed, version, changed_at, seq)
    values ('house', 1, 0, (select coalesce(max(seq), 0) + 1 from feed_versions))
    on conflict (feed) do update set version = version + 1, seq = excluded.seq;
end;
create trigger digests_touch_house_by_update after update of slug, name, name_en on digests begin
  insert into feed_versions (feed, version, changed_at, seq)
    values ('house', 1, 0, (select coalesce(max(seq), 0) + 1 from feed_versions))
    on conflict (feed) do update set version = version + 1, seq = excluded.seq;
end;

-- An issue's guid in its digest's feed: minted once, so that it outlives a change of the site's address.
alter table issues add column guid text;
update issues set guid = 'urn:uuid:' || lower(
  hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-8' ||
  substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)));
create unique index issues_guid on issues (guid);
