import { inputErrors, type LogStore } from './store.js'

/** One model's recorded costs against its usage at the price of a book. */
export interface CostMismatch {
  readonly model: string
  /** Outcomes that have both a recorded and a computed cost. */
  readonly both: number
  /** Of those, the ones that differ by more than the tolerance. */
  readonly differing: number
  /** Mean of recorded over computed cost among the differing ones: 2 = twice what the book asks. */
  readonly meanRatio: number | null
  /** The book's entry and the rule by which it was found. */
  readonly rule: string
}

/**
 * Where recorded cost is not usage x price, by model, the model with the most differing outcomes first. Empty where the log
 * was imported without `--prices`. `tolerance` is relative; amounts below a micro-dollar never differ.
 */
export function costMismatches(store: LogStore, tolerance = 0.01): readonly CostMismatch[] {
  return inputErrors(store.path, () =>
    store.db
      .prepare<[{ tolerance: number }], CostMismatch>(
        `with compared as (
           select model, cost_usd, computed_cost_usd,
             abs(cost_usd - computed_cost_usd) > max(@tolerance * computed_cost_usd, 1e-6) as differs
           from outcomes where cost_usd is not null and computed_cost_usd is not null)
         select m.id as model, count(*) as "both", sum(c.differs) as differing,
           avg(case when c.differs and c.computed_cost_usd > 0 then c.cost_usd / c.computed_cost_usd end) as meanRatio,
           p.rule as rule
         from compared c join models m on m.key = c.model join price_rules p on p.model = c.model
         group by m.id order by differing desc, m.id`,
      )
      .all({ tolerance }),
  )
}
