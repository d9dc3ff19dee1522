-- What an article of a feed is known by besides its id, as some feeds give new ids at each poll; and when what a source told of
-- is asked about again, if it could not be seen. Times are milliseconds since 1970, UTC.

alter table source_items add column likeness text; -- of its address and title; null where it is never needed

create index source_items_like on source_items (source_id, likeness) where likeness is not null;

alter table sources add column hint_failures integer not null default 0; -- since hints were last followed

alter table sources add column hints_after integer; -- they are not followed before, but at the beginning of a round
