-- Events of mail providers that were looked at, so that each is looked at once. Times are milliseconds since 1970, UTC.
create table webhook_events (
  id text primary key, -- provider:what it calls the event; token:hash of a token that signed a request
  body text not null, -- of a token: SHA-256 of the one body that it may come with; else ''
  at integer not null
) strict, without rowid;

create index webhook_events_by_time on webhook_events (at);

-- The newest complaints among many bounces.
create index feedback_by_kind on feedback (kind, id);
