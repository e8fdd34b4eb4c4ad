import { reservationOf, type Candidate, type Choice } from '../core/budget/choose.js'
import type { AdmitRequest, Ledger, OpenPool, Reservation } from '../core/budget/ledger.js'
import { PICO_PER_NANO } from '../core/money.js'
import type { OutcomeSource } from './outcomes.js'
import { isChargeKnown } from './steps.js'

/** Whether a plan's first candidate would have fitted every pool when the ledger was asked, all calls at their recorded cost. */
const FIRST_NOT_ASKED = 0
export const FIRST_FITS = 1
export const FIRST_DOES_NOT_FIT = 2
/** The log does not know what it would have cost. */
export const FIRST_UNKNOWN = 3

/** What replay held for each row of the log, and what it would have needed. */
export interface Reservations {
  /** Of the attempt that was admitted, in nano-dollars; NaN where none was. */
  readonly reservedNanoUsd: Float64Array
  /** One of the four above, as of the last time the ledger was asked for the row. */
  readonly first: Uint8Array
}

/** Looks over replay's shoulder: it reads outcomes before a call is made, so nothing that decides may read what it writes. */
export interface ReservationWatch {
  /** Before the ledger answers: an admission changes what is free. */
  asked(row: number, request: AdmitRequest): void
  admitted(row: number, reservation: Reservation): void
  /** What the row held is charged: settled, or expired. May be told more than once. */
  ended(row: number, reservation: Reservation): void
  readonly seen: Reservations
}

export function watchReservations(size: number, ledger: Ledger, outcomes: OutcomeSource): ReservationWatch {
  const reservedNanoUsd = new Float64Array(size).fill(NaN)
  const first = new Uint8Array(size).fill(FIRST_NOT_ASKED)
  const slack = createSlack()
  const slackOf = new Float64Array(size)
  return {
    seen: { reservedNanoUsd, first },
    asked(row, request) {
      first[row] = firstFits({ ledger, slack, request }, realCost(outcomes, row, request.candidates.first))
    },
    admitted(row, reservation) {
      const { choice } = reservation
      reservedNanoUsd[row] = choice.reservedNanoUsd
      slackOf[row] = choice.reservedNanoUsd - knownCost(outcomes, row, choice, choice.reservedNanoUsd)
      slack.add(reservation, slackOf[row])
    },
    ended(row, reservation) {
      slack.add(reservation, -(slackOf[row] as number))
      slackOf[row] = 0
    },
  }
}

/** By how much the reservations in flight exceed what their calls really cost; below 0 where they hold too little. */
interface Slack {
  add(reservation: Reservation, nanoUsd: number): void
  of(pool: OpenPool, at: number): number
}

/**
 * One sum a pool, of its newest window: calendar windows hold apart what each of them admitted. In a sliding window a call
 * that outlasts it still counts.
 */
function createSlack(): Slack {
  const sums = new Map<OpenPool, { readonly start: number; nanoUsd: number }>()
  const startOf = ({ slot }: OpenPool, at: number): number => slot.pools.bounds(at)?.start ?? 0
  return {
    add({ pools, admittedAt }, nanoUsd) {
      for (const pool of pools) {
        const start = startOf(pool, admittedAt)
        const sum = sums.get(pool)
        if (sum?.start === start) sum.nanoUsd += nanoUsd
        else if (sum === undefined || sum.start < start) sums.set(pool, { start, nanoUsd })
      }
    },
    of(pool, at) {
      const sum = sums.get(pool)
      return sum?.start === startOf(pool, at) ? sum.nanoUsd : 0
    },
  }
}

/** Nano-dollars at the full length that was asked for, NaN where the log does not know it. */
function realCost(outcomes: OutcomeSource, row: number, candidate: Candidate): number {
  const { maxOutputTokens } = candidate
  const reservedNanoUsd = reservationOf(candidate, maxOutputTokens)
  return knownCost(outcomes, row, { candidate, maxOutputTokens, reservedNanoUsd }, NaN)
}

function knownCost(outcomes: OutcomeSource, row: number, choice: Choice, unknown: number): number {
  const { costNanoUsd, flags } = outcomes.whole(row, choice)
  return isChargeKnown(costNanoUsd, flags) ? costNanoUsd : unknown
}

interface Question {
  readonly ledger: Ledger
  readonly slack: Slack
  readonly request: AdmitRequest
}

/**
 * Real costs against real costs: what is in flight counts at what it costs, not at what it holds. The ledger is asked when
 * such an amount would fit each pool: floors and every kind of window are then its own business.
 */
function firstFits({ ledger, slack, request }: Question, costNanoUsd: number): number {
  if (Number.isNaN(costNanoUsd)) return FIRST_UNKNOWN
  if (costNanoUsd > request.requestHeadroom) return FIRST_DOES_NOT_FIT
  const fits = (pool: OpenPool): boolean => {
    const inputBoundPico = (costNanoUsd - slack.of(pool, request.at)) * PICO_PER_NANO
    const real = { ...request.candidates.first, inputBoundPico, outputPricePico: 0 }
    const candidates = { first: real, selected: [real], lower: () => [] }
    const asked = { ...request, candidates, pools: [pool], requestHeadroom: Infinity }
    return ledger.earliest(asked) === request.at
  }
  return request.pools.every(fits) ? FIRST_FITS : FIRST_DOES_NOT_FIT
}
