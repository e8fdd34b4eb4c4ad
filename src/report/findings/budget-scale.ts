import type { Comparison } from '../../metrics/result.js'
import { count } from '../format.js'
import { ratePerDay } from '../monthly.js'

/** Rates closer than this are the same traffic. */
const SAME_TRAFFIC = 0.1

/** What is known of a log's traffic: over which time how many requests, and how many a day it stands for. */
export interface Traffic {
  readonly requests: number
  readonly from: number | null
  readonly to: number | null
  /** Null: nobody says. */
  readonly requestsPerDay: number | null
}

/**
 * Caps are absolute: held at the log's traffic while money is quoted at another, they say nothing of it. Null when both
 * are about the same, or one is unknown.
 */
export function budgetScaleSentence(traffic: Traffic): string | null {
  const own = ratePerDay(traffic)
  const full = traffic.requestsPerDay
  if (own === null || full === null || !(full > 0)) return null
  const factor = full / own
  if (Math.abs(factor - 1) <= SAME_TRAFFIC) return null
  return `Budgets were held at the log’s ${count(own)} requests a day; for ${count(full)} a day multiply them by ${Number(factor.toPrecision(3))}.`
}

/** The same of a comparison, as no or one sentence: none where nothing has budgets. */
export function comparedBudgetScale(comparison: Comparison): string[] {
  if (comparison.runs.every(({ budget }) => budget.capGuarantee === 'none')) return []
  const sentence = budgetScaleSentence(trafficOf(comparison))
  return sentence === null ? [] : [sentence]
}

/** For the words on caps: ` at the log’s 2,857 requests a day`; empty where that is the traffic that money is quoted at. */
export function heldAt(comparison: Comparison): string {
  const traffic = trafficOf(comparison)
  if (budgetScaleSentence(traffic) === null) return ''
  return ` at the log’s ${count(ratePerDay(traffic))} requests a day`
}

function trafficOf({ log, scaleToRequestsPerDay }: Comparison): Traffic {
  return { requests: log.requests, from: log.from, to: log.to, requestsPerDay: scaleToRequestsPerDay }
}
