-- Schedules: what they do in Ramadan, on holidays and when a run is left out; and which slots of a day a subscriber wants.

-- {"ramadan": {"days": [1] or null, "slots": [{"name", "time"}]} or null, "holidays": [{"kind", "day", "name"}],
-- "skips": [{"date", "slot"}]}
alter table digests add column exceptions text not null default '{}' check (json_valid(exceptions));
-- the publisher's shift of Umm al-Qura that the next run was computed with; the clock computes it anew when that changes
alter table digests add column hijri_shift integer not null default 0 check (hijri_shift in (-1, 0, 1));
-- grows with each change of the schedule: who computed by the one before changes nothing
alter table digests add column schedule_revision integer not null default 1;

alter table subscriptions add column slots text not null default ''; -- '' for all, else names as a sorted JSON list
