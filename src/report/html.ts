import type { Comparison } from '../metrics/result.js'
import { plainName } from './format.js'
import { headline } from './findings/headline.js'
import { unanswered } from './findings/unanswered.js'
import { html, type Markup } from './markup.js'
import { page, type PageParts } from './page.js'
import { answerSection, banner, unansweredSection } from './sections/answer.js'
import { budgetsSection } from './sections/budgets.js'
import { comparisonSection } from './sections/comparison-table.js'
import { evidenceSection } from './sections/evidence.js'
import { frontierSection } from './sections/frontier.js'
import { moneySection } from './sections/money.js'
import { reproduceSection } from './sections/reproduce.js'
import { serviceSection } from './sections/service.js'
import { tuningSection } from './sections/tuning.js'

/** A stored result as one HTML page. The same result gives the same page. */
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
  return page(parts(comparison, sections)).text
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

function parts(comparison: Comparison, sections: readonly (Markup | null)[]): PageParts {
  return {
    title: `Routing report: ${plainName(comparison.log.path)}`,
    runId: comparison.runId,
    heading: 'What other routing would have cost',
    sub: html`Replay of ${comparison.runs.length} policies over ${plainName(comparison.log.path)}, run
    ${plainName(comparison.runId)}`,
    banner: banner(comparison),
    contents: CONTENTS.filter(([id]) => id !== 'tuning' || comparison.tuning !== null),
    sections,
  }
}
