import type Database from 'better-sqlite3'

export type Cell = string | number | null
export type Statement = Database.Statement<unknown[], Cell[]>

/** What is merged of a request and of an outcome, in the order in which values are bound. */
export const REQUEST_COLUMNS = [
  'at',
  'scope',
  'priority',
  'input_tokens_estimate',
  'input_tokens_bound',
  'shared_prefix_tokens',
  'max_output_tokens',
  'needs',
  'task',
  'split',
  'chosen',
  'propensity',
  'policy_hash',
  'assessment',
  'run',
] as const
export const OUTCOME_COLUMNS = [
  'cost_usd',
  'quality',
  'input_tokens',
  'output_tokens',
  'cached_input_tokens',
  'cache_write_tokens',
  'reasoning_tokens',
  'latency_ms',
  'basis',
  'score',
  'agreement',
  'signs',
  'quality_source',
] as const

/** The statements of an import, prepared once. */
export function prepareStatements(
  db: Database.Database,
): Record<
  | 'selectRequest'
  | 'updateRequest'
  | 'selectOutcome'
  | 'updateOutcome'
  | 'insertText'
  | 'selectText'
  | 'replaceText'
  | 'deleteFeatures'
  | 'selectHash'
  | 'putHash'
  | 'fillTokens'
  | 'putFeatures'
  | 'insertModel'
  | 'insertConflict',
  Statement
> {
  const statement = (sql: string): Statement => db.prepare<unknown[], Cell[]>(sql)
  const sets = (columns: readonly string[]): string => columns.map((column) => `${column} = ?`).join(', ')
  const requestColumns = REQUEST_COLUMNS.join(', ')
  const outcomeColumns = OUTCOME_COLUMNS.join(', ')
  return {
    selectRequest: statement(`select key, ${requestColumns} from requests where id = ?`).raw(),
    updateRequest: statement(`update requests set ${sets(REQUEST_COLUMNS)} where key = ?`),
    selectOutcome: statement(`select ${outcomeColumns} from outcomes where request = ? and model = ?`).raw(),
    // What was computed of the earlier usage is no longer true.
    updateOutcome: statement(
      `update outcomes set ${sets(OUTCOME_COLUMNS)}, computed_cost_usd = null where request = ? and model = ?`,
    ),
    insertText: statement('insert into texts values (?, ?, ?, ?, ?)'),
    selectText: statement('select content from texts where request = ?').raw(),
    replaceText: statement(
      'update texts set content = ?, tokens = ?, tokens_bound = ?, shared_prefix_tokens = ? where request = ?',
    ),
    selectHash: statement('select sha256 from redacted where request = ?').raw(),
    putHash: statement(
      'insert into redacted values (?, ?) on conflict do update set sha256 = excluded.sha256',
    ),
    fillTokens: statement(
      `update requests set input_tokens_bound = coalesce(input_tokens_bound,
           case when input_tokens_estimate is null then ? else max(?, input_tokens_estimate) end),
         input_tokens_estimate = coalesce(input_tokens_estimate, ?),
         shared_prefix_tokens = coalesce(shared_prefix_tokens, ?) where key = ?`,
    ),
    deleteFeatures: statement('delete from features where request = ?'),
    putFeatures: statement(
      `insert into features values (?, ?, ?) on conflict do update set cells = excluded.cells where cells <> excluded.cells`,
    ),
    insertModel: statement('insert into models (id) values (?)'),
    insertConflict: statement('insert into conflicts values (?, ?, ?, ?, ?, ?, ?)'),
  }
}
