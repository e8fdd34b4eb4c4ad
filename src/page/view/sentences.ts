import type { RunMetrics } from '../../metrics/result.js'
import { count, money, percent, plural, points, sentenceName, time } from '../../report/format.js'
import type { Figures } from '../figures.js'
import type { OpenedLog } from '../messages.js'
import type { Scale } from './rows.js'

/** Empty where the page holds the whole log. */
export function cutSentence({ requests, offered, to }: OpenedLog): string {
  if (requests === offered) return ''
  return `This page holds the first ${count(requests)} of ${plural(offered, 'request')}, up to ${time(to)}: all figures of this section are of these. The log is cut in time and not thinned, since budgets bind on how many requests come at once.`
}

/** Whether the page comes to what the report says. */
export function checkSentence(
  policyId: string,
  costUsd: number | null | undefined,
  reported: number | null | undefined,
): string {
  if (costUsd === null || costUsd === undefined || reported === null || reported === undefined) return ''
  const name = sentenceName(policyId)
  if (nanoUsd(costUsd) === nanoUsd(reported))
    return `Replayed in this page, ${name} costs ${exact(costUsd)} in the log: what the command line found, to the nano-dollar.`
  return `Replayed in this page, ${name} costs ${exact(costUsd)} in the log, and the command line found ${exact(reported)}: do not trust this section.`
}

function nanoUsd(usd: number): number {
  return Math.round(usd * 1e9)
}

function exact(usd: number): string {
  return `$${usd.toFixed(9)}`
}

interface Said {
  readonly moved: object
  readonly before?: Figures
  readonly after?: Figures
  readonly beforeRun?: RunMetrics | undefined
  readonly afterRun?: RunMetrics | undefined
}

/** For who does not see the table change: read out once the hand has come to rest. */
export function movedSentence({ moved, before, after, beforeRun, afterRun }: Said, scale: Scale): string {
  if (Object.keys(moved).length === 0 || before === undefined || after === undefined) return ''
  const { meanCostUsd: cost, quality } = afterRun ?? after
  const was = (beforeRun ?? before).quality
  const worth =
    quality === null || was === null
      ? `quality ${percent(quality)}`
      : `quality ${percent(quality)} (${points(quality - was)})`
  const refused = after.rejected === before.rejected ? '' : `, ${plural(after.rejected, 'request')} refused`
  return `Moved by hand, in-sample: ${money(cost === null ? null : cost * scale.requests)} ${scale.unit}, ${worth}${refused}.`
}
