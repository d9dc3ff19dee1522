-- What the pages of issues look up without counting a ledger anew: what was written of an audience, how many letters left in all, what
-- came back of one issue, and who left a digest when.

create table issue_audiences (
  issue_id integer primary key references issues (id) on delete cascade,
  letters integer not null,
  exclusions text not null check (json_valid(exclusions)) -- [{"reason": "paused", "count": 3}]
) strict, without rowid;
insert into issue_audiences (issue_id, letters, exclusions)
  select i.id, (select count(*) from deliveries d where d.issue_id = i.id),
    coalesce((select json_group_array(json_object('reason', r.reason, 'count', r.readers)) from (
      select e.reason, count(*) as readers from exclusions e where e.issue_id = i.id group by e.reason) r), '[]')
  from issues i where i.state in ('sending', 'cancelling') and i.candidates is not null;

-- As sent, but not begun anew when a paused issue goes on.
alter table issue_health add column sent_in_all integer not null default 0;
update issue_health set sent_in_all = max(sent, (select count(*) from deliveries d
  where d.issue_id = issue_health.issue_id and d.state in ('accepted', 'rejected')));

alter table feedback add column issue_id integer; -- null: of a notice
update feedback set issue_id = (select d.issue_id from deliveries d where d.id = feedback.delivery_id)
  where delivery_id is not null;
create index feedback_of_issue on feedback (issue_id, kind, id) where issue_id is not null;

create index subscriptions_left on subscriptions (digest_id, left_at) where left_at is not null;
