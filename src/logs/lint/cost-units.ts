import type { LogStore } from '../store.js'

/** A model whose recorded costs are a constant multiple of usage x price. */
export interface CostUnit {
  readonly model: string
  /** Recorded over computed cost. */
  readonly factor: number
  readonly count: number
  /** `cents` where the factor is 100. */
  readonly unit: 'cents' | 'other'
}

const LEAST = 20
/** Share of the outcomes that must have the factor, and how near to it. */
const MOST_OF_THEM = 0.95
const NEAR = 0.02
/** Nearer to 1 it is another price, and `cost-mismatch` tells of it. */
const FAR = 0.3
/** Smaller costs are rounded so much that their ratio says nothing. */
const LEAST_USD = 1e-6

/** Another unit or currency, and not another price: where the book's price is right, all costs are off by one factor. */
export function costUnits({ db }: LogStore): readonly CostUnit[] {
  const rows = db
    .prepare<[number], [string, number]>(
      `select m.id, cost_usd / computed_cost_usd from outcomes join models m on m.key = model
       where cost_usd is not null and computed_cost_usd > ?`,
    )
    .raw()
    .all(LEAST_USD)
  const ratios = new Map<string, number[]>()
  for (const [model, ratio] of rows) {
    const own = ratios.get(model)
    if (own === undefined) ratios.set(model, [ratio])
    else own.push(ratio)
  }
  return [...ratios].flatMap(([model, all]) => {
    const factor = all.sort((a, b) => a - b)[Math.floor(all.length / 2)] ?? 1
    const near = all.filter((ratio) => Math.abs(ratio / factor - 1) <= NEAR)
    const isUnit =
      all.length >= LEAST && near.length >= MOST_OF_THEM * all.length && Math.abs(Math.log(factor)) > FAR
    if (!isUnit) return []
    const unit = Math.abs(factor / 100 - 1) <= NEAR ? 'cents' : 'other'
    return [{ model, factor, count: all.length, unit }]
  })
}
