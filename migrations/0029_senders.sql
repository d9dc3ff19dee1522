-- A digest may have a sender of its own: another address in From than the paper's, another name, or both. Null: the paper's.
alter table digests add column from_address text;
alter table digests add column from_name text;
