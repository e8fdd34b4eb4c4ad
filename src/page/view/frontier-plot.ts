import type { Point } from '../../metrics/result.js'
import { hullLine } from '../../report/charts/hull-line.js'
import { along, placeLabels, squareAround, type Box } from '../../report/charts/place-labels.js'
import { money, percent, sentenceName, shortName, tidyMoney } from '../../report/format.js'
import { drawn, element } from './element.js'
import { axisOf, type Axis } from './axis.js'

/** What stands on the chart, cost per request and quality. */
export interface FrontierScene {
  readonly hull: readonly Point[]
  readonly singles: readonly Point[]
  readonly policies: readonly Point[]
  readonly before: Point | null
  readonly after: Point | null
  /** Along the knob that was moved last. */
  readonly swept: readonly Point[]
}

const PLOT = { left: 48, right: 18, top: 16, bottom: 46 }
const PER_THOUSAND = 1000
const TICK_ROOM = 48

/** Outer size of the drawing in CSS pixels: it is drawn for the room it has, so that letters keep their size. */
interface Size {
  readonly width: number
  readonly height: number
}

/** Cost against quality: where the policy was and where the hand moved it, beside the other policies and the single models. */
export function frontierPlot(scene: FrontierScene, width: number): HTMLElement {
  const size = { width, height: width < 480 ? 300 : width < 800 ? 360 : 440 }
  const shown = [...scene.hull, ...scene.singles, ...scene.policies, ...scene.swept, ...ofHand(scene)]
  if (shown.length === 0) return element('p', {}, 'There is nothing to draw: cost or quality is unknown.')
  const x = axisOf(
    shown.map(({ costUsd }) => costUsd * PER_THOUSAND),
    { from: PLOT.left, to: size.width - PLOT.right, isLog: true },
  )
  const y = axisOf(
    shown.map(({ quality }) => quality),
    { from: size.height - PLOT.bottom, to: PLOT.top, isLog: false },
  )
  const place = (point: Point): Placed => ({
    point,
    x: x.at(point.costUsd * PER_THOUSAND),
    y: y.at(point.quality),
  })
  const onHull = new Set(scene.hull.map(({ label }) => label))
  const drawing = drawn(
    'svg',
    {
      viewBox: `0 0 ${size.width} ${size.height}`,
      width: size.width,
      height: size.height,
      role: 'img',
      'aria-label': inWords(scene),
    },
    ...gridOf(x, y, size),
    // Mixes are straight in cost, and a curve where its steps are factors.
    path(
      hullLine(scene.hull).map((spot) => place({ label: '', ...spot })),
      'hull',
    ),
    path(scene.swept.map(place), 'swept'),
    ...scene.swept.map((point) => dot(place(point), 'swept', 2.5)),
    ...scene.singles.map((point) => diamond(place(point), onHull.has(point.label))),
    ...scene.policies.map((point) => dot(place(point), 'policy', 4)),
    ...(scene.before === null ? [] : [dot(place(scene.before), 'before', 7)]),
    ...(scene.after === null ? [] : handMark(place(scene.after))),
    ...labelsOf(scene, place, size),
  )
  return element('div', { class: 'plot' }, drawing)
}

const MARKS: readonly {
  readonly kind: string
  readonly label: string
  readonly isDrawn: (scene: FrontierScene) => boolean
}[] = [
  { kind: 'hand', label: 'moved by hand, in-sample', isDrawn: () => true },
  { kind: 'before', label: 'as replayed', isDrawn: () => true },
  { kind: 'policy', label: 'other policies', isDrawn: ({ policies }) => policies.length > 0 },
  {
    kind: 'single',
    label: 'single models on their hull, the line',
    isDrawn: ({ hull }) => hull.length > 0,
  },
  {
    kind: 'below',
    label: 'single models below it',
    isDrawn: ({ singles, hull }) => singles.length > hull.length,
  },
  { kind: 'swept', label: 'along the slider moved last, in-sample', isDrawn: () => true },
]

/** An item a kind of mark; of points that the log does not know there is none. */
export function frontierLegend(scene: FrontierScene): HTMLElement[] {
  return MARKS.filter(({ isDrawn }) => isDrawn(scene)).map(({ kind, label }) =>
    element('li', {}, element('span', { class: `mark ${kind}`, 'aria-hidden': true }), label),
  )
}

interface Placed {
  readonly point: Point
  readonly x: number
  readonly y: number
}

function ofHand({ before, after }: FrontierScene): Point[] {
  return [before, after].filter((point) => point !== null)
}

const FONT_SIZE = 13

/** A text that wants to stand beside a mark: those of the hand must, the hull's models may where nothing else lies. */
interface Wanted {
  readonly x: number
  readonly y: number
  readonly text: string
  readonly kind: 'strong' | 'weak'
}

function labelsOf(
  scene: FrontierScene,
  place: (point: Point) => Placed,
  { width, height }: Size,
): SVGElement[] {
  const onHull = new Set(scene.hull.map(({ label }) => label))
  const wanted: Wanted[] = [
    ...(scene.after === null
      ? []
      : [{ ...place(scene.after), text: 'by hand, in-sample', kind: 'strong' as const }]),
    ...(scene.before === null
      ? []
      : [{ ...place(scene.before), text: 'as replayed', kind: 'strong' as const }]),
    ...scene.singles
      .filter(({ label }) => onHull.has(label))
      .sort((a, b) => b.quality - a.quality)
      .map((point) => ({
        ...place(point),
        text: shortName(modelName(point.label), 22),
        kind: 'weak' as const,
      })),
  ]
  const placed = placeLabels(
    wanted.map((label) => ({ ...label, optional: label.kind === 'weak', isClear: true })),
    marksOf(scene, place),
    { width: width - 4, height: height - PLOT.bottom, fontSize: FONT_SIZE },
  )
  return placed.flatMap((label, i) => {
    const mark = wanted[i]
    if (label === null || mark === undefined) return []
    const { x, y, text, leader } = label
    const texts = drawn('text', { x, y: y + 4, 'text-anchor': ANCHORS[label.align], class: mark.kind }, text)
    return leader === null
      ? [texts]
      : [drawn('line', { x1: mark.x, y1: mark.y, x2: leader.x, y2: leader.y, class: 'leader' }), texts]
  })
}

const ANCHORS = { left: 'start', center: 'middle', right: 'end' } as const

/** What no text should lie on, the quality axis' own texts included. */
function marksOf(scene: FrontierScene, place: (point: Point) => Placed): Box[] {
  const around = (points: readonly Point[], radius: number): Box[] =>
    points.map((point) => squareAround(place(point), radius))
  const line = hullLine(scene.hull).map((spot) => place({ label: '', ...spot }))
  return [
    { left: 0, right: PLOT.left, top: 0, bottom: Infinity },
    ...around(scene.singles, 6),
    ...around(scene.policies, 5),
    ...around(scene.swept, 3),
    ...around(ofHand(scene), 8),
    ...along(line).map((spot) => squareAround(spot, 2)),
  ]
}

/** `anthropic/claude-haiku-4.5` is known by its last part. */
function modelName(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1)
}

function gridOf(x: Axis, y: Axis, { width, height }: Size): SVGElement[] {
  const bottom = height - PLOT.bottom
  return [
    ...apart(x.ticks, x).flatMap((value) => [
      drawn('line', { x1: x.at(value), x2: x.at(value), y1: PLOT.top, y2: bottom, class: 'grid' }),
      drawn('text', { x: x.at(value), y: bottom + 16, 'text-anchor': 'middle' }, tidyMoney(value)),
    ]),
    ...y.ticks.flatMap((value) => [
      drawn('line', {
        x1: PLOT.left,
        x2: width - PLOT.right,
        y1: y.at(value),
        y2: y.at(value),
        class: 'grid',
      }),
      drawn('text', { x: PLOT.left - 6, y: y.at(value) + 4, 'text-anchor': 'end' }, percent(value, 0)),
    ]),
    drawn(
      'text',
      { x: (PLOT.left + width - PLOT.right) / 2, y: height - 8, 'text-anchor': 'middle' },
      width < 480
        ? 'cost per 1,000 requests, quality upwards'
        : 'cost per 1,000 requests, in steps of a factor; quality upwards',
    ),
  ]
}

/** Ticks that leave each other's labels room. */
function apart(ticks: readonly number[], axis: Axis): number[] {
  let last = -Infinity
  return ticks.filter((tick) => {
    if (axis.at(tick) - last < TICK_ROOM) return false
    last = axis.at(tick)
    return true
  })
}

function path(placed: readonly Placed[], kind: string): SVGElement | null {
  if (placed.length < 2) return null
  const d = placed
    .map(({ x, y }, index) => `${index === 0 ? 'M' : 'L'}${x.toFixed(1)},${y.toFixed(1)}`)
    .join('')
  return drawn('path', { d, class: kind })
}

function dot({ point, x, y }: Placed, kind: string, r: number): SVGElement {
  return drawn('circle', { cx: x, cy: y, r, class: kind }, titleOf(point))
}

function diamond({ point, x, y }: Placed, isOnHull: boolean): SVGElement {
  const r = isOnHull ? 6 : 4
  const d = `M${x},${y - r}l${r},${r}l${-r},${r}l${-r},${-r}Z`
  return drawn('path', { d, class: isOnHull ? 'single' : 'single below' }, titleOf(point))
}

/** A filled dot in a ring: what was moved by hand looks like nothing else. */
function handMark(placed: Placed): SVGElement[] {
  return [dot(placed, 'ring', 10), dot(placed, 'hand', 5)]
}

function titleOf({ label, costUsd, quality }: Point): SVGElement {
  return drawn('title', {}, `${sentenceName(label)}: ${pointText({ costUsd, quality })}`)
}

function pointText({ costUsd, quality }: Pick<Point, 'costUsd' | 'quality'>): string {
  return `${money(costUsd * PER_THOUSAND)} per 1,000 requests, quality ${percent(quality)}`
}

function inWords({ before, after, policies }: FrontierScene): string {
  const was = before === null ? '' : `${sentenceName(before.label)} as replayed: ${pointText(before)}. `
  const is = after === null ? '' : `Moved by hand, in-sample: ${pointText(after)}. `
  return `Cost against quality. ${was}${is}${policies.length} other policies and the single models beside it.`
}
