import { InputError } from '../core/errors.js'
import { NO_OUTCOME, type LogTable } from '../core/log-table.js'
import { STORED_QUANTILES, type OutputTokens } from '../core/output-tokens-schema.js'
import { parsePolicy, type Policy } from '../core/policy.js'
import type { PolicyFile } from '../core/policy-schema.js'
import {
  marginFigures,
  type MarginFigures,
  type MarginResult,
  type MarginRow,
} from '../metrics/margin-row.js'
import { replay } from '../replay/replay.js'
import { selectRows } from '../replay/rows.js'
import { learnOutputTokens, type LearnedOutputTokens } from './learn-output-tokens.js'
import { splitLog } from './split.js'

export interface MarginOptions {
  readonly table: LogTable
  readonly policy: Policy
  /** Of the split, where it is by lot. */
  readonly seed: number
  readonly onProgress?: (done: number, total: number) => void
}

/** As in the margin's published rows: none, a little, the default, half, twice. */
const MARGINS = [0, 0.1, 0.3, 0.5, 1] as const

type Way = Pick<MarginRow, 'mode' | 'margin' | 'quantile'>

const WAYS: readonly Way[] = [
  ...MARGINS.map((margin): Way => ({ mode: 'estimateWithMargin', margin, quantile: null })),
  ...STORED_QUANTILES.map((quantile): Way => ({ mode: 'estimateWithMargin', margin: 0, quantile })),
  { mode: 'worstCase', margin: null, quantile: null },
]

/**
 * Replays the policy with each way of reserving. Output tokens are learned from the first 60 % of the log (as `tune` splits
 * it: by time, or whole sessions by lot) and the rows measured on the rest; learned figures that the policy brings along
 * may have seen the rest, and are not used. All rows choose among models by the same means.
 * @throws InputError when the policy has no budgets, or a part of the log is empty.
 */
export function marginRows({ table, policy, seed, onProgress }: MarginOptions): MarginResult {
  if (policy.budgets.length === 0) throw noBudgets(policy)
  const { rule, rows } = splitLog(table, seed)
  const measured = selectRows(table, Int32Array.from([...rows.validate, ...rows.test]).sort())
  if (rows.tune.length === 0 || measured.size === 0) {
    throw new InputError(
      `${table.size} requests cannot be split into some to learn from and some to measure on`,
    )
  }
  const learned = learnOutputTokens(selectRows(table, rows.tune), policy.models)
  const { outcomes, counted, fromCost, byModel } = learned
  const unlearned = policy.models.map(({ id }) => id).filter((id) => !byModel.has(id))
  const isBlind = unlearned.some((id) => hasOutcome(measured, id))
  const done = WAYS.map((way, index): MarginRow => {
    onProgress?.(index, WAYS.length)
    if (way.quantile !== null && isBlind) return { ...way, ...UNKNOWN_FIGURES }
    const variant = reservingBy(policy.file, way, learned)
    return { ...way, ...marginFigures(replay(measured, variant, { watchReservations: true }), variant) }
  })
  onProgress?.(WAYS.length, WAYS.length)
  return {
    policyId: policy.policyId,
    contentHash: policy.contentHash,
    split: { rule, learned: rows.tune.length, measured: measured.size },
    outputTokens: { outcomes, counted, fromCost, unlearned },
    rows: done,
  }
}

function noBudgets({ policyId }: Policy): InputError {
  return new InputError(
    `the policy ${policyId} has no budgets: without a cap no reservation is too small or too large; add one, as tollgate init --budget 500/d does`,
  )
}

/** A model with outcomes but without output tokens: what it charges is known, and no quantile of it. */
function hasOutcome(table: LogTable, id: string): boolean {
  const outcome = table.outcomes.find(({ model }) => model === id)
  return outcome?.basis.some((basis) => basis !== NO_OUTCOME) === true
}

function reservingBy(file: PolicyFile, way: Way, { byModel }: LearnedOutputTokens): Policy {
  const { contentHash: _hash, evidence: _evidence, forecast: _forecast, ...rest } = file
  return parsePolicy({
    ...rest,
    models: file.models.map(({ outputTokens: _own, ...model }) => ({
      ...model,
      outputTokens: byModel.get(model.id) ?? everywhere(model.expectedOutputTokens),
    })),
    reservation: {
      ...file.reservation,
      mode: way.mode,
      margin: way.margin ?? 0,
      estimate: way.quantile === null ? 'mean' : { quantile: way.quantile },
    },
  })
}

/** Of a model that nothing is known of. */
function everywhere(tokens: number): OutputTokens {
  const quantiles = { '0.5': tokens, '0.75': tokens, '0.9': tokens, '0.95': tokens, '0.99': tokens }
  return { mean: tokens, quantiles, byTask: {} }
}

const UNKNOWN_FIGURES: MarginFigures = {
  overspendProbability: null,
  overspendUsd: null,
  overCapShare: null,
  overCapUsd: null,
  poolWindows: null,
  windowsOverCap: null,
  strandedUsd: null,
  wronglyRefused: null,
  refusedUnknown: null,
  refused: null,
  truncated: null,
  downgraded: null,
  offered: null,
  charged: null,
  chargedUsd: null,
  chargeUnknown: null,
  quality: null,
  knownShare: null,
}
