import { InputError } from '../../core/errors.js'
import type { LogTable, OutcomeColumns } from '../../core/log-table.js'
import { KNOWN_ENOUGH, sumOfKnown } from '../../metrics/contributions.js'
import { convexHull } from '../../metrics/hull.js'
import type { Point } from '../../metrics/result.js'
import { singlePoints, singles } from '../../metrics/singles.js'
import { selectRows } from '../../replay/rows.js'

export interface ComparedModels {
  readonly ids: readonly string[]
  /** How they were found, for people. */
  readonly because: string
}

/** More models than this make a frontier no better and a table harder to read. */
const MOST_MODELS = 6

/**
 * The models to choose from: the named ones, else those of the hull among all that are known on at least 95 % of the
 * requests, judged on the rows that are learned from. Of more than six on the hull, those nearest to six costs that are
 * spread evenly on a logarithmic scale.
 */
export function comparedModels(
  table: LogTable,
  learnRows: readonly number[],
  named: readonly string[] | undefined,
): ComparedModels {
  const known = table.outcomes.filter((outcome) => knownShare(outcome) >= KNOWN_ENOUGH)
  if (named !== undefined) return { ids: namedModels(table, known, named), because: 'those of the policy' }
  if (known.length < 2) throw tooFewKnown(table, known)
  const learned = selectRows({ ...table, outcomes: known }, learnRows)
  const points = singlePoints(singles(learned))
  const hull = convexHull(points)
  if (hull.length < 2) return { ids: besidesTheBest(points), because: NO_HULL }
  const left = `of ${known.length} that are known on at least 95 % of the requests`
  return hull.length <= MOST_MODELS
    ? { ids: hull.map(({ label }) => label), because: `those on the cost-quality hull, ${left}` }
    : {
        ids: spreadByCost(hull),
        because: `${MOST_MODELS} of ${hull.length} on the cost-quality hull, spread along the logarithm of cost, ${left}`,
      }
}

const NO_HULL =
  'one model is both the cheapest and the best: it and the best of the others, which a router could still use where it fails'

function namedModels(
  table: LogTable,
  known: readonly OutcomeColumns[],
  named: readonly string[],
): readonly string[] {
  const missing = named.filter((id) => !known.some(({ model }) => model === id))
  if (missing.length > 0) {
    const shares = missing.map((id) => {
      const outcome = table.outcomes.find(({ model }) => model === id)
      return `${id} on ${((outcome === undefined ? 0 : knownShare(outcome)) * 100).toFixed(1)} %`
    })
    throw new InputError(
      `quality and cost of every model of the policy must be known on at least 95 % of the requests, and the log knows ${shares.join(', ')}: ${WHAT_TO_DO}`,
    )
  }
  if (named.length < 2) throw new InputError('a frontier needs a policy with at least two models')
  return named
}

const WHAT_TO_DO =
  'narrow it to requests that every model answered (--where, --complete-cases), fill in unknown costs (--impute-cost model-mean), or run a sample of the requests on the other models and import those outcomes too'

function tooFewKnown({ outcomes }: LogTable, known: readonly OutcomeColumns[]): InputError {
  const withQuality = outcomes.filter(({ quality }) => knownShareOf(quality) >= KNOWN_ENOUGH)
  const [only] = known
  const found =
    only === undefined
      ? `quality and cost of no model are known on at least 95 % of its requests`
      : `quality and cost of one model only, ${only.model}, are known on at least 95 % of its requests`
  const what =
    withQuality.length < 2
      ? `To have such outcomes, ${WHAT_TO_DO}`
      : `Quality is known of ${withQuality.length} models, cost is not: name prices with --policy (for outcomes that have token counts), or import outcomes with cost_usd`
  return new InputError(
    `a frontier compares outcomes of several models on the same requests, and in this log ${found} (it has ${outcomes.length} models). ${what}`,
  )
}

function knownShare({ quality, costNanoUsd }: OutcomeColumns): number {
  return knownShareOf(quality.map((value, row) => value + (costNanoUsd[row] ?? NaN)))
}

function knownShareOf(values: Float64Array): number {
  return sumOfKnown(values).known / Math.max(1, values.length)
}

function besidesTheBest(points: readonly Point[]): readonly string[] {
  return [...points]
    .sort((a, b) => b.quality - a.quality || a.costUsd - b.costUsd)
    .slice(0, MOST_MODELS)
    .map(({ label }) => label)
}

/** Both ends, and of the others each time the one nearest to the next of the costs between them. */
function spreadByCost(hull: readonly Point[]): readonly string[] {
  const place = ({ costUsd }: Point): number => Math.log(Math.max(costUsd, 1e-12))
  const [first, last] = [hull[0], hull.at(-1)]
  if (first === undefined || last === undefined) return []
  const chosen = new Set([first, last])
  for (let step = 1; step < MOST_MODELS - 1; step++) {
    const wanted = place(first) + (step / (MOST_MODELS - 1)) * (place(last) - place(first))
    const [nearest] = hull
      .filter((point) => !chosen.has(point))
      .sort((a, b) => Math.abs(place(a) - wanted) - Math.abs(place(b) - wanted))
    if (nearest !== undefined) chosen.add(nearest)
  }
  return hull.filter((point) => chosen.has(point)).map(({ label }) => label)
}
