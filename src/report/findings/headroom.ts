import type { RunMetrics } from '../../metrics/result.js'
import { count, percent, UNKNOWN } from '../format.js'

/** One sentence on how much is left to win under a run's budgets; null where that was not asked for. */
export function headroomSentence({ quality, headroom }: RunMetrics): string | null {
  if (headroom === undefined) return null
  const { bound, bestMix, share, binding, relaxations, because } = headroom
  if (bound === null) return `no clairvoyant bound, since ${because ?? 'nothing is known'}.`
  const models = Object.entries(bestMix?.shares ?? {}).map(([model, part]) =>
    part === 1 ? model : `${percent(part)} ${model}`,
  )
  const mix =
    bestMix === null
      ? ''
      : `; the best fixed mix (${models.join(', ')}) keeps ${percent(bestMix.quality)} under them`
  const won =
    share === null
      ? `${because === null ? '' : `; ${because}`}`
      : share < 0
        ? ', which is more than this policy does'
        : `, so the policy wins ${percent(share)} of what there is to win`
  const ease = relaxations.length === 0 ? '' : ` The bound is generous: ${relaxations.join('; ')}.`
  return `it keeps ${quality === null ? UNKNOWN : percent(quality)}. Nobody could have kept more than ${percent(bound)} under its budgets, not even knowing every answer before (${count(binding)} of its pools and windows run dry even then)${mix}${won}.${ease}`
}
