import type { Comparison } from '../../metrics/result.js'
import { name } from '../elements.js'
import { plainName } from '../format.js'
import { html, type Markup } from '../markup.js'

/** How to get the same figures again: same log, same policies, same seed, same bytes. */
export function reproduceSection(comparison: Comparison): Markup {
  const { runId, log, runs, seed, filters } = comparison
  const where = filters.length === 0 ? '' : '   # with the filters named above'
  return html`<section id="reproduce" aria-labelledby="reproduce-h">
    <h2 id="reproduce-h">How to reproduce it</h2>
    <p>The same log, policies and seed give the same figures to the last digit.</p>
    <pre
      tabindex="0"
      role="region"
      aria-label="Commands"
    ><code>tollgate report --run ${plainName(runId)} --out report.html
tollgate replay --log ${plainName(log.path)} --policy P.json … --seed ${seed}${where}</code></pre>
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
