import { NO_OUTCOME, type LogTable, type OutcomeColumns, type TextColumn } from '../../src/core/log-table.js'
import type { Model, Prices } from '../../src/core/model.js'
import type { CompareInput } from '../../src/metrics/compare.js'
import type { PoolWindow, ReplayResult, Steps } from '../../src/replay/steps.js'

/** A log table of `ids.length` (or as many as the first outcome's) rows, every unknown where nothing is given. */
export function aTable(parts: Partial<LogTable> & { outcomes: readonly OutcomeColumns[] }): LogTable {
  const size = parts.ids?.length ?? parts.outcomes[0]?.quality.length ?? 0
  return {
    path: 'test.db',
    hash: 'sha256:test',
    size,
    arrivals: 'synthetic',
    ids: Array.from({ length: size }, (_, row) => `r${row}`),
    at: Float64Array.from({ length: size }, (_, row) => row * 1000),
    labels: {},
    priority: new Uint8Array(size).fill(1),
    inputTokensEstimate: new Int32Array(size).fill(100),
    inputTokensBound: new Int32Array(size).fill(120),
    maxOutputTokens: new Int32Array(size).fill(-1),
    needs: noText(size),
    task: noText(size),
    split: noText(size),
    features: [],
    assessedDifficulty: new Float64Array(size).fill(NaN),
    chosen: new Int32Array(size).fill(-1),
    propensity: new Float64Array(size).fill(NaN),
    ...parts,
  }
}

/** One model's outcomes; NaN quality and cost together mean that there is no outcome. Cost in US dollars. */
export function anOutcome(
  model: string,
  quality: readonly number[],
  costUsd: readonly number[] | number,
): OutcomeColumns {
  const costs = quality.map((_, row) => (typeof costUsd === 'number' ? costUsd : (costUsd[row] ?? NaN)))
  return {
    model,
    basis: Uint8Array.from(quality, (value, row) =>
      Number.isNaN(value) && Number.isNaN(costs[row]) ? NO_OUTCOME : 1,
    ),
    costNanoUsd: Float64Array.from(costs, (cost) => Math.round(cost * 1e9)),
    quality: Float64Array.from(quality),
    inputTokens: new Int32Array(quality.length).fill(-1),
    outputTokens: new Int32Array(quality.length).fill(-1),
    cachedInputTokens: undefined,
    cacheWriteTokens: undefined,
    latencyMs: new Float64Array(quality.length).fill(1000),
  }
}

export function noText(size: number): TextColumn {
  return { values: [], codes: new Int32Array(size).fill(-1) }
}

/** A text column from its texts; undefined is unknown. */
export function aText(texts: readonly (string | undefined)[]): TextColumn {
  const values = [...new Set(texts.filter((text) => text !== undefined))]
  return { values, codes: Int32Array.from(texts, (text) => (text === undefined ? -1 : values.indexOf(text))) }
}

export function aModel(index: number, id: string, prices?: Prices): Model {
  return {
    index,
    id,
    tier: index,
    contextWindow: 100_000,
    maxOutputTokens: 8192,
    outputTokens: { ofModel: { expected: 400, reserved: 400 }, byTask: new Map() },
    inputOverheadTokens: 0,
    capabilities: new Set(),
    expectedLatencyMs: 2000,
    prices,
    promptCache: undefined,
    expectedCostNanoUsd: undefined,
  }
}

/** A run over a table that asks `choose(row)` (index of the table's outcomes, -1: refused) and looks its outcome up. */
export function aRun(
  table: LogTable,
  choose: (row: number) => number,
  parts: Partial<Steps> = {},
): ReplayResult {
  const models = table.outcomes.map((outcome, index) => aModel(index, outcome.model))
  const model = Int16Array.from({ length: table.size }, (_, row) => choose(row))
  const lookUp = (column: 'quality' | 'costNanoUsd' | 'latencyMs', refused: number) =>
    Float64Array.from(model, (index, row) => (index < 0 ? refused : table.outcomes[index]![column][row]!))
  const steps: Steps = {
    size: table.size,
    row: Int32Array.from(model, (_, row) => row),
    end: Uint8Array.from(model, (index) => (index < 0 ? 1 : 0)),
    model,
    wanted: model,
    difficulty: Float64Array.from(model, (_, row) => (row % 10) / 10),
    requiredTier: new Uint8Array(table.size),
    costNanoUsd: lookUp('costNanoUsd', 0),
    quality: lookUp('quality', NaN),
    latencyMs: lookUp('latencyMs', NaN),
    delayMs: Float64Array.from(model, (index) => (index < 0 ? NaN : 0)),
    flags: new Uint8Array(table.size),
    reason: Uint8Array.from(model, (index) => (index < 0 ? 1 : 0)),
    reasons: ['plan', 'refused'],
    models,
    ...parts,
  }
  return {
    policyId: 'policy',
    contentHash: 'sha256:policy',
    steps,
    poolWindows: [],
    poolSeries: [],
    capGuarantee: 'none',
  }
}

export function aPoolWindow(parts: Partial<PoolWindow> = {}): PoolWindow {
  return {
    budgetId: 'day',
    label: '*',
    start: 0,
    end: 86_400_000,
    capNanoUsd: 100e9,
    spentNanoUsd: 60e9,
    peakNanoUsd: 60e9,
    overspendNanoUsd: 0,
    bindings: 0,
    reservations: 10,
    violated: false,
    ...parts,
  }
}

/** The input of `compare` with the first run as the baseline. */
export function aComparison(table: LogTable, results: readonly ReplayResult[]): CompareInput {
  return {
    table,
    runs: results.map((result) => ({ result, description: null, unservedQuality: 0, budgets: [] })),
    baseline: { index: 0, label: 'baseline', rule: 'first run' },
    seed: 1,
    replicates: 1000,
    filters: [],
    syntheticData: false,
    scaleToRequestsPerDay: null,
    tuning: null,
  }
}
