import type Database from 'better-sqlite3'
import { InputError } from '../core/errors.js'
import { listCostNanoUsd } from '../core/list-price.js'
import { NANO_PER_USD } from '../core/money.js'
import type { BookEntry, Lookup } from '../core/price-book.js'
import type { LintWarning } from './lint/lint.js'
import { dayText, lookUp, lookUpProblem, type ChosenBook } from './prices/chosen-book.js'
import { readMeta, writeMeta } from './store.js'

/** What a price book made of a log's usage. */
export interface ComputedCosts {
  readonly book: string
  /** The day as of which everything is priced; null: each call at its own time. */
  readonly date: string | null
  readonly service: string
  /** Outcomes with a computed cost. */
  readonly computed: number
  /** Of those, the ones that had no recorded cost: they count with the computed one. */
  readonly filled: number
}

export interface PricedLog {
  readonly costs: ComputedCosts
  readonly warnings: readonly LintWarning[]
  /** By which rule each model was found, for people. */
  readonly rules: readonly string[]
}

/**
 * Computes the cost of every outcome with known usage at the book's price, of the call's time or of the day that was
 * named, in place of what another book computed before. Recorded costs stay as they are.
 */
export function computeCosts(db: Database.Database, chosen: ChosenBook): PricedLog {
  db.exec('update outcomes set computed_cost_usd = null; delete from price_rules')
  const models = lookUpModels(db, chosen)
  const { computed, filled, unpriced } = writeCosts(db, chosen, models)
  const costs: ComputedCosts = {
    book: chosen.name,
    date: chosen.date === undefined ? null : dayText(chosen.date),
    service: chosen.service,
    computed,
    filled,
  }
  writeMeta(db, 'prices', JSON.stringify(costs))
  const found = [...models.values()].filter(({ entry }) => entry !== undefined)
  return {
    costs,
    warnings: [...problems([...models.values()], chosen), ...untimed(unpriced, chosen)],
    rules: found.map(({ rule }) => rule),
  }
}

/** The facts of the last `computeCosts`; undefined when the log was never priced. */
export function computedCosts(db: Database.Database): ComputedCosts | undefined {
  const text = readMeta(db).get('prices')
  return text === undefined ? undefined : (JSON.parse(text) as ComputedCosts)
}

interface PricedModel {
  readonly id: string
  readonly entry: BookEntry | undefined
  readonly rule: string
  /** The name means nothing to the book, or too much. */
  readonly kind: Lookup['kind']
}

function lookUpModels(db: Database.Database, chosen: ChosenBook): Map<number, PricedModel> {
  const rows = db
    .prepare<[], [number, string]>(
      'select key, id from models where key in (select model from outcomes) order by id',
    )
    .raw()
    .all()
  const insert = db.prepare('insert into price_rules values (?, ?, ?)')
  return new Map(
    rows.map(([key, id]) => {
      const lookup = lookUp(chosen, id)
      const model: PricedModel =
        lookup.kind === 'found'
          ? { ...lookup, id }
          : { kind: lookup.kind, id, entry: undefined, rule: lookUpProblem(id, lookup, chosen.name) }
      insert.run(key, model.entry?.id ?? null, model.rule)
      return [key, model]
    }),
  )
}

type UsageRow = [
  number,
  number,
  number | null,
  number,
  number,
  number | null,
  number | null,
  number | null,
  number | null,
]

function writeCosts(
  db: Database.Database,
  chosen: ChosenBook,
  models: ReadonlyMap<number, PricedModel>,
): { computed: number; filled: number; unpriced: number } {
  const update = db.prepare('update outcomes set computed_cost_usd = ? where request = ? and model = ?')
  const rows = db
    .prepare<[], UsageRow>(
      `select o.request, o.model, r.at, o.input_tokens, o.output_tokens, o.cached_input_tokens, o.cache_write_tokens,
         o.reasoning_tokens, o.cost_usd
       from outcomes o join requests r on r.key = o.request
       where o.input_tokens is not null and o.output_tokens is not null`,
    )
    .raw()
    .all()
  const counts = { computed: 0, filled: 0, unpriced: 0 }
  for (const [request, model, at, inputTokens, outputTokens, cached, written, reasoning, cost] of rows) {
    const entry = models.get(model)?.entry
    if (entry === undefined) continue
    const when = pricedAt(chosen.date, at)
    if (when === undefined && entry.isDated) {
      counts.unpriced++
      continue
    }
    const price = entry.priceAt(when ?? 0, chosen.service)
    const usage = {
      inputTokens,
      outputTokens,
      cachedInputTokens: cached ?? 0,
      cacheWriteTokens: written ?? 0,
      reasoningTokens: reasoning ?? 0,
    }
    const nano = price === undefined ? undefined : listCostNanoUsd(price, usage)
    if (nano === undefined) continue
    update.run(nano / NANO_PER_USD, request, model)
    counts.computed++
    if (cost === null) counts.filled++
  }
  return counts
}

const DAY_MS = 86_400_000

/** The call's time, or the same time of the day that was named. */
function pricedAt(date: number | undefined, at: number | null): number | undefined {
  if (date === undefined) return at ?? undefined
  return at === null ? date : date + (((at % DAY_MS) + DAY_MS) % DAY_MS)
}

/** One warning for each name that means several prices, with the way out, and one for all that the book does not have. */
function problems(models: readonly PricedModel[], { name }: ChosenBook): LintWarning[] {
  const ambiguous = models.filter(({ kind }) => kind === 'ambiguous')
  const unknown = models.filter(({ kind }) => kind === 'unknown').map(({ id }) => id)
  const missing = `${name} has no price of ${unknown.join(', ')}; --price-as MODEL=ENTRY names the entry to take`
  return [
    ...ambiguous.map(({ rule }) => ({ code: 'ambiguous-price', message: rule, count: 1 })),
    ...(unknown.length === 0 ? [] : [{ code: 'no-price', message: missing, count: unknown.length }]),
  ]
}

function untimed(count: number, { name }: ChosenBook): LintWarning[] {
  if (count === 0) return []
  const message = `${count} outcomes have no time, and their price depends on it: say which day, such as --prices ${name}@2026-08-06`
  return [{ code: 'untimed-price', message, count }]
}

/** @throws InputError naming every model without a single price (`import --strict`). */
export function refuseUnpriced({ warnings }: PricedLog): void {
  if (warnings.length === 0) return
  throw new InputError(
    'the price book leaves costs unknown (--strict); nothing was imported',
    warnings.map(({ code, message }) => ({ path: code, message })),
  )
}
