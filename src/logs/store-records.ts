import { signsOf } from '../core/score/answer-signs.js'
import type { LogRecord, OutcomeRecord, RunRecord } from '../core/log-record.js'
import { BASES } from '../core/log-table.js'
import { PRIORITIES, type Assessment } from '../core/request.js'
import { InputError } from '../core/errors.js'
import type { RecordedLife } from './decision-log.js'
import type { PolicyChange } from './formats/format.js'
import { readSessionOutcomes } from './store-labels.js'
import { inputErrors, type LogStore } from './store.js'
import { messagesOf } from './stored-text.js'

/**
 * A runtime's decision log back as it was recorded, for `replay --as-recorded`: per router its requests, in order of arrival,
 * and its policies. The routers stand in the order of their first requests.
 * @throws InputError when two of them used the same id: the store has kept one of the two.
 */
export function readRecorded(store: LogStore): readonly RecordedLife[] {
  return inputErrors(store.path, () => {
    refuseSharedIds(store)
    const changes = store.db
      .prepare<[], PolicyChange>(
        'select life, policy_hash as policyHash, seq, at from policy_changes order by life, seq',
      )
      .all()
    const lives = groupedBy(requestsOf(store, 'r.run is not null'), ({ run }) => run?.life ?? '')
    return [...lives].map(([life, records]) => ({
      records,
      changes: changes.filter((change) => change.life === life),
    }))
  })
}

function refuseSharedIds({ db, path }: LogStore): void {
  const shared = db
    .prepare<[], [string]>("select distinct id from conflicts where field = 'run' order by id")
    .raw()
    .all()
  const first = shared[0]?.[0]
  if (first === undefined) return
  throw new InputError(
    `${path} cannot be replayed as recorded: ${shared.length === 1 ? 'one id has' : `${shared.length} ids have`} more than one recorded run (${first}${shared.length === 1 ? '' : ', …'}), of which a store keeps the last; give the decision log itself: --log FILE.jsonl`,
  )
}

function groupedBy<Value>(values: Iterable<Value>, keyOf: (value: Value) => string): Map<string, Value[]> {
  const groups = new Map<string, Value[]>()
  for (const value of values) {
    const key = keyOf(value)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [value])
    else group.push(value)
  }
  return groups
}

type Row = Readonly<Record<string, string | number | Buffer | null>>

/**
 * Everything that the store holds of its requests, as canonical records in order of arrival. The outcome of a session stands on
 * the first of its lines; late labels of answers are the quality of their outcomes.
 */
export function* readRecords(store: LogStore): Generator<LogRecord> {
  const open = new Map(readSessionOutcomes(store))
  for (const record of requestsOf(store, 'true')) {
    const session = record.scope?.['session'] ?? ''
    const sessionOutcome = open.get(session)
    open.delete(session)
    yield sessionOutcome === undefined ? record : { ...record, sessionOutcome }
  }
}

function* requestsOf(store: LogStore, condition: string): Generator<LogRecord> {
  const outcomes = store.db.prepare<[number], Row>(
    'select o.*, m.id as model from outcomes o join models m on m.key = o.model where o.request = ? order by m.id',
  )
  const features = store.db.prepare<[number], Row>(
    'select e.id, f.cells from features f join extractors e on e.key = f.extractor where f.request = ? order by e.id limit 1',
  )
  const requests = store.db.prepare<[], Row>(
    `select r.*, m.id as model, t.content from requests r left join models m on m.key = r.chosen
       left join texts t on t.request = r.key where ${condition} order by r.at, r.id`,
  )
  for (const row of requests.all()) {
    const key = Number(row['key'])
    const logged = row['content'] === null ? features.get(key) : undefined
    yield requestOf(row, outcomes.all(key).map(outcomeOf), logged)
  }
}

function requestOf(row: Row, outcomes: readonly OutcomeRecord[], features: Row | undefined): LogRecord {
  const text = (name: string): string | undefined => row[name]?.toString()
  const number = (name: string): number | undefined => (row[name] === null ? undefined : Number(row[name]))
  const json = (name: string): unknown => (row[name] === null ? undefined : JSON.parse(String(row[name])))
  const priority = number('priority')
  return known({
    id: String(row['id']),
    at: number('at'),
    scope: json('scope') as Record<string, string> | undefined,
    priority: priority === undefined ? undefined : PRIORITIES[priority],
    messages: row['content'] === null ? undefined : messagesOf(String(row['content'])),
    inputTokensEstimate: number('input_tokens_estimate'),
    inputTokensBound: number('input_tokens_bound'),
    sharedPrefixTokens: number('shared_prefix_tokens'),
    maxOutputTokens: number('max_output_tokens'),
    needs: json('needs') as string[] | undefined,
    task: text('task'),
    split: text('split'),
    features:
      features === undefined
        ? undefined
        : { key: String(features['id']), values: doubles(features['cells']) },
    chosen: text('model'),
    propensity: number('propensity'),
    policyHash: text('policy_hash'),
    assessment: json('assessment') as Assessment | undefined,
    outcomes: outcomes.length === 0 ? undefined : outcomes,
    run: json('run') as RunRecord | undefined,
  }) as unknown as LogRecord
}

function outcomeOf(row: Row): OutcomeRecord {
  const number = (name: string): number | undefined => (row[name] === null ? undefined : Number(row[name]))
  const basis = number('basis')
  return known({
    model: String(row['model']),
    inputTokens: number('input_tokens'),
    outputTokens: number('output_tokens'),
    cachedInputTokens: number('cached_input_tokens'),
    cacheWriteTokens: number('cache_write_tokens'),
    reasoningTokens: number('reasoning_tokens'),
    costUsd: number('cost_usd'),
    latencyMs: number('latency_ms'),
    quality: number('quality'),
    qualitySource: row['quality_source']?.toString(),
    score: number('score'),
    agreement: number('agreement'),
    ...readSigns(number('signs') ?? 0),
    basis: basis === undefined ? undefined : BASES[basis],
  }) as unknown as OutcomeRecord
}

function readSigns(signs: number): Pick<OutcomeRecord, 'finish' | 'refused'> {
  const { finish, refused } = signsOf(signs)
  return { ...(finish === undefined ? {} : { finish }), ...(refused === undefined ? {} : { refused }) }
}

function doubles(cells: Row[string] | undefined): number[] {
  return Array.from(new Float64Array(new Uint8Array(cells as Buffer).buffer))
}

function known(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}
