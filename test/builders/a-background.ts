import type { ClassifierQuality } from '../../src/metrics/classifier-quality.js'
import type { LabelRow, LabelRows } from '../../src/metrics/label-rows.js'
import type { MarginResult, MarginRow } from '../../src/metrics/margin-row.js'
import type { ListedPrice } from '../../src/metrics/price-list.js'
import type { Provenance } from '../../src/metrics/provenance.js'
import type { QualityLost, WorstRequest } from '../../src/metrics/quality-lost.js'

/** What a stored result says of its requests and its log, beside the figures of its runs. */

export function aLabelRow(over: Partial<LabelRow> = {}): LabelRow {
  return {
    value: 'acme',
    values: 1,
    offered: 12_000,
    served: 11_900,
    downgraded: 900,
    truncated: 40,
    deferred: 20,
    rejected: 100,
    costUsd: 70,
    quality: 0.95,
    models: { 'openai/gpt-nano': 8000, 'anthropic/opus': 3900 },
    ...over,
  }
}

const calm = { downgraded: 0, truncated: 0, deferred: 0, rejected: 0 }

export function someLabels(): readonly LabelRows[] {
  const rest = { value: null, values: 110, costUsd: 20, ...calm, quality: 0.93 }
  return [
    {
      label: 'team',
      values: 3,
      rows: [
        aLabelRow({ value: 'ide' }),
        aLabelRow({ value: 'data', ...calm, costUsd: 30 }),
        aLabelRow({ value: null, ...calm, costUsd: 5, quality: null }),
      ],
    },
    {
      label: 'user',
      values: 125,
      rows: [
        ...Array.from({ length: 15 }, (_, i) =>
          aLabelRow({
            value: `u${i + 10}`,
            offered: 900 - i,
            served: 890 - i,
            costUsd: 9 - i / 4,
            rejected: i,
          }),
        ),
        aLabelRow(rest),
      ],
    },
    { label: 'org', values: 2, rows: [aLabelRow(), aLabelRow({ value: 'globex', ...calm, costUsd: 50 })] },
    {
      label: 'priority',
      values: 2,
      rows: [aLabelRow({ value: 'normal' }), aLabelRow({ value: 'low', costUsd: 3, rejected: 0 })],
    },
  ]
}

export function aWorstRequest(over: Partial<WorstRequest> = {}): WorstRequest {
  return {
    id: 'cw-00017',
    at: Date.UTC(2026, 10, 3, 9, 30),
    task: 'completion',
    cause: 'choice',
    chosen: { model: 'openai/gpt-nano', quality: 0, costUsd: 0.0004 },
    better: { model: 'anthropic/opus', quality: 1, costUsd: 0.031 },
    ...over,
  }
}

export function aQualityLost(over: Partial<QualityLost> = {}): QualityLost {
  return {
    compared: 20_000,
    worse: 400,
    better: 90,
    lost: 390.5,
    gained: 88,
    byCause: [
      { cause: 'choice', requests: 350, lost: 341 },
      { cause: 'refused', requests: 50, lost: 49.5 },
    ],
    byTask: [
      { task: 'completion', compared: 9000, worse: 250, better: 40, lost: 245, gained: 39 },
      { task: null, compared: 11_000, worse: 150, better: 50, lost: 145.5, gained: 49 },
    ],
    worst: [
      aWorstRequest(),
      aWorstRequest({
        id: 'cw-00018',
        task: null,
        cause: 'refused',
        chosen: { model: null, quality: 0, costUsd: 0 },
      }),
    ],
    ...over,
  }
}

export function aClassifierQuality(over: Partial<ClassifierQuality> = {}): ClassifierQuality {
  const bins = Array.from({ length: 10 }, (_, i) => i / 10 + 0.05)
  return {
    kind: 'heuristic',
    key: 'abc',
    requests: 20_000,
    hopeless: 400,
    confusion: [
      [9000, 800, 200],
      [1500, 4000, 500],
      [500, 500, 3000],
    ],
    auc: 0.89,
    calibration: bins.map((predicted) => ({ requests: 2000, predicted, observed: predicted ** 1.5 })),
    calibrationError: 0.08,
    features: [
      { name: 'keywords.debug', weight: 0.45, easyMean: 0.03, hardMean: 0.4, auc: 0.72 },
      { name: 'codeBlocks', weight: -0.05, easyMean: 0.37, hardMean: 0.27, auc: 0.4 },
    ],
    ...over,
  }
}

export function aMarginRow(over: Partial<MarginRow> = {}): MarginRow {
  return {
    mode: 'estimateWithMargin',
    margin: 0,
    quantile: null,
    overspendProbability: 0.4,
    overspendUsd: 1.5,
    overCapShare: 0.5,
    overCapUsd: 0.1,
    poolWindows: 2,
    windowsOverCap: 1,
    strandedUsd: 0.2,
    wronglyRefused: 3,
    refusedUnknown: 0,
    refused: 5,
    truncated: 1,
    downgraded: 2,
    offered: 100,
    charged: 95,
    chargedUsd: 20,
    chargeUnknown: 0,
    quality: 0.9,
    knownShare: 1,
    ...over,
  }
}

export function aMargin(): MarginResult {
  return {
    policyId: 'heuristic',
    contentHash: 'sha256:5f1c7b3a90c7e1d2',
    split: { rule: 'by time', learned: 12_000, measured: 8000 },
    outputTokens: { outcomes: 60_000, counted: 60_000, fromCost: 0, unlearned: [] },
    rows: [
      aMarginRow(),
      aMarginRow({ margin: 0.3, overspendProbability: 0.1 }),
      aMarginRow({ margin: 0, quantile: 0.9, overspendProbability: 0.09, refused: 6 }),
      aMarginRow({ mode: 'worstCase', margin: null, overspendProbability: 0, windowsOverCap: 0, refused: 9 }),
    ],
  }
}

export function aProvenance(over: Partial<Provenance> = {}): Provenance {
  return {
    command: ['tollgate', 'replay', '--log', 'datasets/sample.db', '--policy', 'heuristic', '--seed', '1'],
    files: ['coding-week.jsonl.gz'],
    lint: [
      {
        code: 'zero-cost',
        message: 'outcomes cost exactly 0 (openai/gpt-nano 12)',
        count: 12,
        effect: 'models look cheaper than they are',
        wayOut: '--fix makes them unknown',
      },
    ],
    priceBook: { book: 'litellm-2026-08-06.json', date: '2026-08-06', computed: 80_000, filled: 12 },
    ...over,
  }
}

export function somePrices(): readonly ListedPrice[] {
  const listed = { cachedInputPer1m: 1.5, cacheWritePer1m: null, policyIds: ['heuristic', 'tuned'] }
  return [
    {
      ...listed,
      model: 'anthropic/opus',
      promptPer1m: 15,
      completionPer1m: 75,
      books: [{ book: 'litellm', date: '2026-08-06' }],
      madeAt: [],
    },
    {
      ...listed,
      model: 'openai/gpt-nano',
      promptPer1m: null,
      completionPer1m: null,
      books: [],
      madeAt: ['2026-11-23T00:00:00Z'],
    },
  ]
}
