import type { RunMetrics } from '../../metrics/result.js'
import { BY_SESSION } from '../../report/findings/words.js'
import { count, money, percent, plural, points, sentenceName, time } from '../../report/format.js'
import type { Figures } from '../figures.js'
import type { OpenedLog, OpenedPolicy } from '../messages.js'
import type { Scale } from './rows.js'

/** What a reader must know before any figure; none where the page holds the whole log and every policy of the report. */
export function logSentences(log: OpenedLog, policies: readonly OpenedPolicy[]): string[] {
  const bySession = log.qualityUnit === 'session' ? BY_SESSION : ''
  return [cutSentence(log), leftOutSentence(policies), bySession].filter((text) => text !== '')
}

function cutSentence({ requests, offered, to }: OpenedLog): string {
  if (requests === offered) return ''
  return `This page holds the first ${count(requests)} of ${plural(offered, 'request')}, up to ${time(to)}: all figures of this section are of these. The log is cut in time and not thinned, since budgets bind on how many requests come at once.`
}

function leftOutSentence(policies: readonly OpenedPolicy[]): string {
  const names = policies.flatMap(({ policyId, lacks }) => (lacks === 'ids' ? sentenceName(policyId) : []))
  if (names.length === 0) return ''
  return `Not to be moved here: ${names.join(', ')}. What draws lots draws them by the ids of requests, and this page is redacted.`
}

/** Of a redacted policy no file is given that would say other names. */
export function downloadSentence(lacks: OpenedPolicy['lacks']): string {
  return lacks === 'names'
    ? 'This page is redacted, and the policy has caps or bans of single labels, which bear other names here: its file is to be had from the report that is not redacted.'
    : 'The file says that it was chosen by hand and not validated; tollgate gate holds it against the policy it was made of.'
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
