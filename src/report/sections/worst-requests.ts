import type { WorstRequest } from '../../metrics/quality-lost.js'
import { folded, name } from '../elements.js'
import { CAUSE_WORDS } from '../findings/quality-lost.js'
import { money, percent, time } from '../format.js'
import { html, type Markup } from '../markup.js'
import type { Prompts } from '../prompts.js'

export interface WorstOptions {
  readonly prompts: Prompts
  /** Made-up times are no help in finding a request. */
  readonly hasTimes: boolean
  readonly isOpen: boolean
}

/** The requests that lost most, each with what it got beside what it could have had. */
export function worstRequests(worst: readonly WorstRequest[], options: WorstOptions): Markup {
  const { prompts, isOpen } = options
  if (worst.length === 0) return html`<p>No request could have had a better answer from another model.</p>`
  const body = html`<p class="sub">
      Largest loss against the baseline’s answer first; among equals, those come first that another model
      would have mended for least money. “Better” is the cheapest of the models with the best answer that the
      log knows.${prompts.kind === 'absent' ? ` Prompts are not shown: ${prompts.because}.` : null}
    </p>
    <ol class="worst">
      ${worst.map((request) => html`<li>${card(request, options)}</li>`)}
    </ol>`
  return folded(`The worst ${worst.length} requests, side by side`, body, isOpen)
}

function card(request: WorstRequest, { prompts, hasTimes }: WorstOptions): Markup {
  const { id, at, task, cause, chosen, better } = request
  return html`<p>
      <strong>${name(id)}</strong
      >${task === null ? null : html`, ${name(task)}`}${hasTimes ? `, ${time(at)}` : ''}:
      ${cause === null ? NO_WORSE : CAUSE_WORDS[cause]}
    </p>
    ${prompts.kind === 'absent' ? null : prompt(prompts.byId.get(id))}
    <dl class="sides">
      <div>
        <dt>It got</dt>
        <dd>${chosen.model === null ? 'no answer' : name(chosen.model)}</dd>
        <dd>quality ${percent(chosen.quality, 0)}, cost ${money(chosen.costUsd)}</dd>
      </div>
      <div>
        <dt>Better</dt>
        <dd>${name(better.model)}</dd>
        <dd>quality ${percent(better.quality, 0)}, cost ${money(better.costUsd)}</dd>
      </div>
    </dl>`
}

const NO_WORSE = 'no worse than the baseline’s answer, and another model has a better one'

/** Lines stay lines; direction is the text's own, so that right-to-left letters reorder nothing outside. */
function prompt(text: string | undefined): Markup {
  return text === undefined
    ? html`<p class="sub">The log has no prompt of it.</p>`
    : html`<blockquote dir="auto">${text}</blockquote>`
}
