-- Stories, as editors put them together and took them apart. Times are milliseconds since 1970, UTC.

-- What a hand decided of an article and a story, by the id of the article that led it then: `joined`, it belongs there;
-- `apart`, it does not, and nothing that runs by itself puts it there. The newest word on a pair stands.
create table story_hand (
  article_id integer not null references articles (id) on delete cascade,
  story_id integer not null references articles (id) on delete cascade,
  kind text not null check (kind in ('joined', 'apart')),
  by_whom text not null,
  at integer not null,
  primary key (article_id, story_id)
) strict, without rowid;

create index story_hand_of_story on story_hand (story_id);

-- An article may change its story after an issue carried it, so issues are found by the article.
create index edition_stories_of_article on edition_stories (article_id);
