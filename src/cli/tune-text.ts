import { renderTuneText } from '../report/terminal-tune.js'
import { wrapped, type TextOptions } from '../report/terminal.js'
import type { TuneResult } from '../tune/tune.js'
import { plural } from './format.js'

/** What a search found, with its notes; or why it chose nothing. */
export function tuneText(result: TuneResult, options: TextOptions): string {
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
  return result.notes.length === 0 ? head : [head.trimEnd(), '', ...result.notes.map(plain)].join('\n')
}
