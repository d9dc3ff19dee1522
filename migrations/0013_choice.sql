-- What an issue chooses: by an editor's hand, and for the reader who was sent some of it already. Times are milliseconds since
-- 1970, UTC.

-- In which issues an article stood, in whatever edition: a few rows an article, where `edition_stories` has one for each
-- of thousands of editions.
create table issue_articles (
  article_id integer not null references articles (id) on delete cascade,
  issue_id integer not null references issues (id) on delete cascade,
  primary key (article_id, issue_id)
) strict, without rowid;

create index issue_articles_of_issue on issue_articles (issue_id);

insert or ignore into issue_articles (article_id, issue_id)
select s.article_id, e.issue_id from edition_stories s join editions e on e.id = s.edition_id;

create trigger edition_stories_note_issue after insert on edition_stories begin
  insert or ignore into issue_articles (article_id, issue_id)
  select new.article_id, e.issue_id from editions e where e.id = new.edition_id;
end;

-- The stories that come next, for who was sent one of the edition's already: [{articleId, storyId, score, parts}].
alter table editions add column next text not null default '[]' check (json_valid(next));

-- What an editor decided for one issue, also before it is opened: pins, hides, an order, an intro, a subject. The version
-- rises with each change, so that whoever built an edition from an older one cannot store it.
create table issue_hand (
  digest_id integer not null references digests (id) on delete cascade,
  local_date text not null,
  slot text not null,
  version integer not null,
  hand text not null check (json_valid(hand)),
  changed_at integer not null,
  primary key (digest_id, local_date, slot)
) strict, without rowid;
