-- Since which revision an article is right, so that a correction goes to those whose edition carried an earlier one; null in what was
-- confirmed before. And whether an issue was over once already and taken up again: that it was sent is told once.

alter table special_issues add column right_revision integer;

alter table issues add column taken_up integer not null default 0 check (taken_up in (0, 1));

drop trigger webhook_issues;
create trigger webhook_issues after update of state on issues
when new.state = 'sent' and old.state <> 'sent' and old.taken_up = 0 begin
  insert into webhook_calls (endpoint_id, event, data, at, state, due_at, expires_at)
    select e.id, 'issue.sent', json_object('issue', new.id), new.finished_at, 'waiting', new.finished_at,
      new.finished_at + 345600000
    from webhook_endpoints e, json_each(e.events) v where e.state = 'on' and v.value = 'issue.sent';
end;
