import { KNOWN_ENOUGH } from './contributions.js'
import { ESTIMATES_ALLOWED } from './cost-basis.js'
import type { Interval } from './result.js'

/** A gain in quality with its 95 % interval, as fractions. */
export interface Gain {
  readonly points: number | null
  readonly ci: Interval | null
}

export interface SkillInput {
  /** Ids of the models that answered anything. */
  readonly modelsUsed: readonly string[]
  readonly knownShare: number
  readonly servedShare: number
  /** The larger of the run's own and of its models' alone. */
  readonly costEstimatedShare: number
  readonly overHull: Gain
  readonly overShuffled: Gain
  /** True where the run is cheaper than any fixed mix of its models. */
  readonly leftOfHull: boolean
  /** Why there are no intervals, if there are none. */
  readonly noIntervals: string | null
}

export interface SkillVerdict {
  readonly routingSkill: 'yes' | 'no evidence'
  /** Why, in one sentence. */
  readonly because: string
}

/**
 * Whether the router is worth its trouble: `yes` only if the lower 95 % limits of its gain over the hull of single models
 * and over `shuffledDecisions` are both above 0, with quality known for at least 95 % of the requests. Anything else is
 * *no evidence*, which does not say that the policy saves nothing: a cheap single model may save a lot. DESIGN section 5.
 */
export function routingSkill(input: SkillInput): SkillVerdict {
  const doubt = doubtAbout(input)
  if (doubt !== null) return { routingSkill: 'no evidence', because: doubt }
  const over = input.leftOfHull
    ? 'It costs less than its cheapest model alone and still beats that'
    : 'At its own cost it beats the best fixed mix of its models'
  return {
    routingSkill: 'yes',
    because: `${over} by ${gainText(input.overHull)}, and the same models handed out by lot by ${gainText(input.overShuffled)}.`,
  }
}

function doubtAbout(input: SkillInput): string | null {
  const { modelsUsed, knownShare, costEstimatedShare, overHull, overShuffled } = input
  const only = modelsUsed[0]
  if (only === undefined) return 'It answered no request.'
  if (modelsUsed.length === 1) {
    return `Every answer came from one model (${only}), so there is no routing to judge; what it saves comes from the choice of model.`
  }
  if (knownShare < KNOWN_ENOUGH) {
    return `Quality is known for only ${(Math.floor(knownShare * 1000) / 10).toFixed(1)} % of the requests, and skill is judged from 95 %.`
  }
  if (costEstimatedShare > ESTIMATES_ALLOWED) {
    return `Costs are estimated for ${(Math.ceil(costEstimatedShare * 1000) / 10).toFixed(1)} % of the requests, so there is no recorded cost to judge a gain at; skill is judged up to 5 %.`
  }
  if (overHull.points === null) return withoutHull(input.leftOfHull)
  if (overHull.ci === null || overShuffled.ci === null) {
    const because = input.noIntervals === null ? '' : `: ${input.noIntervals}`
    return overHull.points > 0
      ? `There are no intervals to judge its gain of ${gainText(overHull)} by${because}.`
      : `A fixed mix of its models is no worse at the same cost${refusals(input)}: gain ${gainText(overHull)}, without an interval${because}.`
  }
  if (!(overHull.ci[0] > 0)) {
    return `A fixed mix of its models ${compared(overHull.ci)} this router at the same cost${refusals(input)}: gain ${gainText(overHull)}.`
  }
  if (!(overShuffled.ci[0] > 0)) {
    return `Handing out the same models by lot ${compared(overShuffled.ci)} this router's choices: gain ${gainText(overShuffled)}.`
  }
  return null
}

/** No proof of a gain is no proof of none: "as good" only where a gain above one point is ruled out. */
function compared([, high]: Interval): string {
  if (high < 0) return 'is better than'
  return high < 0.01 ? 'is as good as' : 'may be as good as'
}

/** A router that refuses is worth less for it: say so where it may be the reason. */
function refusals({ servedShare }: SkillInput): string {
  if (servedShare >= 0.995) return ''
  return ` (the ${((1 - servedShare) * 100).toFixed(1)} % of the requests that got no answer counted in)`
}

function withoutHull(leftOfHull: boolean): string {
  return leftOfHull
    ? 'It costs less than its cheapest model alone, and is no better than that: no fixed mix is as cheap, so there is nothing to compare it with.'
    : 'Too few requests have outcomes of all its models, so there is no fixed mix to compare it with.'
}

function gainText({ points, ci }: Gain): string {
  const value = signed(points ?? NaN)
  return ci === null
    ? `${value} points`
    : `${value} points (95 % interval ${signed(ci[0])} to ${signed(ci[1])})`
}

function signed(fraction: number): string {
  const value = (fraction * 100).toFixed(2)
  return fraction >= 0 ? `+${value}` : value.replace('-', '−')
}
