import { defaultPace, type PacedSpec } from '../core/select/pacing.js'
import type { Policy } from '../core/policy.js'
import type { Random } from '../core/random.js'

/** Everything that tuning may turn, as numbers. What a policy has not stays empty. */
export interface Knobs {
  /** Bias, then one weight a feature in the extractor's order; empty where difficulty decides nothing. */
  readonly weights: readonly number[]
  /** Where difficulty changes what is asked: tier boundaries, or the threshold. Never falling. */
  readonly cuts: readonly number[]
  /** Of a hybrid: how near to a boundary what is inside decides. */
  readonly bands: readonly number[]
  /** Of `estimateWithMargin` only, else empty. */
  readonly margin: readonly number[]
  /** Priority reserve of each budget that has one, in the file's order. */
  readonly reserves: readonly number[]
  /** Of `utility` and `paced`: the natural logarithm of the cost weight, as it is a price. */
  readonly logCostWeight: readonly number[]
  /** Of `paced`, the natural logarithm again: it is an exponent. */
  readonly logPace: readonly number[]
  /** Of a `mix`, by model in the file's order. */
  readonly shares: readonly number[]
  /** Of a `cascade`, by rung but the last: the score to accept from, and the expected success below which it is not asked. */
  readonly accepts: readonly number[]
  readonly skips: readonly number[]
  /** By budget in the file's order, the natural logarithm of its amount as a multiple of the given one; where asked for. */
  readonly logAmounts: readonly number[]
}

type PolicyJson = Readonly<Record<string, unknown>>

export interface KnobOptions {
  /** Of its budgets too, which are their owner's decision. */
  readonly amounts: boolean
  /** Of a hybrid: what is inside has read every request, not only those near the boundaries as given. */
  readonly readsAll: boolean
}

/** The knobs of a policy as given. */
export function knobsOf(
  { file, classifier }: Policy,
  { amounts, readsAll }: KnobOptions = { amounts: false, readsAll: false },
): Knobs {
  const { selector, reservation, budgets } = file
  const below = selector.kind === 'cascade' ? selector.rungs.slice(0, -1) : []
  const byDifficulty = selector.kind === 'cheapestCapable' || selector.kind === 'threshold'
  return {
    weights: byDifficulty ? heuristicWeights(file.classifier, classifier.extractor.names) : [],
    // Where a hybrid's boundaries lie decides which requests its inside reads.
    cuts:
      selector.kind === 'cheapestCapable'
        ? file.classifier.kind === 'hybrid' && !readsAll
          ? []
          : file.tierBoundaries
        : selector.kind === 'threshold'
          ? [selector.threshold]
          : [],
    bands:
      byDifficulty && readsAll && file.classifier.kind === 'hybrid' ? [file.classifier.boundaryMargin] : [],
    margin: reservation.mode === 'estimateWithMargin' ? [reservation.margin] : [],
    reserves: budgets.flatMap(({ priorityReserve }) =>
      priorityReserve === undefined ? [] : [priorityReserve.share],
    ),
    logCostWeight:
      (selector.kind === 'utility' || selector.kind === 'paced') && selector.costWeight > 0
        ? [Math.log(selector.costWeight)]
        : [],
    logPace: selector.kind === 'paced' ? logPaceOf(selector, budgets) : [],
    shares: selector.kind === 'mix' ? file.models.map(({ id }) => selector.shares[id] ?? 0) : [],
    accepts: below.map(({ accept }) => accept ?? 0),
    skips: below.map(({ skipBelow }) => skipBelow),
    logAmounts: amounts ? budgets.map(() => 0) : [],
  }
}

function logPaceOf({ pace, budget: id }: PacedSpec, budgets: Policy['file']['budgets']): number[] {
  const isFixed = budgets.find((budget) => budget.id === id)?.window.kind === 'fixed'
  const given = pace ?? defaultPace(isFixed)
  return given > 0 ? [Math.log(given)] : []
}

/** What was learned is not turned by hand: only a heuristic has weights to search. */
function heuristicWeights(spec: Policy['file']['classifier'], names: readonly string[]): number[] {
  if (spec.kind !== 'heuristic') return []
  const { heuristic } = spec
  const weightOf = (name: string): number =>
    name.startsWith('keywords.')
      ? (heuristic.keywords[name.slice('keywords.'.length)]?.weight ?? 0)
      : ((heuristic.weights as Readonly<Record<string, number>>)[name] ?? 0)
  return [heuristic.bias, ...names.map(weightOf)]
}

/** False for a policy that asks one model whatever the request says, and has no reserve or margin either. */
export function hasKnobs(knobs: Knobs): boolean {
  return Object.values(knobs).some((list: readonly number[]) => list.length > 0)
}

/** The policy file with other knobs; everything else stays as it was written. Unsealed. */
export function withKnobs(json: PolicyJson, policy: Policy, knobs: Knobs): Record<string, unknown> {
  const { contentHash: _old, ...rest } = json
  const { file } = policy
  const { selector } = file
  return {
    ...rest,
    ...(knobs.weights.length === 0 ? {} : { classifier: classifierWith(policy, knobs.weights) }),
    ...(knobs.bands.length === 0
      ? {}
      : { classifier: { ...file.classifier, boundaryMargin: knobs.bands[0] } }),
    ...(selector.kind === 'cheapestCapable' && knobs.cuts.length > 0
      ? { tierBoundaries: file.classifier.kind === 'hybrid' ? rising(knobs.cuts) : knobs.cuts }
      : {}),
    ...(selector.kind === 'threshold'
      ? { selector: { ...selector, threshold: knobs.cuts[0] ?? selector.threshold } }
      : {}),
    ...(selector.kind === 'utility' || selector.kind === 'paced'
      ? {
          selector: {
            ...selector,
            ...inPowers('costWeight', knobs.logCostWeight),
            ...inPowers('pace', knobs.logPace),
          },
        }
      : {}),
    ...(selector.kind === 'mix'
      ? { selector: { ...selector, shares: sharesWith(policy, knobs.shares) } }
      : {}),
    ...(knobs.margin.length === 0 ? {} : { reservation: { ...file.reservation, margin: knobs.margin[0] } }),
    ...(selector.kind === 'cascade' ? { selector: { ...selector, rungs: rungsWith(selector, knobs) } } : {}),
    ...(knobs.reserves.length + knobs.logAmounts.length === 0
      ? {}
      : { budgets: budgetsWith(file.budgets, knobs) }),
  }
}

const LEAST_STEP = 1e-3

/** A hybrid carries what its inside says over to its boundaries: none may be 0 or as high as the one before. */
function rising(cuts: readonly number[]): readonly number[] {
  let before = 0
  return cuts.map((cut, index) => {
    const above = cuts.length - 1 - index
    before = clamp(cut, before + LEAST_STEP, 1 - above * LEAST_STEP)
    return before
  })
}

type CascadeSpec = Extract<Policy['file']['selector'], { kind: 'cascade' }>

function rungsWith({ rungs }: CascadeSpec, { accepts, skips }: Knobs): unknown[] {
  return rungs.map((rung, index) =>
    index === rungs.length - 1
      ? rung
      : { ...rung, accept: accepts[index] ?? rung.accept, skipBelow: skips[index] ?? rung.skipBelow },
  )
}

function inPowers(field: string, [log]: readonly number[]): Record<string, number> {
  return log === undefined ? {} : { [field]: Number(Math.exp(log).toPrecision(6)) }
}

function classifierWith({ file, classifier }: Policy, weights: readonly number[]): unknown {
  if (file.classifier.kind !== 'heuristic') return file.classifier
  const { heuristic } = file.classifier
  const [bias = 0, ...rest] = weights
  const byName = new Map(classifier.extractor.names.map((name, index) => [name, rest[index] ?? 0]))
  return {
    ...file.classifier,
    heuristic: {
      bias,
      weights: Object.fromEntries(
        Object.entries(heuristic.weights).map(([name, weight]) => [name, byName.get(name) ?? weight]),
      ),
      keywords: Object.fromEntries(
        Object.entries(heuristic.keywords).map(([name, group]) => [
          name,
          { ...group, weight: byName.get(`keywords.${name}`) ?? group.weight },
        ]),
      ),
    },
  }
}

function sharesWith({ file }: Policy, shares: readonly number[]): Record<string, number> {
  const used = file.models.map(({ id }, index) => [id, shares[index] ?? 0] as const)
  return Object.fromEntries(used.filter(([, share]) => share > 0))
}

type Budget = Policy['file']['budgets'][number]

function budgetsWith(budgets: readonly Budget[], { reserves, logAmounts }: Knobs): unknown[] {
  let next = 0
  return budgets.map((budget, index) => {
    const { priorityReserve } = budget
    const amount = logAmounts[index] ?? 0
    const sized = amount === 0 ? budget : timesAmount(budget, Math.exp(amount))
    if (priorityReserve === undefined) return sized
    return {
      ...sized,
      priorityReserve: { ...priorityReserve, share: reserves[next++] ?? priorityReserve.share },
    }
  })
}

/** Cap, overrides and refill, in whole millionths of a dollar. */
function timesAmount(budget: Budget, factor: number): Budget {
  const times = (usd: number): number => Math.round(usd * factor * 1e6) / 1e6
  const { maxBudget, softBudget, overrides, window } = budget
  const overridden = Object.entries(overrides).map(([label, usd]) => [label, times(usd)] as const)
  return {
    ...budget,
    ...(maxBudget === undefined ? {} : { maxBudget: times(maxBudget) }),
    ...(softBudget === undefined ? {} : { softBudget: times(softBudget) }),
    overrides: Object.fromEntries(overridden),
    window:
      window.kind === 'tokenBucket'
        ? {
            ...window,
            capacity: times(window.capacity),
            refillRate: { ...window.refillRate, usd: times(window.refillRate.usd) },
          }
        : window,
  }
}

/** Amounts between a quarter and four times the given one. */
const LARGEST_CHANGE = Math.log(4)

/** Largest change of one step at `size` 1, as a share of each knob's sensible range. */
const STEP = {
  weights: 0.3,
  cuts: 0.12,
  bands: 0.12,
  margin: 0.3,
  reserves: 0.2,
  logCostWeight: 0.7,
  logPace: 0.5,
  shares: 0.4,
  accepts: 0.12,
  skips: 0.12,
  logAmounts: 0.3,
}

/** A neighbour: a few knobs moved by up to `size` steps. Knobs of one kind move with a chance that leaves about three. */
export function neighbour(knobs: Knobs, random: Random, size: number): Knobs {
  const total = Object.values(knobs).reduce((sum, list: readonly number[]) => sum + list.length, 0)
  const chance = Math.min(1, 3 / Math.max(1, total))
  const moved = (list: readonly number[], step: number, low: number, high: number): number[] =>
    list.map((value) =>
      random.next() < chance
        ? clamp(value + (random.next() + random.next() - 1) * step * size, low, high)
        : value,
    )
  const shares = moved(knobs.shares, STEP.shares, 0, 1)
  return {
    weights: moved(knobs.weights, STEP.weights, -2, 2),
    cuts: moved(knobs.cuts, STEP.cuts, 0, 1).sort((a, b) => a - b),
    bands: moved(knobs.bands, STEP.bands, 0, 1),
    margin: moved(knobs.margin, STEP.margin, 0, 5),
    reserves: moved(knobs.reserves, STEP.reserves, 0, 0.9),
    logCostWeight: moved(knobs.logCostWeight, STEP.logCostWeight, -30, 30),
    logPace: moved(knobs.logPace, STEP.logPace, -2, 4),
    shares: shares.some((share) => share > 0) ? shares : [...knobs.shares],
    accepts: moved(knobs.accepts, STEP.accepts, 0, 1),
    skips: moved(knobs.skips, STEP.skips, 0, 1),
    logAmounts: moved(knobs.logAmounts, STEP.logAmounts, -LARGEST_CHANGE, LARGEST_CHANGE),
  }
}

/** A child of two: each number from one of them (uniform crossover). Both of the same shape. */
export function crossed(a: Knobs, b: Knobs, random: Random): Knobs {
  const mixed = (of: keyof Knobs): number[] =>
    a[of].map((value, index) => (random.next() < 0.5 ? value : (b[of][index] ?? value)))
  const shares = mixed('shares')
  return {
    weights: mixed('weights'),
    cuts: mixed('cuts').sort((x, y) => x - y),
    bands: mixed('bands'),
    margin: mixed('margin'),
    reserves: mixed('reserves'),
    logCostWeight: mixed('logCostWeight'),
    logPace: mixed('logPace'),
    shares: shares.some((share) => share > 0) ? shares : a.shares,
    accepts: mixed('accepts'),
    skips: mixed('skips'),
    logAmounts: mixed('logAmounts'),
  }
}

/** No log can tell apart more than three decimals, and a person can read them. */
export function clamp(value: number, low: number, high: number): number {
  return Math.round(Math.min(high, Math.max(low, value)) * 1000) / 1000
}
