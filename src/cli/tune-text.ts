import { renderTuneText } from '../report/terminal-tune.js'
import { wrapped, type TextOptions } from '../report/terminal.js'
import type { TuneResult } from '../tune/tune.js'
import { plural } from './format.js'

/** What a search found, with its notes and at which traffic budgets were held; or why it chose nothing. */
export function tuneText(result: TuneResult, budgets: string | null, options: TextOptions): string {
  const plain = (text: string): string => wrapped((line) => line, text, options.width)
  const head =
    result.kind === 'tuned'
      ? renderTuneText(result.tuning, options)
      : [
          plain(
            `${plural(result.candidates, 'candidate')} for “${result.objective}” subject to ${result.constraints.join(', ')}: none is chosen, nothing is written.`,
          ),
          plain(result.because),
        ].join('\n')
  const notes = [...result.notes, ...(budgets === null ? [] : [budgets])]
  return notes.length === 0 ? head : [head.trimEnd(), '', ...notes.map(plain)].join('\n')
}
