import { percentile } from '../../../src/metrics/bootstrap.js'
import type { Interval } from '../../../src/metrics/result.js'
import { gainsOf, type Gains } from './gains.js'
import { learnedRouter } from './learned-router.js'
import { hullOf, overHull } from './model-hull.js'
import { PLAIN, plainRouters, RULES, type PlainName } from './plain-routers.js'
import { evaluate, shuffledRows, type Routed } from './protocol.js'
import { allRows, mean, type RouterSet } from './router-set.js'

const SEEDS = [1, 2, 3, 4, 5]
const CONTROL_SEEDS = [1, 2, 3]
const REPLICATES = 1000
const BOOTSTRAP_SEED = 1

/** In points; a 95 % interval. */
export interface Estimate {
  readonly points: number
  readonly interval: Interval
}

export interface SetScore {
  readonly set: string
  readonly requests: number
  readonly tasks: number
  readonly models: readonly string[]
  readonly gain: Estimate
  readonly foldMean: number
  readonly bySeed: readonly number[]
  readonly overTaskHull: Estimate
  /** The plain router and the rule for its cost weight that gain most on these very requests: an advantage for it. */
  readonly bestPlain: string
  readonly overBestPlain: Estimate
  /** With the weight chosen on the grid. */
  readonly plain: Readonly<Record<PlainName, Estimate & { readonly foldMean: number }>>
  readonly shuffledRows: Estimate & { readonly foldMean: number; readonly seeds: number }
  /** Gains in points, for Holm's correction. */
  readonly replicates: readonly number[]
}

export function scoreSet(set: RouterSet, say: (line: string) => void): SetScore {
  const routed = routeAll(set, say)
  const gains = gainsOf(set, routed, { replicates: REPLICATES, seed: BOOTSTRAP_SEED })
  const over = (name: string): Estimate => estimate(gains, (of) => of(name).overHull)
  const foldMean = (name: string): number => 100 * mean(routed.get(name)!.foldGains)
  const best = PLAIN.flatMap((name) => Object.keys(RULES).map((rule) => `${name}, ${rule}`)).reduce((a, b) =>
    over(b).points > over(a).points ? b : a,
  )
  const plain = (name: PlainName) => ({ ...over(`${name}, grid`), foldMean: foldMean(`${name}, grid`) })
  return {
    set: set.name,
    requests: set.prompts.length,
    tasks: new Set(set.tasks).size,
    models: set.models.map(({ id }) => id),
    gain: over('learned'),
    foldMean: foldMean('learned'),
    bySeed: bySeed(set, routed.get('learned')!),
    overTaskHull: estimate(gains, (of) => of('learned').overTaskHull),
    bestPlain: best,
    overBestPlain: estimate(gains, (of) => of('learned').overHull - of(best).overHull),
    plain: {
      ridge: plain('ridge'),
      'task mean': plain('task mean'),
      both: plain('both'),
      neighbours: plain('neighbours'),
    },
    shuffledRows: { ...over('shuffled'), foldMean: foldMean('shuffled'), seeds: CONTROL_SEEDS.length },
    replicates: gains.replicates.map((replicate) => 100 * replicate.get('learned')!.overHull),
  }
}

function routeAll(set: RouterSet, say: (line: string) => void): ReadonlyMap<string, Routed> {
  const progress = (label: string) => (seed: number) => say(`${set.name}: ${label}, seed ${seed}`)
  const plain = evaluate(set, plainRouters, { seeds: SEEDS, onSeed: progress('plain') })
  const learned = evaluate(set, learnedRouter, { seeds: SEEDS, onSeed: progress('learned') })
  const control: Routed = { quality: [], costUsd: [], foldGains: [] }
  for (const seed of CONTROL_SEEDS) {
    const onSeed = progress('shuffled rows')
    const own = evaluate(shuffledRows(set, seed), learnedRouter, { seeds: [seed], onSeed }).get('learned')!
    control.quality.push(...own.quality)
    control.costUsd.push(...own.costUsd)
    control.foldGains.push(...own.foldGains)
  }
  return new Map([...plain, ...learned, ['shuffled', control]])
}

function bySeed(set: RouterSet, { quality, costUsd }: Routed): readonly number[] {
  const hull = hullOf(set, allRows(set))
  return quality.map((own, seed) => 100 * overHull(hull, mean(own), mean(costUsd[seed]!)))
}

type Lookup = (name: string) => { readonly overHull: number; readonly overTaskHull: number }

function estimate({ point, replicates }: Gains, read: (of: Lookup) => number): Estimate {
  const sorted = Float64Array.from(replicates, (gains) => 100 * read((name) => gains.get(name)!)).sort()
  return {
    points: 100 * read((name) => point.get(name)!),
    interval: [percentile(sorted, 0.025), percentile(sorted, 0.975)],
  }
}
