/** The log store's tables. A change of shape raises the version: an older program then refuses instead of misreading. */
export const SCHEMA_VERSION = 7
/** `TOLL` in ASCII: tells our files from other SQLite databases. */
export const APPLICATION_ID = 0x544f4c4c

export const SCHEMA: string = `
create table meta (key text primary key, value text not null) without rowid;
create table models (key integer primary key, id text not null unique);

-- One row a request. Columns hold what files said; NULL = unknown. Tokens counted from text stand in texts.
create table requests (
  key integer primary key,
  id text not null unique,
  at real,
  scope text,
  priority integer,
  input_tokens_estimate integer,
  input_tokens_bound integer,
  shared_prefix_tokens integer,
  max_output_tokens integer,
  needs text,
  task text,
  split text,
  chosen integer references models (key),
  propensity real,
  policy_hash text,
  assessment text,
  run text
);

-- The prompt as JSON: a text for one user message, a list for messages. Tokens by the runtime's own counter.
create table texts (
  request integer primary key references requests (key),
  content text not null,
  tokens integer not null,
  tokens_bound integer,
  shared_prefix_tokens integer
);

-- In the place of a text that is not kept (--redact): what tells whether the same text comes again.
create table redacted (request integer primary key references requests (key), sha256 text not null);

-- Features as a BLOB of doubles in the extractor's order. The key names the extractor and its version.
create table features (
  extractor integer not null references extractors (key),
  request integer not null references requests (key),
  cells blob not null,
  primary key (extractor, request)
) without rowid;
create table extractors (key integer primary key, id text not null unique);

create table outcomes (
  request integer not null references requests (key),
  model integer not null references models (key),
  cost_usd real,
  quality real,
  input_tokens integer,
  output_tokens integer,
  cached_input_tokens integer,
  cache_write_tokens integer,
  reasoning_tokens integer,
  latency_ms real,
  basis integer,
  score real,
  agreement real,
  signs integer,
  quality_source text,
  -- Usage at the price of a book, beside what the file recorded (import --prices).
  computed_cost_usd real,
  primary key (request, model)
) without rowid;

-- Which entry of the price book each model was computed at and by which rule, or why it was not.
create table price_rules (model integer primary key references models (key), entry text, rule text not null) without rowid;

-- Two files (or rows) that disagreed: the later value is in the store, the earlier one here.
create table conflicts (
  id text not null, model text, field text not null, earlier text, later text, file text not null, line integer not null
);
-- What became known after the fact, of a request's answer (by its id) or a whole session (by its name), whether or not the
-- log holds them yet; laid: 1 once the quality of the answer stands in outcomes.
create table labels (
  about text not null, name text not null, quality real not null, source text, at real, laid integer not null,
  primary key (about, name)
) without rowid;
-- Where a router was given a policy, its first (seq 0) or another, in the order of its own operations.
create table policy_changes (
  life text not null, seq integer not null, policy_hash text not null, at real not null, primary key (life, seq)
) without rowid;

-- Arrivals of a trace, laid over requests without a time when a log is loaded.
create table arrival_trace (
  position integer primary key, at real not null, input_tokens integer, output_tokens integer
);

-- Of a log with an attached sample: every request that could be drawn and its chance, 0 where it was not drawn.
create table sampled (request integer primary key references requests (key), probability real not null);

create table rejects (file text not null, line integer not null, reason text not null, message text not null, raw text not null);
create table imports (
  sha256 text primary key,
  file text not null,
  format text not null,
  rows integer not null,
  stored integer not null,
  rejected text not null,
  -- What the order of its rows says of their times (lint/row-order.ts), as JSON.
  row_order text not null
) without rowid;

pragma application_id = ${APPLICATION_ID};
pragma user_version = ${SCHEMA_VERSION};
`
