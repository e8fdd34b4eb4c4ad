import { InputError } from '../core/errors.js'
import type { LogTable } from '../core/log-table.js'
import type { Policy } from '../core/policy.js'
import { evidenceMode } from '../metrics/evidence-mode.js'
import type { QualityUnit } from '../metrics/session-quality.js'
import { requireSessionOutcomes } from '../metrics/sessions.js'
import { MIN_EFFECTIVE } from '../metrics/estimators/effective-sample-size.js'
import type { MetricOf } from './reader.js'
import { drawnOf, isSampled } from './sampled-values.js'
import { PARTS, type Split } from './split.js'

/** Fewer requests than this in a part say too little. */
const FEWEST = 50

/**
 * Costs must be known at all; quality under another policy is known only where every model's outcome is, or was asked of a
 * sample of the requests.
 */
export function requireEvidence(
  table: LogTable,
  policy: Policy,
  asked: { readonly named: readonly NamedMetric[]; readonly qualityUnit?: QualityUnit | undefined },
): void {
  const { named, qualityUnit } = asked
  requireCosts(table, policy, named)
  if (qualityUnit === 'session') {
    requireSessionOutcomes(table)
    return refuseSegmentsOfSessions(named)
  }
  const models = policy.models.map(({ id }) => id)
  if (!named.some(({ metric }) => metric === 'quality')) return
  if (evidenceMode(table, models) === 'full-matrix' || isSampled(table, models)) return
  const shares = models.map((id) => {
    const known = table.outcomes
      .find(({ model }) => model === id)
      ?.quality.filter((value) => !Number.isNaN(value))
    return `${id} ${((100 * (known?.length ?? 0)) / Math.max(1, table.size)).toFixed(1)} %`
  })
  throw new InputError(
    'this log does not say what quality another policy would have had: of each request it must know the quality of ' +
      `every model that the policy may ask (99 % of the requests; known here: ${shares.join(', ')}). ` +
      'The way out: ask the other models a sample of the requests (tollgate sample, then tollgate import --attach), import ' +
      'their outcomes of all requests as a matrix (outcomes.csv with --queries), keep complete requests with ' +
      '--complete-cases, or name only cost and served metrics.',
  )
}

/** A session is judged as a whole. */
function refuseSegmentsOfSessions(named: readonly NamedMetric[]): void {
  const partly = named.find(({ metric, segment }) => metric === 'quality' && segment !== undefined)
  if (partly === undefined) return
  throw new InputError(
    `“${partly.text}” is of some requests, and quality by session is of whole sessions: leave the segment out, or judge requests (--quality-unit request)`,
  )
}

/** Money can be reckoned with only where something is known of it. */
function requireCosts(table: LogTable, policy: Policy, named: readonly Pick<MetricOf, 'metric'>[]): void {
  if (!named.some(({ metric }) => metric === 'costUsd')) return
  const hasPrice = policy.models.some(
    ({ prices, expectedCostNanoUsd }) => prices !== undefined || expectedCostNanoUsd !== undefined,
  )
  const isRecorded = policy.models.some(({ id }) =>
    table.outcomes.some(
      ({ model, costNanoUsd }) => model === id && costNanoUsd.some((value) => !Number.isNaN(value)),
    ),
  )
  if (hasPrice || isRecorded) return
  throw new InputError(
    'no cost is known: the log records none for the models of this policy, and the policy has no prices; ' +
      'give prices: tollgate init --prices FILE or pricing in the policy',
  )
}

export function requireRows({ rows, rule }: Split): void {
  const [part, size] = PARTS.map((name) => [name, rows[name].length] as const).reduce((a, b) =>
    b[1] < a[1] ? b : a,
  )
  if (size >= FEWEST) return
  throw new InputError(
    `the ${part} part would hold ${size} requests (split ${rule}); ${FEWEST} are needed in each part`,
  )
}

/** A part of a sampled log is worth what was drawn of it. */
export function requireDrawn(table: LogTable, { rows }: Split): void {
  if (table.sampled === undefined) return
  for (const part of PARTS) {
    const drawn = drawnOf(table, rows[part])
    if (drawn < MIN_EFFECTIVE)
      throw new InputError(
        `the sample has ${drawn} requests of the ${part} part; ${MIN_EFFECTIVE} are needed in each part (draw a larger one from the log as it was: tollgate sample --detect)`,
      )
  }
}

/** A segment must be judged in each part too. */
export function requireSegments(table: LogTable, { rows }: Split, named: readonly NamedMetric[]): void {
  for (const { text, segment } of named) {
    if (segment === undefined) continue
    for (const part of PARTS) {
      const size = rows[part].filter((row) => segment.holds(table, row)).length
      if (size < FEWEST)
        throw new InputError(
          `“${text}” would be judged on ${size} requests of the ${part} part; ${FEWEST} are needed in each part`,
        )
    }
  }
}

/** A metric with the text that names it, for messages. */
export interface NamedMetric extends MetricOf {
  readonly text: string
}

export function budgetNote(policy: Policy, split: Split): string[] {
  if (policy.budgets.length === 0 || split.rule.startsWith('by time')) return []
  return [
    'The parts were dealt by lot, so each holds only a share of the traffic and budgets bind less in them than they will in production.',
  ]
}
