import pc from 'picocolors'
import type { TuneEstimate, Tuning } from '../metrics/result.js'
import {
  count,
  money,
  moneyInterval,
  percent,
  percentInterval,
  plainName,
  points,
  UNKNOWN,
} from './format.js'
import { spaced, wrapped, type TextOptions } from './terminal.js'

/** The outcome of `tollgate tune`: what was promised beside what unseen requests gave. */
export function renderTuneText(tuning: Tuning, { width, color }: TextOptions): string {
  const colours = pc.createColors(color)
  const { split } = tuning
  return spaced([
    wrapped(
      colours.bold,
      `${count(tuning.candidates)} candidates for “${plainName(tuning.objective)}”${constraints(tuning)}: chose ${plainName(tuning.policyId)}.`,
      width,
    ),
    [estimate('promised (chosen on)', tuning.promised), estimate('held out (unseen)', tuning.heldOut)].join(
      '\n',
    ),
    wrapped((text) => text, gap(tuning), width),
    wrapped(
      colours.dim,
      `Split ${plainName(split.rule)}: ${count(split.tune)} to search on, ${count(split.validate)} to choose on, ${count(split.test)} held out. Written to ${plainName(tuning.file)} (${plainName(tuning.contentHash)}).`,
      width,
    ),
  ])
}

function constraints({ constraints: all }: Tuning): string {
  return all.length === 0 ? '' : ` subject to ${all.map(plainName).join(', ')}`
}

function estimate(name: string, of: TuneEstimate): string {
  const costInterval =
    of.costInterval === null ? null : ([of.costInterval[0] * 1000, of.costInterval[1] * 1000] as const)
  const cost = money(of.costUsd === null ? null : of.costUsd * 1000)
  return `  ${name.padEnd(21)} quality ${bracketed(percent(of.quality), percentInterval(of.qualityInterval))}, cost per 1,000 requests ${bracketed(cost, moneyInterval(costInterval))}`
}

function bracketed(value: string, interval: string): string {
  return value === UNKNOWN && interval === UNKNOWN ? UNKNOWN : `${value} (${interval})`
}

function gap({ promised, heldOut }: Tuning): string {
  if (promised.quality === null || heldOut.quality === null) {
    return 'How much of the promise was luck is unknown, since a quality is unknown.'
  }
  return `Held out minus promised: ${points(heldOut.quality - promised.quality)} of quality. Trust the held-out line.`
}
