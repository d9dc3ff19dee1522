-- How the issues of a digest look, which of them had to be shortened, and what readers said of them.

alter table digests add column template text not null default 'digest' check (template in ('digest', 'compact'));

alter table editions add column shortened integer not null default 0; -- summaries, as the mail was too large

alter table issues add column worth_yes integer not null default 0; -- how many readers found it worth reading
alter table issues add column worth_no integer not null default 0;

-- That somebody answered for an issue, so that nobody is counted twice: a keyed mark that names nobody, without the answer and
-- without the time. Gone when the issue takes no more answers.
create table worth_marks (
  issue_id integer not null references issues (id) on delete cascade,
  mark integer not null,
  until integer not null, -- milliseconds since 1970: when the issue takes no more answers
  primary key (issue_id, mark)
) without rowid;
create index worth_marks_until on worth_marks (until);
