import { createHash } from 'node:crypto'
import { z } from 'zod'
import { InputError } from '../core/errors.js'
import type { LogRecord } from '../core/log-record.js'
import { Rejection } from './formats/format.js'
import type { LintWarning } from './lint/lint.js'
import { contentHash, forgetHash } from './store-hash.js'
import { readMeta, writeMeta, type LogStore } from './store.js'

/** First line of a file that `tollgate sample` writes. */
export interface SampleCard {
  readonly tollgateSample: 1
  /** Of the log that was drawn from. */
  readonly logHash: string
  readonly seed: number
  readonly requests: number
  readonly models: readonly string[]
}

const cardSchema = z.looseObject({
  tollgateSample: z.literal(1),
  logHash: z.string(),
  seed: z.number(),
  requests: z.int().min(1),
  models: z.array(z.string()).min(1),
})
const lineSchema = z.looseObject({
  id: z.string(),
  models: z.array(z.string()).min(1),
  probability: z.number().gt(0).max(1),
})

export interface DrawnRequest {
  /** Chance to be drawn. */
  readonly probability: number
  /** That are to answer it. */
  readonly models: readonly string[]
}

export interface Sample {
  readonly file: string
  readonly sha256: string
  readonly card: SampleCard
  /** By id. */
  readonly drawn: ReadonlyMap<string, DrawnRequest>
}

/** @throws InputError that names the line where the text is no such file. */
export function parseSample(text: string, file: string): Sample {
  const lines = text.split('\n').map((line) => line.trimEnd())
  const card = read(cardSchema, lines[0] ?? '', `${file}:1`)
  const drawn = new Map<string, DrawnRequest>()
  lines.slice(1).forEach((line, index) => {
    if (line === '') return
    const place = `${file}:${index + 2}`
    const { id, probability, models } = read(lineSchema, line, place)
    if (drawn.has(id)) throw new InputError(`${place} names ${id} a second time`)
    drawn.set(id, { probability, models })
  })
  if (drawn.size === 0) throw new InputError(`${file} names no request`)
  return { file, sha256: createHash('sha256').update(text).digest('hex'), card, drawn }
}

function read<Value>(schema: z.ZodType<Value>, line: string, place: string): Value {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    throw new InputError(`${place} is no JSON; --attach takes the file that tollgate sample wrote`)
  }
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new InputError(
    `${place} is no line of a sample (${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}); --attach takes the file that tollgate sample wrote`,
  )
}

/**
 * Before the answers are imported: every request of the log belongs to what was drawn from, those drawn with their chance.
 * What the log says of its own calls is written down first, since further outcomes would hide which one it was.
 * @throws InputError where the log is not the one that was drawn from.
 */
export function attachSample(store: LogStore, sample: Sample): void {
  const { db } = store
  const attached = readMeta(db).get('sample')
  if (attached !== undefined) {
    if ((JSON.parse(attached) as { sha256: string }).sha256 === sample.sha256) return
    throw new InputError(
      `another sample is attached to ${store.path} already; attach ${sample.file} to a copy made before that`,
    )
  }
  const hash = contentHash(store)
  if (hash !== sample.card.logHash) {
    throw new InputError(
      `${store.path} is not the log that ${sample.file} was drawn from (${hash}, not ${sample.card.logHash}): draw a sample of this log, or attach before anything else is imported`,
    )
  }
  db.exec(`update requests set chosen = (select model from outcomes where request = requests.key)
           where chosen is null and (select count(*) from outcomes where request = requests.key) = 1`)
  db.exec('insert into sampled (request, probability) select key, 0 from requests')
  const update = db.prepare(
    'update sampled set probability = ? where request = (select key from requests where id = ?)',
  )
  for (const [id, { probability }] of sample.drawn) {
    if (update.run(probability, id).changes === 0)
      throw new InputError(`${sample.file} names a request that ${store.path} does not have: ${id}`)
  }
  writeMeta(db, 'sample', JSON.stringify({ sha256: sample.sha256, models: sample.card.models }))
  forgetHash(db)
}

/**
 * Of a row of the answers its outcomes and nothing else: when and of whom the log's own call was is not for them to change.
 * What the sample did not ask for would make its chances wrong, and is rejected.
 */
export function answerReader(
  { db }: LogStore,
  { drawn, file }: Sample,
): (record: LogRecord) => LogRecord | Rejection {
  const isLogged = db.prepare<[string]>('select 1 from requests where id = ?')
  return ({ id, outcomes = [] }) => {
    const asked = drawn.get(id)
    if (asked === undefined) {
      return isLogged.get(id) === undefined
        ? new Rejection('unknown-request', `the log has no request ${id}`)
        : new Rejection('not-drawn', `${file} does not ask for ${id}`)
    }
    const other = outcomes.find(({ model }) => !asked.models.includes(model))
    if (other !== undefined)
      return new Rejection(
        'not-asked',
        `${file} asks ${asked.models.join(', ')} for ${id}, not ${other.model}`,
      )
    return { id, outcomes: outcomes.map(({ basis: _, ...outcome }) => outcome) }
  }
}

/** Answers of the sample that are still to come, or were left out: their requests cannot stand for others. */
export function missingAnswers({ db }: LogStore, sample: Sample): LintWarning[] {
  const count = db
    .prepare<[string], [number]>(
      `select count(*) from sampled s join json_each(?) m
       where s.probability > 0 and not exists (
         select 1 from outcomes o join models on models.key = o.model
         where o.request = s.request and models.id = m.value and o.quality is not null)`,
    )
    .raw()
    .get(JSON.stringify(sample.card.models))?.[0]
  if (count === undefined || count === 0) return []
  const all = sample.drawn.size * sample.card.models.length
  const message = `${count} of ${all} answers of ${sample.file} have no quality yet: estimates go without them, as if they were missing by chance`
  return [{ code: 'missing-answers', message, count }]
}

/** Models that were asked, and by request its chance; undefined where no sample is attached. */
export function readSampled(
  { db }: LogStore,
  { rowOf, size }: { readonly rowOf: Int32Array; readonly size: number },
): { readonly models: readonly string[]; readonly probability: Float64Array } | undefined {
  const attached = readMeta(db).get('sample')
  if (attached === undefined) return undefined
  const { models } = JSON.parse(attached) as { models: readonly string[] }
  const probability = new Float64Array(size).fill(NaN)
  const query = db.prepare<[], [number, number]>('select request, probability from sampled').raw()
  for (const [key, chance] of query.iterate()) {
    const row = rowOf[key] ?? -1
    if (row >= 0) probability[row] = chance
  }
  return { models, probability }
}
