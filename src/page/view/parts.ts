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
  readonly cut: HTMLElement
  /** Which policies of the report cannot be moved. */
  readonly left: HTMLElement
  readonly check: HTMLElement
  readonly refusal: HTMLElement
  readonly said: HTMLElement
  readonly rows: HTMLElement
  readonly frontier: HTMLElement
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
    cut: element('p', { class: 'sub' }),
    left: element('p', { class: 'sub' }),
    check: element('p', { class: 'sub' }),
    refusal: element('p', { class: 'refusal', role: 'alert' }),
    said: element('p', { class: 'said', 'aria-live': 'polite' }),
    rows: element('div'),
    frontier: element('div'),
    pools: element('div'),
  }
}

/** The hand on the left, which stays in sight, and what it does on the right; one below the other where there is no room. */
export function laidOut(parts: Parts): HTMLElement {
  const [frontierMark = null, poolsMark = null] = parts.marks
  return element(
    'div',
    { class: 'what-if' },
    parts.cut,
    parts.left,
    element(
      'div',
      { class: 'what-if-grid' },
      hand(parts),
      element(
        'div',
        { class: 'what-if-says' },
        parts.refusal,
        parts.said,
        parts.rows,
        parts.check,
        element('h3', {}, 'Where it lies ', frontierMark),
        parts.frontier,
        legend(),
        element('h3', {}, 'Its budgets through time ', poolsMark),
        parts.pools,
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

const LEGEND: readonly (readonly [kind: string, label: string])[] = [
  ['hand', 'moved by hand, in-sample'],
  ['before', 'as replayed'],
  ['policy', 'other policies'],
  ['single', 'single models; the line is their hull'],
  ['swept', 'along the slider moved last, in-sample'],
]

function legend(): HTMLElement {
  return element(
    'ul',
    { class: 'legend' },
    ...LEGEND.map(([kind, label]) =>
      element('li', {}, element('span', { class: `mark ${kind}`, 'aria-hidden': true }), label),
    ),
  )
}
