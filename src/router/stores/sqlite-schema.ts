/** The tables of a ledger's file. A change of shape raises the version: an older program then refuses instead of misreading. */
export const SCHEMA_VERSION = 1
/** `TOLB` in ASCII: tells our ledgers from other SQLite databases, log stores too. */
export const APPLICATION_ID = 0x544f4c42

export const SCHEMA: string = `
-- One row: the order and the time of the last operation (NULL before the first), and how often budgets were changed.
create table meta (
  one integer primary key check (one = 1),
  seq integer not null,
  at integer,
  definitions integer not null
);
insert into meta values (1, 0, null, 0);

-- accounts and pools count how many there are: the next one's number.
create table budgets (
  slot integer primary key,
  id text not null unique,
  scope text not null,
  window text not null,
  accounts integer not null,
  pools integer not null
);

-- Labels in the order of their first admission; pool is the newest one's key.
create table accounts (
  slot integer not null,
  label text not null,
  account integer not null,
  pool integer,
  primary key (slot, label)
) without rowid;

-- key = slot * 2^40 + row; record = the pool's doubles as core/budget/pool-record.ts has them.
create table pools (key integer primary key, account integer not null, record blob not null);
create index pools_of_account on pools (account, key);

-- In the order of admission. body: the choice, and slot, account, claim and row of each pool, as JSON.
create table reservations (
  key integer primary key,
  id text not null unique,
  status text not null,
  admitted_at integer not null,
  expires_at integer not null,
  reserved integer not null,
  charged integer not null,
  settlement text,
  ended_at integer,
  expired_seq integer,
  body text not null
);
create index held_until on reservations (expires_at, key) where status = 'held';

-- Which reservations a pool has: for its audit.
create table lines (pool integer not null, reservation integer not null, primary key (pool, reservation)) without rowid;

pragma application_id = ${APPLICATION_ID};
pragma user_version = ${SCHEMA_VERSION};
`
