import type { Policy } from '../core/policy.js'
import type { MarginResult } from '../metrics/margin-row.js'
import type { Comparison } from '../metrics/result.js'
import { mostTelling } from '../report/findings/most-telling.js'
import { marginRows } from '../tune/margin.js'
import type { TableOf } from './compare-on-table.js'
import { note } from './output.js'
import { countProgress } from './progress.js'
import { provenanceOf } from './provenance.js'

export interface CompleteArgs {
  readonly log: string
  readonly tableOf: TableOf
  /** Those of the comparison that are files. */
  readonly files: readonly (Policy | undefined)[]
  /** Words that make the comparison again. */
  readonly command: readonly string[]
  readonly seed: number
  /** `--margin`: what each way of reserving would have cost. */
  readonly margin: boolean
}

/** A comparison with what is known of its log, and what else was asked for: as it is stored, printed and drawn. */
export async function completeComparison(comparison: Comparison, args: CompleteArgs): Promise<Comparison> {
  const table = args.tableOf(args.files.find((policy) => policy !== undefined))
  const margin = args.margin ? await marginOf(comparison, args) : undefined
  return {
    ...comparison,
    ...(margin === undefined ? {} : { margin }),
    provenance: provenanceOf(args.log, table, args.command),
  }
}

/** Of the policy of the headline if a budget stopped something there, else of the one whose budgets stopped most. */
async function marginOf(
  comparison: Comparison,
  { files, tableOf, seed }: CompleteArgs,
): Promise<MarginResult | undefined> {
  const capped = files.flatMap((policy) =>
    policy === undefined || policy.budgets.length === 0 ? [] : policy,
  )
  const best = mostTelling(comparison, capped)
  const policy = capped.find(({ contentHash }) => contentHash === best)
  if (policy === undefined) {
    note('warning: --margin measured nothing: no policy file here has budgets')
    return undefined
  }
  const progress = await countProgress('margin')
  const onProgress = (done: number, total: number): void => progress.update(done, total)
  const result = marginRows({ table: tableOf(policy), policy, seed, onProgress })
  progress.stop()
  return result
}
