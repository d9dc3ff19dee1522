-- Readers of feeds, counted without keeping an address.

-- A UTC day, numbered from 1970-01-01, and the secret that its counts depend on. It is null when the day is over: then nobody
-- can try out which address raised which register, and nothing more is counted for that day.
create table reader_days (
  day integer primary key,
  salt text
) strict;

create index reader_days_salted on reader_days (day) where salt is not null;

-- One row a feed and day, kept for 400 days. While it is open, clients and claims are counted in the two tables below.
create table feed_days (
  day integer not null,
  feed text not null, -- as in feed_versions; all mixes together are "mix"
  open integer not null default 1 check (open in (0, 1)),
  requests integer not null,
  unchanged integer not null, -- of these, answered by 304
  touched integer, -- when closed: how many registers any client had raised
  weight real, -- when closed: the sum of 2^-rank over them; the two together make the estimate
  claims text check (claims is null or json_valid(claims)), -- when closed: [name, subscribers] of each aggregator
  primary key (day, feed)
) strict, without rowid;

create index feed_days_open on feed_days (day, feed) where open = 1;

-- HyperLogLog: of the clients that fall to a register, the highest rank; it says how many they may be, and nothing of whom.
create table reader_registers (
  day integer not null,
  feed text not null,
  register integer not null check (register between 0 and 1023),
  rank integer not null check (rank between 1 and 33),
  primary key (day, feed, register)
) strict, without rowid;

-- "16 subscribers": what an aggregator says in its User-Agent; the most that it said that day.
create table reader_claims (
  day integer not null,
  feed text not null,
  format text not null,
  name text not null,
  subscribers integer not null,
  primary key (day, feed, name, format)
) strict, without rowid;
