import type { Comparison, RunMetrics } from '../../metrics/result.js'
import type { Headline } from '../findings/headline.js'
import type { Unanswered } from '../findings/unanswered.js'
import { faultBanner } from '../findings/faults.js'
import { simulatedBanner } from '../findings/simulated.js'
import { capsShort, evidenceName } from '../findings/words.js'
import { withCode } from '../elements.js'
import { html, type Markup } from '../markup.js'

/** What nobody may overlook: generated data, generated arrival times, injected faults, simulated scorers. Null when all is real. */
export function banner(
  comparison: Pick<Comparison, 'log'> & Partial<Pick<Comparison, 'faults' | 'scorerError' | 'seed' | 'runs'>>,
): Markup | null {
  const { log } = comparison
  const parts = [
    log.syntheticData
      ? 'Synthetic data: the requests, answers and costs of this log were generated, not observed. Its figures show how the report works; they say nothing of your traffic.'
      : '',
    log.arrivals === 'synthetic'
      ? 'Synthetic arrivals: the times of the requests were generated. What budgets did through time holds for such arrivals only.'
      : '',
    faultBanner(comparison) ?? '',
    simulatedBanner(comparison) ?? '',
  ].filter((part) => part !== '')
  if (parts.length === 0) return null
  return html`<div class="banner" role="note">${parts.map((part) => html`<p>${strongStart(part)}</p>`)}</div>`
}

function strongStart(text: string): Markup {
  const colon = text.indexOf(':')
  return html`<strong>${text.slice(0, colon + 1)}</strong>${text.slice(colon + 1)}`
}

export function answerSection(
  { sentence, wholeLog, figures, caveats, sentences, featured }: Headline,
  unit?: Comparison['qualityUnit'],
): Markup {
  return html`<section id="answer" aria-labelledby="answer-h">
    <h2 id="answer-h">The answer</h2>
    <p class="lead">${sentence}</p>
    ${wholeLog === null ? null : html`<p>${wholeLog}</p>`}
    ${featured === null ? null : standing(featured.run, unit)}
    ${
      figures.length === 0
        ? null
        : html`<dl class="figures">
            ${figures.map(
              (figure) =>
                html`<div>
                  <dt>${figure.name}</dt>
                  <dd class="value">${figure.value}</dd>
                  <dd class="note">${figure.note}</dd>
                </div>`,
            )}
          </dl>`
    }
    <ul>
      ${[...caveats, ...sentences].map((text) => html`<li>${text}</li>`)}${featured === null ? null : html`<li>This policy stands here because ${featured.because}; the table below has all of them.</li>`}
    </ul>
  </section>`
}

/** What the answer is worth, in one line: what it is known from, and whether the caps are proved. */
function standing({ evidence, budget }: RunMetrics, unit: Comparison['qualityUnit']): Markup {
  return html`<p class="standing">
    <strong>Evidence:</strong> ${evidenceName(evidence.mode, unit)}.
    <strong>Caps:</strong> ${capsShort(budget)}. <strong>In brackets:</strong> 95 % intervals.
  </p>`
}

export function unansweredSection(gaps: readonly Unanswered[]): Markup {
  const body =
    gaps.length === 0
      ? html`<p>Nothing that this page asks was left open by the log.</p>`
      : html`<ul>
          ${gaps.map(
            (gap) =>
              html`<li>
                <strong>${gap.question}</strong> Unknown:
                ${withCode(gap.because)}.${gap.wayOut === null ? null : html` Way out: ${withCode(gap.wayOut)}.`}
              </li>`,
          )}
        </ul>`
  return html`<section id="unanswered" aria-labelledby="unanswered-h">
    <h2 id="unanswered-h">What could not be answered, why, and the way out</h2>
    ${body}
  </section>`
}
