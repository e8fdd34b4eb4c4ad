/** Drawings for readers who switched layers off: axes and labels for what is left, where that makes a difference. */

import { choices, STRETCHING_LAYERS, type ToggledLayer } from './chart.js'
import { isSingle, TOGGLED, type FrontierRow, type FrontierRows } from './frontier-rows.js'
import { frontierScale, type FrontierScale } from './frontier-scale.js'

export interface View {
  /** The choices that it is for, each the layers that are switched off. */
  readonly without: readonly (readonly ToggledLayer[])[]
  readonly left: FrontierRows
}

/** An axis this much shorter, as a share of what it was, is worth a drawing of its own. */
const WORTH_SHARE = 0.85
/** So many models fewer leave room for other labels. */
const WORTH_MODELS = 5

/** None for a choice that the drawing of all, its layers hidden, serves as well. */
export function filteredViews(data: FrontierRows): View[] {
  const present = STRETCHING_LAYERS.filter((layer) => data.rows.some(({ kind }) => TOGGLED[kind] === layer))
  const whole: Candidate = { hidden: [], without: [], left: data, scale: scaleOf(data) }
  const views: Candidate[] = [whole]
  for (const hidden of choices(present)) {
    const left = leftOf(data, hidden)
    if (left.rows.length === 0) continue
    const own: Candidate = { hidden, without: [hidden], left, scale: scaleOf(left) }
    const like = views.findLast(
      (view) => view.hidden.every((layer) => hidden.includes(layer)) && !isWorth(own, view),
    )
    if (like === undefined) views.push(own)
    else like.without.push(hidden)
  }
  return views.slice(1).map(({ without, left }) => ({ without, left }))
}

interface Candidate {
  readonly hidden: readonly ToggledLayer[]
  readonly without: (readonly ToggledLayer[])[]
  readonly left: FrontierRows
  readonly scale: FrontierScale
}

function leftOf(data: FrontierRows, hidden: readonly ToggledLayer[]): FrontierRows {
  const isLeft = ({ kind }: FrontierRow): boolean => {
    const layer = TOGGLED[kind]
    return layer === undefined || !hidden.includes(layer)
  }
  return { ...data, rows: data.rows.filter(isLeft) }
}

function scaleOf(data: FrontierRows): FrontierScale {
  return frontierScale(data, 9)
}

function isWorth(own: Candidate, view: Candidate): boolean {
  const [from, to] = own.scale.cost.domain
  const { cost, quality } = view.scale
  const across = cost.place(to) - cost.place(Math.max(from, cost.domain[0]))
  const down = (own.scale.quality[1] - own.scale.quality[0]) / (quality[1] - quality[0])
  const fewer = countSingles(view.left) - countSingles(own.left)
  return across < WORTH_SHARE || down < WORTH_SHARE || fewer >= WORTH_MODELS
}

function countSingles({ rows }: FrontierRows): number {
  return rows.filter(isSingle).length
}
