-- Search: the words of published articles, folded and joined by spaces in JavaScript. Of the texts themselves it keeps nothing.

-- The rowid grows with the day of publication and then with the article's id, so that the newest are found first and a span of
-- time is a span of rows. In `body` stand also words that nobody can type: §s3 for section 3, §t5 for a tag, §a7 for an author.
create virtual table article_words using fts5 (title, body, content = '', contentless_delete = 1, tokenize = 'ascii');

-- Words of some thousand articles wait in memory while one transaction brings them: a quarter less work than with the default.
insert into article_words (article_words, rank) values ('hashsize', 8000000);

create table article_word_rows (
  article_id integer primary key references articles (id) on delete cascade,
  row integer not null
) strict;

create trigger article_word_rows_forget after delete on article_word_rows begin
  delete from article_words where rowid = old.row;
end;

-- Articles that were there before: up to this id they are still to be indexed, the last first. No row: nothing is left to do.
create table article_words_missing (
  only integer primary key check (only = 1),
  through integer not null
) strict;

insert into article_words_missing (only, through) select 1, max(id) from articles having max(id) is not null;

-- Tags and authors: two spellings of a name are one, under the slug that the folded name makes. What stands here under several
-- becomes one: the first, or whichever has that slug already. Old addresses of feeds are folded when they are asked for.

create table slug_folds (
  kind text not null,
  id integer not null,
  slug text not null,
  folded text not null,
  keeper integer not null,
  primary key (kind, id)
) strict, without rowid;

insert into slug_folds (kind, id, slug, folded, keeper)
  select kind, id, slug, folded, first_value(id) over (partition by kind, folded order by slug <> folded, id)
  from (select kind, id, slug,
    replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(
    replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(
    replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(slug
      , 'أ', 'ا'), 'إ', 'ا'), 'آ', 'ا'), 'ٱ', 'ا'), 'ى', 'ي'), 'ؤ', 'ء'), 'ئ', 'ء'), 'ة', 'ه'), 'ک', 'ك')
      , 'ی', 'ي'), 'ې', 'ي'), '٠', '0'), '١', '1'), '٢', '2'), '٣', '3'), '٤', '4'), '٥', '5'), '٦', '6')
      , '٧', '7'), '٨', '8'), '٩', '9'), '۰', '0'), '۱', '1'), '۲', '2'), '۳', '3'), '۴', '4'), '۵', '5')
      , '۶', '6'), '۷', '7'), '۸', '8'), '۹', '9') as folded
    from (select 'author' as kind, id, slug from authors union all select 'tag', id, slug from tags));
delete from slug_folds where slug = folded;

insert or ignore into article_authors (article_id, author_id, position, published_at, visible)
  select l.article_id, f.keeper, l.position, l.published_at, l.visible
  from slug_folds f join article_authors l on l.author_id = f.id where f.kind = 'author' and f.keeper <> f.id;
delete from article_authors where author_id in (select id from slug_folds where kind = 'author' and keeper <> id);
delete from authors where id in (select id from slug_folds where kind = 'author' and keeper <> id);
update authors set slug = f.folded from slug_folds f where f.kind = 'author' and f.id = authors.id;

insert or ignore into article_tags (article_id, tag_id, position, published_at, visible)
  select l.article_id, f.keeper, l.position, l.published_at, l.visible
  from slug_folds f join article_tags l on l.tag_id = f.id where f.kind = 'tag' and f.keeper <> f.id;
delete from article_tags where tag_id in (select id from slug_folds where kind = 'tag' and keeper <> id);
delete from tags where id in (select id from slug_folds where kind = 'tag' and keeper <> id);
update tags set slug = f.folded from slug_folds f where f.kind = 'tag' and f.id = tags.id;

-- Their feeds: those of a kept one are renamed, with their archives; what came into the others comes in after it.
update feed_arrivals set feed = f.kind || '/' || f.folded from slug_folds f
  where f.keeper = f.id and feed_arrivals.feed = f.kind || '/' || f.slug;
insert or ignore into feed_arrivals (feed, number, article_id)
  select feed, (select coalesce(max(n.number), 0) from feed_arrivals n where n.feed = it.feed)
    + row_number() over (partition by feed order by id, number), article_id
  from (select f.kind || '/' || f.folded as feed, f.id, r.number, r.article_id
    from slug_folds f join feed_arrivals r on r.feed = f.kind || '/' || f.slug where f.keeper <> f.id) it
  where not exists (select 1 from feed_arrivals h where h.feed = it.feed and h.article_id = it.article_id)
  group by feed, article_id;
delete from feed_arrivals where feed in (select kind || '/' || slug from slug_folds where keeper <> id);

update or replace feed_versions set feed = f.kind || '/' || f.folded || substr(feed_versions.feed, length(f.kind || '/' || f.slug) + 1)
  from slug_folds f where f.keeper = f.id and (feed_versions.feed = f.kind || '/' || f.slug
    or feed_versions.feed between f.kind || '/' || f.slug || '#' and f.kind || '/' || f.slug || '#:');
delete from feed_versions where feed in (select v.feed from slug_folds f join feed_versions v on v.feed = f.kind || '/' || f.slug
  or v.feed between f.kind || '/' || f.slug || '#' and f.kind || '/' || f.slug || '#:');
insert into feed_versions (feed, version, changed_at, seq)
  select distinct kind || '/' || folded, 1, 0, (select coalesce(max(seq), 0) + 1 from feed_versions) from slug_folds where true
  on conflict (feed) do update set version = version + 1, seq = excluded.seq;

update or ignore websub_watches set feed = f.kind || '/' || f.folded from slug_folds f where websub_watches.feed = f.kind || '/' || f.slug;
update or ignore feed_days set feed = f.kind || '/' || f.folded from slug_folds f where feed_days.feed = f.kind || '/' || f.slug;
update or ignore reader_registers set feed = f.kind || '/' || f.folded from slug_folds f where reader_registers.feed = f.kind || '/' || f.slug;
update or ignore reader_claims set feed = f.kind || '/' || f.folded from slug_folds f where reader_claims.feed = f.kind || '/' || f.slug;
delete from websub_watches where feed in (select kind || '/' || slug from slug_folds);

drop table slug_folds;
