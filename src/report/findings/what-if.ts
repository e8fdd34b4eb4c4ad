import { FURTHEST } from '../../tune/what-if/break-even.js'
import type { Pricing } from '../../tune/what-if/change.js'
import type { Contended } from '../../tune/what-if/contender.js'
import type { WhatIfBreakEven, WhatIfResult, WhatIfRow } from '../../tune/what-if/what-if.js'
import { count, money, percent, plainName, points } from '../format.js'

/** A policy by its name, a model alone by its name and the word for it. */
export function contenderName({ name, kind }: Pick<WhatIfRow, 'name' | 'kind'>): string {
  return kind === 'policy' ? plainName(name) : `${plainName(name.replace(/^model:/, ''))} alone`
}

/** What the change does to the best of today, and which is best under it. */
export function whatIfSentence({ rows, bestToday, bestChanged }: WhatIfResult): string {
  const best = rows.find(({ name }) => name === bestToday)
  if (best === undefined) {
    return 'Neither cost nor quality is known widely enough to say which is best.'
  }
  const told = best.changed === null ? `${contenderName(best)} is no longer there` : effectOn(best)
  if (bestChanged === bestToday) return `${told}. It stays the best.`
  const next = rows.find(({ name }) => name === bestChanged)
  return next?.changed
    ? `${told}. The best is then ${contenderName(next)}, at ${money(next.changed.meanCostUsd)} a request and a quality of ${percent(next.changed.quality)}.`
    : `${told}. Which is then the best is not known.`
}

function effectOn({ name, kind, today, changed }: WhatIfRow): string {
  const who = contenderName({ name, kind })
  if (today === null || changed === null) return `${who} is new`
  return `${who} goes from ${money(today.meanCostUsd)} to ${money(changed.meanCostUsd)} a request (${costChange(today, changed)}), its quality from ${percent(today.quality)} to ${percent(changed.quality)}`
}

/** `−12.3 %`, or `unknown`; of the mean cost of a request. */
export function costChange(today: Contended | null, changed: Contended | null): string {
  const [before, after] = [today?.meanCostUsd ?? null, changed?.meanCostUsd ?? null]
  if (before === null || after === null || before === 0) return percent(null)
  const share = after / before - 1
  return share > 0 ? `+${percent(share)}` : percent(share)
}

export function qualityChange(today: Contended | null, changed: Contended | null): string {
  const [before, after] = [today?.quality ?? null, changed?.quality ?? null]
  return points(before === null || after === null ? null : after - before)
}

/** Null where no price changes. */
export function breakEvenSentence({ breakEven, priceChanges, rows }: WhatIfResult): string | null {
  if (priceChanges.length === 0) return null
  if (breakEven === null) {
    return `No other policy or model becomes the best, even at ${FURTHEST} times the change of price.`
  }
  const nameOf = (name: string): string => {
    const row = rows.find((one) => one.name === name)
    return row === undefined ? plainName(name) : contenderName(row)
  }
  return `Break-even: ${nameOf(breakEven.to)} becomes better than ${nameOf(breakEven.from)} ${distance(breakEven)}.`
}

function distance({ at, prices }: WhatIfBreakEven): string {
  const [first] = prices
  const where = `at ${Number(at.toPrecision(3))} times the change`
  return prices.length === 1 && first !== undefined
    ? `${where}, when ${plainName(first.model)} costs ${priceText(first.pricing)}`
    : `${where} of all prices together`
}

/** `$2.5 in, $10 out per 1M tokens`. */
export function priceText(pricing: Pricing | null): string {
  if (pricing === null) return 'no price'
  const { promptPer1m, completionPer1m, cachedInputPer1m, cacheWritePer1m, perRequest = 0 } = pricing
  const more = [
    ...(cachedInputPer1m === undefined ? [] : [`$${cachedInputPer1m} cached`]),
    ...(cacheWritePer1m === undefined ? [] : [`$${cacheWritePer1m} written`]),
    ...(perRequest === 0 ? [] : [`$${perRequest} a request`]),
  ]
  return [`$${promptPer1m} in, $${completionPer1m} out per 1M tokens`, ...more].join(', ')
}

/** How the change was made and what the figures do not say. */
export function whatIfNotes(result: WhatIfResult): string[] {
  const estimated = Math.max(...result.rows.map(({ changed }) => changed?.costEstimatedShare ?? 0))
  return [
    ...result.shifts.map(
      ({ task, from, to }) =>
        `${plainName(task)} goes from ${percent(from)} to ${percent(to)} of the requests: others give it their place, by lot.`,
    ),
    ...(result.traffic === 1
      ? []
      : [
          `${result.traffic} requests come where one came, at the same time and from the same users; caps stay as they are.`,
        ]),
    `Best: the least cost among those whose quality is at most ${percent(result.maxQualityDrop)} below the best quality.`,
    ...(result.priceChanges.length === 0
      ? []
      : [
          "Recorded costs move in the ratio of what each call's usage costs at the two prices; answers and their lengths stay as recorded.",
        ]),
    ...(estimated > 0.05
      ? [
          `Up to ${percent(estimated)} of the costs of a row are expectations, not recorded or priced from usage.`,
        ]
      : []),
  ]
}

/** Refused and still waiting at the end, of those offered. */
export function unservedText(contended: Contended | null): string {
  return contended === null ? '' : count(contended.rejected + contended.unresolved)
}
