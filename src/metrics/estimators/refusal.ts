import type { Overlap } from '../result.js'
import { KNOWN_ENOUGH } from '../contributions.js'
import { MIN_EFFECTIVE } from './effective-sample-size.js'

/** So many standard errors from 1 are no luck: the weights then do not fit the calls. */
const TOO_FAR = 3
const SLACK = 0.01

const ATTACH_ALL = 'ask its models for them and attach them (`tollgate import --attach`)'
const WAYS_OUT =
  'let the router explore (`exploration` in the policy), or ask those models a sample of requests (`tollgate sample`)'

export interface RefusalInput {
  readonly overlap: Overlap
  /** Share of the target's calls for which this figure of the logged call and its propensity are known. */
  readonly usableShare: number
  readonly effective: number
  /** Of what there would be an estimate: quality or cost. */
  readonly figure: string
  /** Replay injected faults. */
  readonly faulty: boolean
  /** The target is a cascade. */
  readonly cascade: boolean
  /** The target draws lots itself. */
  readonly drawsLots: boolean
  /** The chances are those of a sample whose answers were attached. */
  readonly sampled: boolean
}

/** Why there is no point estimate, as the end of a sentence, with the way out; null where there is one. */
export function refusal(input: RefusalInput): string | null {
  return ofTarget(input) ?? ofOverlap(input) ?? ofWeights(input)
}

/** Only calls without a chance stand in the way: bounds may estimate the rest. */
export function isPartlyEstimable(input: RefusalInput): boolean {
  const { unsupportedShare } = input.overlap
  const others = { ...input, overlap: { ...input.overlap, unsupportedShare: 0 } }
  return (
    unsupportedShare > 0 &&
    input.effective >= MIN_EFFECTIVE &&
    ofTarget(others) === null &&
    ofOverlap(others) === null
  )
}

function ofTarget({ faulty, cascade }: RefusalInput): string | null {
  if (faulty) return 'faults were injected, and what a broken call is worth stands in no log'
  if (cascade)
    return 'whether a cascade climbs depends on answers that the log does not have; ask its models a sample of requests (`tollgate sample`)'
  return null
}

function ofOverlap({ overlap, usableShare, figure, sampled }: RefusalInput): string | null {
  const { calls, unsupportedShare, models } = overlap
  if (calls === 0) return null
  if (usableShare < KNOWN_ENOUGH && sampled) {
    return `${figure} of the answer that the sample asked for, or of the log's own, is known on only ${percent(usableShare)} of the requests that it calls a model for (${percent(KNOWN_ENOUGH)} are needed); ${ATTACH_ALL}`
  }
  if (usableShare < KNOWN_ENOUGH) {
    return `propensity and ${figure} of the logged call are known for only ${percent(usableShare)} of its requests (${percent(KNOWN_ENOUGH)} are needed); ${figure === 'quality' ? 'label more answers, or ' : ''}${WAYS_OUT}`
  }
  if (unsupportedShare > 0) {
    const names = models.filter(({ unsupported }) => unsupported > 0).map(({ model }) => model)
    return `on ${percent(unsupportedShare)} of the requests it asks a model that the log gave no chance (${names.join(', ')}); ${WAYS_OUT}`
  }
  return null
}

function ofWeights({ overlap, effective, drawsLots, sampled }: RefusalInput): string | null {
  const { calls, meanWeight, meanWeightError } = overlap
  if (calls === 0 || meanWeight === null || meanWeightError === null) return null
  if (meanWeight > 1 + TOO_FAR * meanWeightError + SLACK) {
    return drawsLots
      ? 'it draws lots of its own that are not independent of those of the log; give the policy another `seed`'
      : `the weights have a mean of ${meanWeight.toFixed(2)} where right propensities give 1: those of the log do not fit its calls`
  }
  if (effective < MIN_EFFECTIVE && sampled) {
    return `the answers of the sample that tell of it count as ${Math.floor(effective)} of equal weight (${MIN_EFFECTIVE} are needed); where answers are missing ${ATTACH_ALL}, else draw a larger sample (\`tollgate sample\`)`
  }
  if (effective < MIN_EFFECTIVE) {
    return `the effective sample size is ${Math.floor(effective)} (${MIN_EFFECTIVE} are needed); log more requests, with a larger \`exploration.epsilon\`, or ask its models a sample of requests (\`tollgate sample\`)`
  }
  if (meanWeight < 1 - TOO_FAR * meanWeightError - SLACK) {
    if (sampled)
      return `answers of the sample are missing (the weights of those at hand have a mean of ${meanWeight.toFixed(2)} where 1 is due); ${ATTACH_ALL}`
    return `the weights have a mean of ${meanWeight.toFixed(2)} where 1 is due: on some requests the log gave its models no chance; ${WAYS_OUT}`
  }
  return null
}

/** Never rounds a small share to 0, or an incomplete one to 100. */
function percent(share: number): string {
  const value = share * 100
  if (value > 0 && value < 0.1) return 'less than 0.1 %'
  if (value < 100 && value > 99.9) return 'more than 99.9 %'
  return `${Number(value.toFixed(1))} %`
}
