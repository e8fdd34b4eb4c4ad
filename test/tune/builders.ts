import type { LogTable } from '../../src/core/log-table.js'
import { parsePolicy, type Policy } from '../../src/core/policy.js'
import { createRandom } from '../../src/core/random.js'
import { singleModelPolicy } from '../../src/core/single-model-policy.js'
import { tune, type TuneOptions, type TuneResult } from '../../src/tune/tune.js'
import { anOutcome, aTable, aText } from '../metrics/builders.js'

/** A policy over two models whose heuristic has one keyword group and knows nothing yet of what makes a request hard. */
export function aPolicyFile(parts: Record<string, unknown> = {}): Record<string, unknown> {
  const priced = (id: string, tier: number, price: number): Record<string, unknown> => ({
    id,
    tier,
    pricing: { promptPer1m: price, completionPer1m: price },
  })
  return {
    formatVersion: 1,
    policyId: 'start',
    models: [priced('cheap', 0, 1), priced('dear', 1, 10)],
    classifier: {
      kind: 'heuristic',
      heuristic: { keywords: { hard: { words: ['prove'], weight: 0 } } },
    },
    tierBoundaries: [0.5],
    selector: { kind: 'cheapestCapable' },
    ...parts,
  }
}

export interface Planted {
  readonly table: LogTable
  /** Share of requests on which only the dear model is good. */
  readonly hardShare: number
}

/**
 * Difficulty is a known function of two features (stack trace and the keyword group `hard`, names of `SIGNALS` order);
 * the dear model answers 95 %, the cheap one 95 % of the easy and 20 % of the hard requests. Sessions of four in a row.
 */
export function aPlantedLog(size: number, seed: number, parts: Partial<LogTable> = {}): Planted {
  const random = createRandom(seed)
  const feature = (): Float64Array =>
    Float64Array.from({ length: size }, () => Math.round(random.next() * 20) / 20)
  const features = Array.from({ length: 8 }, feature)
  const trace = features[4] as Float64Array
  const keyword = features[7] as Float64Array
  const hard = trace.map((value, row) => (0.6 * value + 0.4 * (keyword[row] ?? 0) > 0.6 ? 1 : 0))
  const answers = (easy: number, difficult: number): number[] =>
    Array.from(hard, (is) => (random.next() < (is === 1 ? difficult : easy) ? 1 : 0))
  const outcomes = [
    anOutcome('cheap', answers(0.95, 0.2), 0.001),
    anOutcome('dear', answers(0.95, 0.95), 0.01),
  ]
  const session = aText(Array.from({ length: size }, (_, row) => `s${Math.floor(row / 4)}`))
  const table = aTable({ outcomes, features, labels: { session }, arrivals: 'logged', ...parts })
  return { table, hardShare: hard.reduce((sum, is) => sum + is, 0) / size }
}

export const DEAR: Policy = singleModelPolicy('dear')

export function aTune(table: LogTable, parts: Partial<TuneOptions> = {}): Promise<TuneResult> {
  return tune({
    table,
    policyJson: aPolicyFile(),
    baseline: { label: 'dear', policy: DEAR },
    objective: 'min cost',
    constraints: ['quality >= 0.97 * baseline'],
    seed: 1,
    candidates: 60,
    ...parts,
  })
}

/** What was chosen, without the evidence and forecast that are measured afterwards. */
export function choiceOf(result: TuneResult): unknown {
  if (result.kind === 'none') return null
  const { evidence: _evidence, forecast: _forecast, contentHash: _hash, ...choice } = result.policyJson
  return choice
}

export function parsed(result: TuneResult): Policy {
  if (result.kind === 'none') throw new Error(result.because)
  return parsePolicy(result.policyJson)
}
