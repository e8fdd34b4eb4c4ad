import type { Provenance } from '../../metrics/provenance.js'
import { table } from '../elements.js'
import { capitalised, count, plainName } from '../format.js'
import { html, type Markup } from '../markup.js'

/** What is wrong with the log, what it does to the figures, and the way out: as `tollgate inspect` says. */
export function logLint(provenance: Provenance | undefined): Markup | null {
  if (provenance === undefined) return null
  const { lint } = provenance
  return html`<h3>What is wrong with the log</h3>
    ${
      lint.length === 0
        ? html`<p>Nothing was found that makes its figures weaker than they look.</p>`
        : table({
            caption: 'Findings about the log, the weightiest first',
            rows: lint,
            columns: [
              { head: 'Finding', kind: 'words', cell: ({ code }) => plainName(code) },
              { head: 'What', kind: 'words', cell: ({ message }) => capitalised(plainName(message)) },
              { head: 'How many', kind: 'number', cell: (found) => count(found.count) },
              { head: 'So', kind: 'words', cell: ({ effect }) => capitalised(plainName(effect)) },
              { head: 'Way out', kind: 'words', cell: ({ wayOut }) => capitalised(plainName(wayOut)) },
            ],
          })
    }`
}
