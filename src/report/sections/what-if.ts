import { gzipSync } from 'node:zlib'
import type { Comparison } from '../../metrics/result.js'
import { html, trusted, type Markup } from '../markup.js'
import type { MoneyScale } from '../monthly.js'
import type { WhatIf } from '../page-scripts.js'

export interface WhatIfView {
  readonly scale: MoneyScale
  /** Of the runs, the one that the headline is about; below 0 for none. */
  readonly featured: number
}

/** The reader moves a policy's settings and the page replays the log. Its script fills it; without one it says so. */
export function whatIfSection(
  { runs, redacted }: Comparison,
  whatIf: WhatIf | undefined,
  { scale, featured }: WhatIfView,
): Markup {
  if (whatIf === undefined) {
    return section(
      html`<p>
        This page cannot be asked:
        ${
          redacted === true
            ? 'it is redacted, and this run has no columns of the log without names and ids. Runs with faults, a simulated scorer or a baseline that draws lots never have them, since chance is drawn by ids; others have them where the run is replayed or reported with --redact.'
            : 'the log’s columns were not kept with this run. Replay the log again to have them in the report.'
        }
      </p>`,
    )
  }
  const start = featured >= 0 ? featured : Math.max(0, runs.length - 1)
  const costs = JSON.stringify(runs.map(({ costUsd }) => costUsd))
  return section(
    html`<p>
        Move a policy’s settings: this page holds the log’s figures,
        ${redacted === true ? 'without any prompt, name or id' : 'without any prompt'}, and the same code as
        the command line, and replays it here, offline. What is moved by hand on the log that it is judged on
        is <span class="in-sample">in-sample</span>: it shows what the settings do, and proves nothing of
        later traffic.
      </p>
      <p id="what-if-state" role="status">
        This section needs scripts, and they do not run here: open the page in a browser that lets them.
      </p>
      ${dataBlock('what-if-columns', whatIf.columns)}
      ${dataBlock('what-if-worker', gzipSync(whatIf.scripts.worker, { level: 9 }))}`,
    html`data-requests="${scale.requests}" data-unit="${scale.unit}" data-start="${start}"
    data-costs="${costs}"`,
  )
}

function section(body: Markup, data: Markup | null = null): Markup {
  return html`<section id="what-if" aria-labelledby="what-if-h" ${data}>
    <h2 id="what-if-h">What if</h2>
    ${body}
  </section>`
}

/** No browser runs a script of this type, and base64 has no letter that could end it. */
function dataBlock(id: string, bytes: Uint8Array): Markup {
  const text = Buffer.from(bytes).toString('base64')
  return trusted(`<script type="application/octet-stream" id="${id}">${text}</script>`)
}
