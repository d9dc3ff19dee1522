-- How often the stories of an issue were followed from its mails. Times are milliseconds since 1970, UTC.

-- Without the person: so many readers, and so many times a program.
create table story_clicks (
  issue_id integer not null references issues (id) on delete cascade,
  article_id integer not null references articles (id) on delete cascade,
  people integer not null default 0,
  robots integer not null default 0,
  primary key (issue_id, article_id)
) strict, without rowid;
create index story_clicks_of_article on story_clicks (article_id);

-- Who followed what: only while the publisher counts by person, and for a season.
create table reader_clicks (
  issue_id integer not null,
  article_id integer not null,
  subscriber_id integer not null references subscribers (id) on delete cascade,
  at integer not null,
  primary key (issue_id, article_id, subscriber_id),
  foreign key (issue_id, article_id) references story_clicks (issue_id, article_id) on delete cascade
) strict, without rowid;
create index reader_clicks_of_subscriber on reader_clicks (subscriber_id);
create index reader_clicks_at on reader_clicks (at);
