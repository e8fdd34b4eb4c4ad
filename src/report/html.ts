import type { Comparison } from '../metrics/result.js'
import { plainName } from './format.js'
import { headline } from './findings/headline.js'
import { unanswered } from './findings/unanswered.js'
import { html, type Markup } from './markup.js'
import { page, type PageParts } from './page.js'
import type { WhatIf } from './page-scripts.js'
import { nameNobody } from './redact.js'
import { answerSection, banner, unansweredSection } from './sections/answer.js'
import { NO_PROMPTS, REDACTED_PROMPTS, type Prompts } from './prompts.js'
import { budgetsSection } from './sections/budgets.js'
import { classifierSection } from './sections/classifier.js'
import { comparisonSection } from './sections/comparison-table.js'
import { evidenceSection } from './sections/evidence.js'
import { frontierSection } from './sections/frontier.js'
import { marginSection } from './sections/margin.js'
import { moneySection } from './sections/money.js'
import { qualityLostSection } from './sections/quality-lost.js'
import { reproduceSection } from './sections/reproduce.js'
import { serviceSection } from './sections/service.js'
import { tuningSection } from './sections/tuning.js'
import { whatIfSection } from './sections/what-if.js'
import { WHAT_IF_STYLE } from './what-if-style.js'

/**
 * A stored result as one HTML page. The same result gives the same page; prompts are no part of it and are handed in by who
 * may show them. With `replayable` its reader can move the policies.
 */
export async function renderHtml(
  comparison: Comparison,
  given: Prompts = NO_PROMPTS,
  replayable?: WhatIf,
): Promise<string> {
  const isRedacted = comparison.redacted === true
  const prompts = isRedacted ? REDACTED_PROMPTS : given
  // Columns of a run that was kept with names know those that budgets are for.
  const whatIf =
    isRedacted && replayable !== undefined && !nameNobody(replayable.columns) ? undefined : replayable
  const head = headline(comparison)
  const featuredIndex = head.featured?.index ?? -1
  const sections = await Promise.all([
    answerSection(head, comparison.qualityUnit),
    unansweredSection(unanswered(comparison)),
    frontierSection(comparison),
    comparisonSection(comparison, head),
    moneySection(comparison, featuredIndex),
    budgetsSection(comparison, featuredIndex),
    serviceSection(comparison, featuredIndex),
    qualityLostSection(comparison, featuredIndex, prompts),
    classifierSection(comparison, featuredIndex),
    marginSection(comparison),
    whatIfSection(comparison, whatIf, { scale: head.scale, featured: featuredIndex }),
    tuningSection(comparison, head.scale),
    evidenceSection(comparison),
    reproduceSection(comparison),
  ])
  const scripted = whatIf === undefined ? {} : { scripts: [whatIf.scripts.main], styles: [WHAT_IF_STYLE] }
  return page({ ...parts(comparison, sections), ...scripted }).text
}

/** In the order of the sections; one that a result has nothing for is left out. */
const CONTENTS: readonly (readonly [id: string, text: string])[] = [
  ['answer', 'The answer'],
  ['unanswered', 'Not answered'],
  ['frontier', 'Cost against quality'],
  ['comparison', 'Policies compared'],
  ['money', 'Where the money goes'],
  ['budgets', 'Budgets'],
  ['service', 'Refused and deferred'],
  ['lost', 'Quality lost'],
  ['classifier', 'Hard and easy'],
  ['margin', 'How much to hold'],
  ['what-if', 'What if'],
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
    contents: CONTENTS.filter((_, index) => sections[index] !== null),
    sections,
  }
}
