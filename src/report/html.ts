import { createHash } from 'node:crypto'
import type { Comparison } from '../metrics/result.js'
import { plainName } from './format.js'
import { headline } from './findings/headline.js'
import { unanswered } from './findings/unanswered.js'
import { html, trusted, type Markup } from './markup.js'
import { PAGE_STYLE } from './page-style.js'
import { answerSection, banner, unansweredSection } from './sections/answer.js'
import { budgetsSection } from './sections/budgets.js'
import { comparisonSection } from './sections/comparison-table.js'
import { evidenceSection } from './sections/evidence.js'
import { frontierSection } from './sections/frontier.js'
import { moneySection } from './sections/money.js'
import { reproduceSection } from './sections/reproduce.js'
import { serviceSection } from './sections/service.js'
import { tuningSection } from './sections/tuning.js'

/**
 * A stored result as one HTML page: no scripts, no network, one style sheet that the page's own security policy names
 * by its hash. The same result gives the same page.
 */
export async function renderHtml(comparison: Comparison): Promise<string> {
  const head = headline(comparison)
  const featuredIndex = head.featured?.index ?? -1
  const sections = await Promise.all([
    answerSection(head),
    unansweredSection(unanswered(comparison)),
    frontierSection(comparison),
    comparisonSection(comparison, head),
    moneySection(comparison, featuredIndex),
    budgetsSection(comparison, featuredIndex),
    serviceSection(comparison, featuredIndex),
    tuningSection(comparison, head.scale),
    evidenceSection(comparison),
    reproduceSection(comparison),
  ])
  return page(comparison, sections).text
}

const CONTENTS: readonly (readonly [id: string, text: string])[] = [
  ['answer', 'The answer'],
  ['unanswered', 'Not answered'],
  ['frontier', 'Cost against quality'],
  ['comparison', 'Policies compared'],
  ['money', 'Where the money goes'],
  ['budgets', 'Budgets'],
  ['service', 'Refused and deferred'],
  ['tuning', 'Tuning'],
  ['evidence', 'Evidence'],
  ['reproduce', 'Reproduce'],
]

function page(comparison: Comparison, sections: readonly (Markup | null)[]): Markup {
  const contents = CONTENTS.filter(([id]) => id !== 'tuning' || comparison.tuning !== null)
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${securityPolicy()}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="referrer" content="no-referrer" />
        <title>Routing report: ${plainName(comparison.log.path)}</title>
        ${trusted(`<style>${PAGE_STYLE}</style>`)}
      </head>
      <body>
        <a class="skip" href="#content">Skip to the answer</a>
        <header>
          <h1>What other routing would have cost</h1>
          <p class="sub">
            Replay of ${comparison.runs.length} policies over ${plainName(comparison.log.path)}, run
            ${plainName(comparison.runId)}
          </p>
          ${banner(comparison)}
          <nav aria-label="Sections">
            <ul>
              ${contents.map(([id, text]) => html`<li><a href="#${id}">${text}</a></li>`)}
            </ul>
          </nav>
        </header>
        <main id="content" tabindex="-1">${sections}</main>
        <footer>
          <p>Made by Tollgate. This page loads nothing from the network and runs no scripts.</p>
        </footer>
      </body>
    </html> `
}

/** Nothing may load or run; the one style sheet is allowed by its hash, so that smuggled styles do not apply either. */
function securityPolicy(): string {
  const hash = createHash('sha256').update(PAGE_STYLE, 'utf8').digest('base64')
  return `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`
}
