import { element, inSampleMark } from './element.js'

/** The pieces of the section that change. */
export interface Parts {
  /** Shown while anything is moved. */
  readonly marks: readonly HTMLElement[]
  readonly chooser: HTMLSelectElement
  readonly controls: HTMLElement
  readonly reset: HTMLButtonElement
  readonly download: HTMLButtonElement
  readonly downloadNote: HTMLElement
  /** What a reader must know of the log in the page, a sentence each. */
  readonly notes: HTMLElement
  readonly check: HTMLElement
  readonly refusal: HTMLElement
  readonly said: HTMLElement
  readonly rows: HTMLElement
  readonly frontier: HTMLElement
  readonly legend: HTMLElement
  readonly pools: HTMLElement
}

export function createParts(): Parts {
  return {
    marks: [inSampleMark(), inSampleMark()],
    chooser: element('select', { id: 'what-if-policy' }),
    controls: element('div'),
    reset: element('button', { type: 'button' }, 'Reset'),
    download: element('button', { type: 'button' }, 'Download this policy'),
    downloadNote: element('p', { class: 'sub' }),
    notes: element('div'),
    check: element('p', { class: 'sub' }),
    refusal: element('p', { class: 'refusal', role: 'alert' }),
    said: element('p', { class: 'said', 'aria-live': 'polite' }),
    rows: element('div'),
    frontier: element('div'),
    legend: element('ul', { class: 'legend' }),
    pools: element('div'),
  }
}

/** The hand on the left, which stays in sight, and what it does on the right; one below the other where there is no room. */
export function laidOut(parts: Parts): HTMLElement {
  const [frontierMark = null, poolsMark = null] = parts.marks
  return element(
    'div',
    { class: 'what-if' },
    parts.notes,
    element(
      'div',
      { class: 'what-if-grid' },
      hand(parts),
      element(
        'div',
        { class: 'what-if-says' },
        parts.refusal,
        parts.said,
        element('div', {}, parts.rows, parts.check),
        element('div', {}, element('h3', {}, 'Where it lies ', frontierMark), parts.frontier, parts.legend),
        element(
          'div',
          { class: 'whole' },
          element('h3', {}, 'Its budgets through time ', poolsMark),
          parts.pools,
        ),
      ),
    ),
  )
}

function hand({ chooser, controls, reset, download, downloadNote }: Parts): HTMLElement {
  return element(
    'div',
    { class: 'what-if-hand', tabindex: 0, role: 'group', 'aria-label': 'Settings' },
    element('label', { class: 'start', for: chooser.id }, 'Start from'),
    chooser,
    controls,
    element('div', { class: 'buttons' }, reset, download),
    downloadNote,
  )
}
