import type { Comparison } from '../../metrics/result.js'
import { name } from '../elements.js'
import { plainName } from '../format.js'
import { html, type Markup } from '../markup.js'
import { shellWords } from '../shell-words.js'

/** How to get the same figures again: same log, same policies, same seed, same bytes. */
export function reproduceSection(comparison: Comparison): Markup {
  const { runId, log, runs } = comparison
  return html`<section id="reproduce" aria-labelledby="reproduce-h">
    <h2 id="reproduce-h">How to reproduce it</h2>
    <p>The same log, policies and seed give the same figures to the last digit.</p>
    <pre tabindex="0" role="group" aria-label="Commands"><code>${commands(comparison).join('\n')}</code></pre>
    <dl class="facts">
      <dt>Run</dt>
      <dd><code>${plainName(runId)}</code></dd>
      <dt>Log</dt>
      <dd><code>${plainName(log.hash)}</code></dd>
      ${runs.map(
        (run) =>
          html`<dt>${name(run.policyId)}</dt>
            <dd><code>${plainName(run.contentHash)}</code></dd>`,
      )}
    </dl>
  </section>`
}

/** Older results do not know how they were made. */
function commands({ runId, log, seed, filters, provenance, redacted }: Comparison): string[] {
  const words = (...list: readonly string[]): string => plainName(shellWords(list))
  const where = filters.length === 0 ? '' : ' # with the filters named above'
  const again = provenance === undefined ? null : words(...provenance.command)
  const imported =
    provenance === undefined || provenance.files.length === 0 || provenance.command[1] === 'demo'
      ? []
      : [
          '# the log was imported from these files (with the options that they need)',
          words('tollgate', 'import', ...provenance.files, '--log', log.path),
        ]
  return [
    ...imported,
    '# what the log holds, and what is wrong with it',
    words('tollgate', 'inspect', '--log', log.path),
    '# this run again',
    again ?? `${words('tollgate', 'replay', '--log', log.path)} --policy P.json … --seed ${seed}${where}`,
    '# this page again, from the stored run',
    words('tollgate', 'report', '--run', runId, '--out', 'report.html', ...(redacted ? ['--redact'] : [])),
  ]
}
