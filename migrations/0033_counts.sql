-- How letters went, counted once and for all as they go: monitoring reads a few rows, however many letters there were.

create table letter_counts (
  transport text not null, -- that carried them; '' where that is not known
  result text not null, -- accepted, deferred, rejected, in_doubt: of tries; expired; bounced, complained: of what came back later
  letters integer not null,
  primary key (transport, result)
) strict, without rowid;

-- What a server said at once is a result of its try.
create trigger letter_counts_feedback after insert on feedback when new.known_by <> 'reply' begin
  insert or ignore into letter_counts (transport, result, letters)
    values ('', iif(new.kind = 'bounce', 'bounced', 'complained'), 0);
  update letter_counts set letters = letters + 1
    where transport = '' and result = iif(new.kind = 'bounce', 'bounced', 'complained');
end;
