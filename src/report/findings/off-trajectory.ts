import type { Comparison } from '../../metrics/result.js'
import { percent, sentenceName } from '../format.js'

/** How much of each run stands in conversations that it would have led elsewhere; null where nothing does. */
export function offTrajectorySentence({ runs, qualityUnit }: Comparison): string | null {
  const off = runs.filter(({ offTrajectoryShare }) => (offTrajectoryShare ?? 0) > 0)
  if (off.length === 0) return null
  const shares = off.map(
    (run) => `${percent(run.offTrajectoryShare ?? null)} with ${sentenceName(run.policyId)}`,
  )
  const isPerPrompt =
    qualityUnit === undefined && off.every(({ evidence }) => evidence.identification !== 'not identified')
  const holds = isPerPrompt
    ? ' The recorded answers were given to the logged conversations: quality holds for these prompts.'
    : ''
  return `Requests after another model than the logged one had answered in their session: ${shares.join(', ')}.${holds}`
}
