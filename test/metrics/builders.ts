import { NO_OUTCOME, type LogTable, type OutcomeColumns, type TextColumn } from '../../src/core/log-table.js'

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
