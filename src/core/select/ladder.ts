import type { Candidate } from '../budget/choose.js'
import { PICO_PER_NANO } from '../money.js'
import type { Scorer } from '../score/scorer.js'

/** The rungs of a cascade, from the first one asked to the one whose answer is taken as it is. */
export interface Ladder {
  readonly rungs: readonly Rung[]
  readonly scorer: Scorer
}

export interface Rung {
  /** Index into the policy's models. */
  readonly model: number
  /** An answer that scores at least this is taken; of the last rung every answer is. */
  readonly accept: number
  /** Calls of the model, each for an answer of its own. */
  readonly samples: number
  /** Not asked where its expected success is below this. */
  readonly skipBelow: number
}

/** A rung that a plan selected. */
export interface PlannedRung extends Rung {
  /** Index into the ladder's rungs. */
  readonly place: number
  readonly isLast: boolean
  /** A call of one sample, without its scoring. */
  readonly single: Candidate
  /** What the rung holds: all its samples and their scoring. The grant is that of one sample. */
  readonly candidate: Candidate
  /** What scoring its answer costs. */
  readonly scoringNanoUsd: number
}

/** @throws RangeError when the candidate's model is on no rung: a bug of the selector. */
export function plannedRung({ rungs, scorer }: Ladder, single: Candidate): PlannedRung {
  const place = rungs.findIndex(({ model }) => model === single.model)
  const rung = rungs[place]
  if (rung === undefined) throw new RangeError(`model ${single.model} stands on no rung`)
  const isLast = place === rungs.length - 1
  const scoringNanoUsd = isLast ? 0 : scorer.costNanoUsd
  return {
    ...rung,
    place,
    isLast,
    single,
    candidate: whole(single, rung.samples, scoringNanoUsd),
    scoringNanoUsd,
  }
}

function whole(single: Candidate, samples: number, scoringNanoUsd: number): Candidate {
  return {
    ...single,
    expectedNanoUsd: single.expectedNanoUsd * samples + scoringNanoUsd,
    inputBoundPico: single.inputBoundPico * samples + scoringNanoUsd * PICO_PER_NANO,
    outputPricePico: single.outputPricePico * samples,
  }
}
