import { createExtractor } from '../../../src/core/classify/features.js'
import { heuristicSchema } from '../../../src/core/classify/heuristic-schema.js'
import type { LogTable } from '../../../src/core/log-table.js'
import { singleModelPolicy } from '../../../src/core/single-model-policy.js'
import { shuffledRows } from '../../../src/metrics/shuffled-rows.js'
import { selectRows } from '../../../src/replay/rows.js'
import { firstPolicy } from '../../../src/tune/first-policy.js'
import { splitLog } from '../../../src/tune/split.js'
import { tune, type TuneResult } from '../../../src/tune/tune.js'
import { anOutcome, aTable, aText } from '../../metrics/builders.js'
import { loadSet } from '../routers/load-set.js'

export const SETS = ['routerbench', 'zeroeval'] as const
export type PromiseSet = (typeof SETS)[number]

export interface Resplit {
  readonly set: PromiseSet
  readonly seed: number
  /** Outcomes dealt out to other requests: there is nothing to find. */
  readonly isShuffled: boolean
  readonly candidates: number
}

/** What one tuning promised and what came of it. */
export interface Kept {
  readonly kind: 'tuned' | 'none'
  readonly cost: boolean
  readonly quality: boolean
  /** Width of the promised interval over that of the test part's own. */
  readonly costWidth: number
  readonly qualityWidth: number
  /** The answer is that a fixed mix or model does as well, or that nothing does. */
  readonly isNothing: boolean
}

const CONSTRAINT = 'quality >= 0.95 * baseline'

const tables = new Map<PromiseSet, LogTable>()

/** Tunes the policy that `tollgate init` would begin with, told nothing of the parts that it is judged on. */
export async function keep({ set, seed, isShuffled, candidates }: Resplit): Promise<Kept> {
  const known = tables.get(set) ?? tableOf(set)
  tables.set(set, known)
  const table = isShuffled ? shuffledRows(known, seed) : known
  const seen = selectRows(table, splitLog(table, seed).rows.tune)
  const models = table.outcomes.map(({ model }) => model)
  const { policy } = firstPolicy({
    policyId: 'start',
    table: seen,
    models,
    budget: undefined,
    priceBook: undefined,
  })
  const best = bestModel(seen)
  return keptBy(
    await tune({
      table,
      policyJson: policy,
      baseline: { label: best, policy: singleModelPolicy(best) },
      objective: 'min cost',
      constraints: [CONSTRAINT],
      seed,
      candidates,
    }),
  )
}

function tableOf(set: PromiseSet): LogTable {
  const { prompts, tasks, models } = loadSet(set)
  const { extractor } = { extractor: createExtractor(heuristicSchema.parse({})) }
  const rows = prompts.map((prompt) =>
    extractor.extract([{ role: 'user', content: prompt }], prompt.length / 4),
  )
  const tokens = Int32Array.from(prompts, (prompt) => Math.ceil(prompt.length / 4))
  return aTable({
    outcomes: models.map(({ id, quality, costUsd }) => ({
      ...anOutcome(id, [...quality], 0),
      costNanoUsd: costUsd.map((cost) => Math.round(cost * 1e9)),
    })),
    features: extractor.names.map((_, feature) => Float64Array.from(rows, (row) => row[feature] as number)),
    task: aText(tasks),
    inputTokensEstimate: tokens,
    inputTokensBound: tokens,
    arrivals: 'synthetic',
  })
}

function bestModel(table: LogTable): string {
  const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length
  return table.outcomes.reduce((a, b) => (mean(b.quality) > mean(a.quality) ? b : a)).model
}

function keptBy(result: TuneResult): Kept {
  if (result.kind === 'none')
    return { kind: 'none', cost: false, quality: false, costWidth: NaN, qualityWidth: NaN, isNothing: true }
  const { promised, heldOut } = result.tuning
  const says = (text: string): boolean => result.notes.some((note) => note.includes(text))
  return {
    kind: 'tuned',
    cost: isWithin(heldOut.costUsd, promised.costInterval),
    quality: isWithin(heldOut.quality, promised.qualityInterval),
    costWidth: widthOf(promised.costInterval) / widthOf(heldOut.costInterval),
    qualityWidth: widthOf(promised.qualityInterval) / widthOf(heldOut.qualityInterval),
    isNothing: says('A fixed model is as good') || says('No evidence of routing skill'),
  }
}

type Ends = readonly [number, number] | null

function isWithin(value: number | null, ends: Ends): boolean {
  return value !== null && ends !== null && value >= ends[0] && value <= ends[1]
}

function widthOf(ends: Ends): number {
  return ends === null ? NaN : ends[1] - ends[0]
}
