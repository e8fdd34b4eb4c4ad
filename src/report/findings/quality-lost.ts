import type { LossCause, QualityLost } from '../../metrics/quality-lost.js'
import { count, percent, plural } from '../format.js'

/** Why an answer was worse, in words. */
export const CAUSE_WORDS: Readonly<Record<LossCause, string>> = {
  refused: 'refused: no answer',
  downgraded: 'a budget allowed only a smaller model',
  truncated: 'a budget cut the answer short',
  choice: 'the policy chose another model',
}

/** Of how many requests the answer got worse, and of how many better. */
export function lostSentence({ compared, worse, better, lost, gained }: QualityLost): string {
  if (worse === 0)
    return `None of ${plural(compared, 'request')} has a worse answer than under the baseline${better === 0 ? '' : `; ${count(better)} have a better one`}.`
  const net = (lost - gained) / compared
  return `Of ${plural(compared, 'request')} known under both, ${count(worse)} (${percent(worse / compared)}) have a worse answer than under the baseline and ${count(better)} (${percent(better / compared)}) a better one: ${net >= 0 ? 'a loss' : 'a gain'} of ${Math.abs(100 * net).toFixed(1)} points of quality in all.`
}
