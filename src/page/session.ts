import type { LogTable } from '../core/log-table.js'
import { parsePolicy, type Policy } from '../core/policy.js'
import type { PolicyFile } from '../core/policy-schema.js'
import { compare, type ComparedRun } from '../metrics/compare.js'
import { contributions, type Contributions } from '../metrics/contributions.js'
import { withReplayCosts } from '../metrics/outcome-cost.js'
import { references } from '../metrics/references.js'
import type { Point, References, RunMetrics } from '../metrics/result.js'
import { inRowOrder } from '../metrics/row-order.js'
import { parseFaults } from '../replay/fault-spec.js'
import type { Replayable, ReplaySettings } from '../replay/packed/replayable.js'
import { replay, type ReplayOptions } from '../replay/replay.js'
import type { ReplayResult } from '../replay/steps.js'
import { changedPolicy } from '../tune/what-if/changed-policy.js'
import type { Change, Pricing } from '../tune/what-if/change.js'
import { atPrices } from '../tune/what-if/prices.js'
import { figuresOf, type Figures } from './figures.js'
import { withMoved } from './knobs/index.js'
import type { Moved } from './knobs/knob.js'
import { movedPrices } from './knobs/prices.js'

/** One policy of the comparison, with what a reader moved of it. */
export interface Move {
  /** Index into the policies. */
  readonly policy: number
  readonly moved: Moved
}

/**
 * Replays policies like those of a comparison, by the very sources of the command line. Every question throws an InputError
 * where what was moved is no policy any more.
 */
export interface Session {
  readonly replayable: Replayable
  figures(move: Move): Figures
  /** The same row as in the report's table, with intervals and controls; `replicates` of the bootstrap. */
  compared(move: Move, replicates: number): RunMetrics
  /** Null where cost or quality is not known of 95 % of the requests. */
  point(move: Move): Point | null
  policy(move: Move): Policy
  /** What every model alone cost and was worth, and their hull. */
  singles(): Pick<References, 'hull' | 'singles'>
}

export function createSession(replayable: Replayable): Session {
  const { policies, baseline: baselineIndex, settings } = replayable
  const options = replayOptions(replayable)
  const given = policies.map(({ file, contentHash }): Policy => ({ ...parsePolicy(file), contentHash }))
  const worldOf = remembered((prices: Prices) => createWorld(replayable, given, prices), keyOfPrices)
  const policyOf = ({ policy, moved }: Move): Policy => {
    const own = entry(given, policy)
    return isUnmoved({ policy, moved }) ? own : parsePolicy(withMoved(own.file, moved))
  }
  const pricesOf = ({ policy, moved }: Move): Prices => {
    const { file } = entry(given, policy)
    return { today: pricingsOf(file), next: movedPrices(file, moved) }
  }
  const run = (move: Move, own: ReplayOptions = {}): Replayed => {
    const policy = policyOf(move)
    const table = worldOf(pricesOf(move)).tableFor(policy, move.policy)
    return { policy, table, result: replay(table, policy, { ...options, ...own }) }
  }
  const baselineRun = remembered((prices: Prices): Replayed => {
    const policy = changedPolicy(entry(given, baselineIndex), { ...NO_CHANGE, prices: prices.next })
    const table = worldOf(prices).tableFor(policy, baselineIndex)
    return { policy, table, result: replay(table, policy, options) }
  }, keyOfPrices)
  const baselineOf = remembered((prices: Prices) => contributionsOf(baselineRun(prices)), keyOfPrices)
  const figures = (move: Move, own?: ReplayOptions): Figures => {
    const { policy, table, result } = run(move, own)
    const baseline = baselineOf(pricesOf(move))
    return figuresOf({ table, policy, result, baseline, qualityUnit: settings.qualityUnit ?? 'request' })
  }
  const before = kept((policy: number) => figures({ policy, moved: {} }))
  const beforeCompared = kept((policy: number, replicates: number) => {
    const move = { policy, moved: {} }
    return comparedRow(baselineRun(pricesOf(move)), run(move), { ...settings, replicates })
  })
  return {
    replayable,
    policy: policyOf,
    singles() {
      // Single answers, which are no measure where sessions are judged.
      if (settings.qualityUnit === 'session') return { hull: [], singles: [] }
      const named = given.flatMap(({ models, file }) => {
        const { defaultMaxOutputTokens } = file.reservation
        return models.map((model) => ({ model, defaultMaxOutputTokens }))
      })
      const { hull, singles } = references(withReplayCosts(replayable.table, named).table)
      return { hull, singles }
    },
    figures: (move) => (isUnmoved(move) ? before(move.policy) : figures(move)),
    point(move) {
      const { meanCostUsd, quality } = figures(move, { poolSeries: false })
      if (meanCostUsd === null || quality === null) return null
      return { label: entry(given, move.policy).policyId, costUsd: meanCostUsd, quality }
    },
    compared: (move, replicates) =>
      isUnmoved(move)
        ? beforeCompared(move.policy, replicates)
        : comparedRow(baselineRun(pricesOf(move)), run(move), { ...settings, replicates }),
  }
}

function isUnmoved({ moved }: Move): boolean {
  return Object.keys(moved).length === 0
}

/** Beside its baseline. */
function comparedRow(
  base: Replayed,
  own: Replayed,
  { seed, replicates, qualityUnit }: ReplaySettings & { readonly replicates: number },
): RunMetrics {
  const { runs } = compare({
    table: base.table,
    runs: [base, own].map(comparedRun),
    baseline: { index: 0, label: base.policy.policyId, rule: '' },
    seed,
    replicates,
    qualityUnit,
    filters: [],
    syntheticData: false,
    scaleToRequestsPerDay: null,
    tuning: null,
  })
  return entry(runs, 1)
}

const NO_CHANGE: Change = { removeModels: [], addModels: [], prices: new Map(), shifts: [], traffic: 1 }

/** A policy, the log as it reads it, and what it did there. */
interface Replayed {
  readonly policy: Policy
  readonly table: LogTable
  readonly result: ReplayResult
}

function comparedRun({ policy, result }: Replayed): ComparedRun {
  const { unservedQuality, budgets } = policy.file
  return { result, policy, unservedQuality, budgets, description: null }
}

function contributionsOf({ policy, table, result }: Replayed): Contributions {
  return contributions(inRowOrder(result.steps, table.size), policy.file.unservedQuality)
}

function replayOptions({ settings: { seed, faults, scorerError } }: Replayable): ReplayOptions {
  return {
    ...(faults === undefined ? {} : { faults: { spec: parseFaults(faults), seed } }),
    ...(scorerError === undefined ? {} : { simulatedScorer: { errorRate: scorerError, seed } }),
  }
}

/** List prices by model, as they are and as they were moved. */
interface Prices {
  readonly today: ReadonlyMap<string, Pricing>
  readonly next: ReadonlyMap<string, Pricing>
}

function pricingsOf({ models }: PolicyFile): ReadonlyMap<string, Pricing> {
  return new Map(
    models.flatMap(({ id, pricing }): [string, Pricing][] => (pricing === undefined ? [] : [[id, pricing]])),
  )
}

function keyOfPrices({ today, next }: Prices): string {
  return next.size === 0 ? '' : JSON.stringify([...next].map(([id, pricing]) => [id, pricing, today.get(id)]))
}

/** The log at one set of prices, as a policy made of the one at `origin` reads it. */
interface World {
  tableFor(policy: Policy, origin: number): LogTable
}

function createWorld(
  { table, policies, features }: Replayable,
  given: readonly Policy[],
  { today, next }: Prices,
): World {
  const priced = next.size === 0 ? table : atPrices(table, next, today)
  return {
    tableFor({ classifier }, origin) {
      const columns = features(entry(policies, origin).features)
      const before = entry(given, origin).classifier.extractor.names
      const { names } = classifier.extractor
      if (names.length === before.length) return { ...priced, features: columns }
      // Without some of its models a learned classifier reads only what is predicted of the others.
      return { ...priced, features: names.map((name) => entry(columns, before.indexOf(name))) }
    },
  }
}

/** Keeps every answer by its first argument: there are few policies, and the other arguments do not change. */
function kept<Rest extends readonly unknown[], Value>(
  make: (key: number, ...rest: Rest) => Value,
): (key: number, ...rest: Rest) => Value {
  const known = new Map<number, Value>()
  return (key, ...rest) => {
    let value = known.get(key)
    if (value === undefined) known.set(key, (value = make(key, ...rest)))
    return value
  }
}

/** Keeps the last answer, as questions come in runs about the same prices. */
function remembered<Key, Value>(make: (key: Key) => Value, name: (key: Key) => string): (key: Key) => Value {
  let last: { readonly name: string; readonly value: Value } | undefined
  return (key) => {
    const own = name(key)
    if (last?.name !== own) last = { name: own, value: make(key) }
    return last.value
  }
}

function entry<Value>(list: readonly Value[], index: number): Value {
  const value = list[index]
  if (value === undefined) throw new RangeError(`index must be below ${list.length}, got ${index}`)
  return value
}
