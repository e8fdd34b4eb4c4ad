import type {
  Comparison,
  Evidence,
  HeldOutFigures,
  Point,
  RunCharts,
  RunMetrics,
  Tuning,
} from '../../src/metrics/result.js'
import type { LabelRow } from '../../src/metrics/label-rows.js'
import {
  aClassifierQuality,
  aLabelRow,
  aMargin,
  aProvenance,
  aQualityLost,
  someLabels,
  somePrices,
} from './a-background.js'

const DAY = 86_400_000
const FROM = Date.UTC(2026, 10, 2)

export const SAMPLE_MODELS = [
  'openai/gpt-nano',
  'mistral/small',
  'anthropic/haiku',
  'anthropic/sonnet',
  'anthropic/opus',
]
const SAMPLE_COSTS = [0.0004, 0.0011, 0.0036, 0.0135, 0.031]
const SAMPLE_QUALITY = [0.701, 0.752, 0.861, 0.941, 0.968]

export function anEvidence(over: Partial<Evidence> = {}): Evidence {
  return {
    mode: 'full-matrix',
    knownShare: 1,
    costEstimatedShare: 0,
    latencyEstimatedShare: 0.02,
    noOutcomeShare: 0,
    qualityBounds: [0.94, 0.94],
    resampling: { unit: 'sessions', units: 2410, replicates: 1000, note: null },
    sentences: ['Every model was asked every request; quality and cost are recorded, not estimated.'],
    ...over,
  }
}

/** One policy's row; means and totals agree for 20,000 requests. */
export function aRun(over: Partial<RunMetrics> = {}): RunMetrics {
  const offered = over.offered ?? 20_000
  const mean = over.meanCostUsd === undefined ? 0.0062 : over.meanCostUsd
  const baseline = over.baselineCostUsd === undefined ? 620 : over.baselineCostUsd
  const cost = mean === null ? null : mean * offered
  return {
    policyId: 'heuristic',
    contentHash: 'sha256:5f1c7b3a90c7e1d2',
    description: 'Cheapest model that the heuristic classifier calls capable',
    offered,
    served: offered,
    downgraded: 0,
    truncated: 0,
    deferred: 0,
    rejected: 0,
    unresolved: 0,
    costUsd: cost,
    meanCostUsd: mean,
    costCi: mean === null ? null : [mean * 0.94, mean * 1.06],
    baselineCostUsd: baseline,
    savedByRouting: cost === null || baseline === null ? null : baseline - cost,
    avoidedByRefusing: 0,
    savingsCi:
      cost === null || baseline === null
        ? null
        : [1 - (cost * 1.06) / baseline, 1 - (cost * 0.94) / baseline],
    quality: 0.952,
    qualityCi: [0.946, 0.957],
    qualityServed: 0.952,
    servedShare: 1,
    knownShare: 1,
    qualityDelta: -0.016,
    qualityDeltaCi: [-0.021, -0.011],
    qualityDeltaKnownShare: 1,
    qualityDeltaBounds: [-0.016, -0.016],
    modelShare: { [SAMPLE_MODELS[0]!]: 0.42, [SAMPLE_MODELS[2]!]: 0.36, [SAMPLE_MODELS[4]!]: 0.22 },
    latencyMs: { p50: 900, p95: 4800 },
    delayMs: null,
    budget: { capGuarantee: 'none', pools: 0, violations: 0, overspendUsd: 0, strandedUsd: 0 },
    control: { quality: 0.861, costUsd: 0.0062, gain: 0.091, gainCi: [0.084, 0.098], permutations: 200 },
    gainOverHull: { points: 0.041, ci: [0.035, 0.047] },
    routingSkill: 'yes',
    routingSkillBecause:
      'Its gain over both the hull of single models and the shuffled decisions is above 0 at 95 %.',
    evidence: anEvidence(),
    ...over,
  }
}

/** Charts' rows for one run: a week in 4-hour bins, two pools, five tasks. */
export function runCharts(
  over: Partial<RunCharts> & { readonly shares?: readonly number[]; readonly bound?: boolean } = {},
): RunCharts {
  const { shares = [0.42, 0, 0.36, 0, 0.22], bound = true, ...rest } = over
  const bins = Array.from({ length: 42 }, (_, i) => FROM + (i * DAY) / 6)
  const load = (i: number): number => Math.round(480 + 420 * Math.sin((i % 6) - 1.2))
  return {
    mixByDifficulty: Array.from({ length: 10 }, (_, decile) =>
      SAMPLE_MODELS.map((model, m) => ({
        from: decile / 10,
        to: (decile + 1) / 10,
        model,
        requests: Math.round(2000 * (shares[m] ?? 0) * Math.max(0, 1 + (m / 2 - 1) * (decile / 4.5 - 1))),
      })),
    ).flat(),
    mixByTask: ['completion', 'docstring', 'debug', 'refactor', 'design'].flatMap((task, t) =>
      SAMPLE_MODELS.map((model, m) => ({
        task,
        model,
        requests: Math.round(4000 * (shares[m] ?? 0) * Math.max(0, 1 + (m / 2 - 1) * (t / 2 - 1))),
        quality: 0.9 - t * 0.02 + m * 0.01,
        costUsd: 40 * (shares[m] ?? 0) * (m + 1),
      })),
    ),
    endsByTime: bins.map((at, i) => ({
      at,
      served: load(i),
      downgraded: bound && i % 6 > 3 ? Math.round(load(i) * 0.2) : 0,
      deferred: bound && i % 6 === 4 ? 30 : 0,
      rejected: bound && i % 6 === 5 ? 18 : 0,
      costUsd: load(i) * 0.006,
    })),
    poolSpend: bound
      ? [
          {
            budgetId: 'org-day',
            label: 'acme',
            capUsd: 20,
            points: bins.map((at, i) => ({ at, usedUsd: Math.min(20, ((i % 6) + 1) * 3.6) })),
          },
          {
            budgetId: 'user-day',
            label: 'acme/u17',
            capUsd: 0.5,
            points: bins.map((at, i) => ({ at, usedUsd: ((i % 6) + 1) * 0.06 })),
          },
          {
            budgetId: 'session',
            label: 's-1184',
            capUsd: 1,
            points: bins.map((at, i) => ({ at, usedUsd: Math.min(0.97, i * 0.03) })),
          },
        ]
      : [],
    poolWindows: bound
      ? [
          {
            budgetId: 'org-day',
            label: 'acme',
            start: FROM,
            end: FROM + DAY,
            capUsd: 20,
            spentUsd: 19.98,
            overspendUsd: 0,
            bindings: 612,
            violated: false,
          },
          {
            budgetId: 'session',
            label: 's-1184',
            start: FROM,
            end: null,
            capUsd: 1,
            spentUsd: 0.97,
            overspendUsd: 0,
            bindings: 14,
            violated: false,
          },
        ]
      : [],
    budgets: bound
      ? [
          { budgetId: 'org-day', pools: 28, violations: 0, spentUsd: 118, strandedUsd: 0.31, bindings: 1840 },
          { budgetId: 'user-day', pools: 1960, violations: 0, spentUsd: 118, strandedUsd: 2.2, bindings: 96 },
          { budgetId: 'session', pools: 2410, violations: 0, spentUsd: 118, strandedUsd: 0, bindings: 14 },
        ]
      : [],
    reasons: [
      { reason: 'cheapestCapable', requests: 18_100 },
      { reason: 'downgraded: org-day', requests: 1_790 },
      { reason: 'rejected: org-day', requests: 110 },
    ],
    labels: someLabels(),
    qualityLost: aQualityLost(),
    classifier: aClassifierQuality(),
    ...rest,
  }
}

export function aTuning(over: Partial<Tuning> = {}): Tuning {
  return {
    policyId: 'tuned',
    contentHash: 'sha256:90aa17',
    file: 'policies/tuned.json',
    candidates: 480,
    objective: 'min cost',
    constraints: ['quality >= 0.98 * baseline', 'servedShare >= baseline'],
    split: { rule: 'by time: first 50 %, next 25 %, last 25 %', tune: 10_000, validate: 5_000, test: 5_000 },
    promised: {
      costUsd: 0.0055,
      costInterval: [0.0052, 0.0058],
      quality: 0.956,
      qualityInterval: [0.949, 0.962],
    },
    heldOut: {
      costUsd: 0.0057,
      costInterval: [0.0053, 0.0061],
      quality: 0.951,
      qualityInterval: [0.944, 0.958],
    },
    frontier: [0.002, 0.003, 0.004, 0.0055, 0.009, 0.016].map((costUsd, i) => ({
      label: `c${i}`,
      costUsd,
      quality: 0.88 + i * 0.017,
    })),
    ...over,
  }
}

/** As a tuned policy's file has them, of `aTuning`'s held-out requests. */
export function heldOutFigures(over: Partial<HeldOutFigures> = {}): HeldOutFigures {
  return {
    ...aTuning().heldOut,
    requests: 5000,
    baseline: { label: 'anthropic/opus', costUsd: 0.0307, quality: 0.965 },
    qualityDelta: -0.014,
    qualityDeltaInterval: [-0.02, -0.008],
    savedShare: 0.814,
    savedShareInterval: [0.801, 0.827],
    ...over,
  }
}

const singles: Point[] = SAMPLE_MODELS.map((label, i) => ({
  label,
  costUsd: SAMPLE_COSTS[i]!,
  quality: SAMPLE_QUALITY[i]!,
}))

/** The shipped sample's shape: synthetic data at 50,000 requests a day, baseline plus five policies, tuned. */
export function aComparison(over: Partial<Comparison> = {}): Comparison {
  const allFrontier = { [SAMPLE_MODELS[4]!]: 1 }
  const proved = {
    capGuarantee: 'proved',
    pools: 4398,
    violations: 0,
    overspendUsd: 0,
    strandedUsd: 2.51,
  } as const
  const none = { quality: null, costUsd: null, gain: null, gainCi: null, permutations: 0 }
  const runs: RunMetrics[] = [
    aRun({
      policyId: 'baseline',
      description: 'Every request to anthropic/opus, uncapped',
      meanCostUsd: 0.031,
      savedByRouting: 0,
      savingsCi: [0, 0],
      quality: 0.968,
      qualityCi: [0.964, 0.972],
      qualityServed: 0.968,
      qualityDelta: 0,
      qualityDeltaCi: [0, 0],
      modelShare: allFrontier,
      control: none,
      gainOverHull: { points: 0, ci: null },
      routingSkill: 'no evidence',
      routingSkillBecause: 'It is a single model: nothing is routed.',
    }),
    aRun({
      policyId: 'baselineCapped',
      description: 'The baseline under the same budgets',
      meanCostUsd: 0.0105,
      savedByRouting: 0,
      savingsCi: [0, 0],
      avoidedByRefusing: 410,
      quality: 0.328,
      qualityCi: [0.29, 0.36],
      qualityServed: 0.967,
      servedShare: 0.339,
      served: 6780,
      rejected: 13_220,
      qualityDelta: -0.64,
      qualityDeltaCi: [-0.67, -0.61],
      modelShare: allFrontier,
      budget: proved,
      control: none,
      gainOverHull: { points: null, ci: null },
      routingSkill: 'no evidence',
      routingSkillBecause: 'It is a single model: nothing is routed.',
    }),
    aRun(),
    aRun({
      policyId: 'heuristic-caps',
      description: 'The same under worst-case caps',
      meanCostUsd: 0.0058,
      quality: 0.941,
      qualityCi: [0.934, 0.947],
      qualityServed: 0.946,
      served: 19_890,
      servedShare: 0.9945,
      downgraded: 1790,
      deferred: 210,
      rejected: 104,
      unresolved: 6,
      avoidedByRefusing: 3.1,
      qualityDelta: -0.027,
      qualityDeltaCi: [-0.033, -0.021],
      delayMs: { count: 204, p50: 840_000, p95: 3_100_000, max: 3_590_000 },
      budget: proved,
    }),
    aRun({
      policyId: 'shuffled-control',
      description: 'The heuristic’s models, handed out by lot',
      meanCostUsd: 0.0062,
      quality: 0.861,
      qualityCi: [0.852, 0.869],
      qualityServed: 0.861,
      qualityDelta: -0.107,
      qualityDeltaCi: [-0.115, -0.099],
      gainOverHull: { points: -0.032, ci: [-0.04, -0.024] },
      control: { quality: 0.861, costUsd: 0.0062, gain: 0, gainCi: [-0.006, 0.007], permutations: 200 },
      routingSkill: 'no evidence',
      routingSkillBecause: 'Its decisions shuffled among the requests do as well (gain −0.6 to +0.7 points).',
    }),
    aRun({
      policyId: 'tuned',
      contentHash: 'sha256:90aa17',
      description: 'Chosen on held-out data',
      meanCostUsd: 0.0057,
      quality: 0.957,
      qualityCi: [0.951, 0.962],
      qualityServed: 0.958,
      downgraded: 340,
      qualityDelta: -0.011,
      qualityDeltaCi: [-0.016, -0.006],
      budget: proved,
      chosenOnThisLog: true,
      heldOut: heldOutFigures(),
    }),
  ]
  return {
    formatVersion: 1,
    runId: 'sample-5f1c7b3a',
    log: {
      path: 'datasets/sample.db',
      hash: 'sha256:c0ffee12',
      requests: 20_000,
      models: 5,
      from: FROM,
      to: FROM + 7 * DAY,
      arrivals: 'synthetic',
      evidence: 'full-matrix',
      syntheticData: true,
    },
    seed: 1,
    baseline: { label: 'anthropic/opus', rule: 'the most frequent logged model' },
    filters: [],
    runs,
    charts: [
      runCharts({ shares: [0, 0, 0, 0, 1], bound: false }),
      runCharts({ shares: [0, 0, 0, 0, 0.34] }),
      runCharts({ bound: false }),
      runCharts({ shares: [0.46, 0, 0.36, 0, 0.18] }),
      runCharts({ shares: [0.42, 0, 0.36, 0, 0.22], bound: false }),
      runCharts({ shares: [0.4, 0.1, 0.2, 0.2, 0.1] }),
    ],
    references: {
      singles,
      hull: singles.filter((_, i) => i !== 1),
      oracle: { label: 'oracle', costUsd: 0.0021, quality: 0.991 },
      randomMix: [singles[0]!, singles[4]!],
    },
    tuning: aTuning(),
    scaleToRequestsPerDay: 50_000,
    prices: somePrices(),
    margin: aMargin(),
    provenance: aProvenance(),
    ...over,
  }
}

/** A public benchmark's shape: 41 models whose costs span three decades, no times, fixed policies only. */
export function manyModels(): Comparison {
  const many: Point[] = Array.from({ length: 41 }, (_, i) => ({
    label: `provider-${i % 7}/model-${i}-instruct-v${1 + (i % 3)}`,
    costUsd: 0.00002 * 10 ** (((i * 7) % 41) / 12.5),
    quality: 0.55 + 0.4 * (((i * 7) % 41) / 41) ** 0.6 - 0.05 * ((i * 13) % 5),
  }))
  const hull = many
    .filter((a) => !many.some((b) => b.costUsd < a.costUsd && b.quality >= a.quality))
    .sort((a, b) => a.costUsd - b.costUsd)
  const base = aComparison()
  const name = hull.at(-1)!.label
  const runs = [
    aRun({
      policyId: 'baseline',
      offered: 2840,
      meanCostUsd: 0.021,
      baselineCostUsd: 59.6,
      quality: 0.944,
      qualityCi: [0.935, 0.952],
      modelShare: { [name]: 1 },
      savedByRouting: 0,
      savingsCi: [0, 0],
    }),
    aRun({
      policyId: 'fixed-mid',
      offered: 2840,
      meanCostUsd: 0.0022,
      baselineCostUsd: 59.6,
      quality: 0.861,
      qualityCi: [0.848, 0.874],
      routingSkill: 'no evidence',
      routingSkillBecause: 'It is a single model: nothing is routed.',
    }),
    aRun({
      policyId: 'heuristic',
      offered: 2840,
      meanCostUsd: 0.0031,
      baselineCostUsd: 59.6,
      quality: 0.903,
      qualityCi: [0.891, 0.914],
    }),
  ]
  return {
    ...base,
    runId: 'zeroeval-41',
    log: {
      ...base.log,
      path: 'zeroeval.db',
      requests: 2840,
      models: 41,
      from: null,
      to: null,
      syntheticData: false,
    },
    baseline: { label: name, rule: 'the most frequent logged model' },
    runs,
    charts: runs.map(() => ({
      ...runCharts({ bound: false }),
      mixByDifficulty: many.slice(0, 14).flatMap((m, i) => [
        { from: 0, to: 0.1, model: m.label, requests: 20 + i },
        { from: 0.9, to: 1, model: m.label, requests: 40 - i },
      ]),
      endsByTime: [],
    })),
    references: {
      singles: many,
      hull,
      oracle: { label: 'oracle', costUsd: 0.0004, quality: 0.995 },
      randomMix: [hull[0]!, hull.at(-1)!],
    },
    tuning: null,
    scaleToRequestsPerDay: null,
  }
}

/** Everything that may be unknown is unknown. */
export function unknowns(): Comparison {
  const { margin: _margin, ...base } = aComparison()
  const run = aRun({
    description: null,
    meanCostUsd: null,
    costCi: null,
    baselineCostUsd: null,
    savedByRouting: null,
    avoidedByRefusing: null,
    savingsCi: null,
    quality: null,
    qualityCi: null,
    qualityServed: null,
    servedShare: 0.4,
    knownShare: 0.12,
    qualityDelta: null,
    qualityDeltaCi: null,
    modelShare: {},
    latencyMs: { p50: null, p95: null },
    control: { quality: null, costUsd: null, gain: null, gainCi: null, permutations: 0 },
    gainOverHull: { points: null, ci: null },
    budget: { capGuarantee: 'estimated', pools: 3, violations: 1, overspendUsd: 0.4, strandedUsd: 0 },
    routingSkill: 'no evidence',
    routingSkillBecause: 'Quality is known for 12 % of the requests only; a verdict needs 95 %.',
    evidence: anEvidence({
      mode: 'logged-deterministic',
      knownShare: 0.12,
      noOutcomeShare: 0.88,
      qualityBounds: [0.1, 0.98],
      resampling: {
        unit: 'windows',
        units: 7,
        replicates: 0,
        note: 'pools bound 4 % of requests over 7 windows: under ten windows there is no interval',
      },
      sentences: ['One model answered each request.'],
    }),
  })
  const empty: RunCharts = {
    mixByDifficulty: [],
    mixByTask: [],
    endsByTime: [],
    poolSpend: [],
    poolWindows: [],
    budgets: [],
    reasons: [],
  }
  const nothing = { costUsd: null, costInterval: null, quality: null, qualityInterval: null }
  return {
    ...base,
    runId: 'unknowns',
    log: {
      ...base.log,
      from: null,
      to: null,
      evidence: 'logged-deterministic',
      syntheticData: false,
      arrivals: 'logged',
    },
    filters: ['task=debug'],
    runs: [{ ...run, policyId: 'baseline' }, run],
    charts: [
      empty,
      {
        ...empty,
        labels: [{ label: 'org', values: 2, rows: [anUnknownLabel('acme'), anUnknownLabel(null)] }],
        qualityLost: null,
        classifier: null,
      },
    ],
    references: { singles: [], hull: [], oracle: null, randomMix: [] },
    tuning: aTuning({ promised: nothing, heldOut: nothing, frontier: [] }),
    scaleToRequestsPerDay: null,
  }
}

function anUnknownLabel(value: string | null): LabelRow {
  return aLabelRow({ value, quality: null, models: {} })
}

export const HOSTILE_NAMES = [
  '<script>alert(1)</script>',
  '</style><img src=x onerror=alert(2)>',
  `"'><svg onload=alert(3)> & {{x}} \${y}`,
  'x'.repeat(300),
  '\u202egnp.exe مرحبا بالعالم 🧨👩‍👩‍👧‍👦',
  '\u001b[31mred\u001b[0m\nnext\u0000line',
  '__proto__',
]

/** The sample with every name out of a log or policy replaced by one that attacks the page or the terminal. */
export function hostile(): Comparison {
  const text = JSON.stringify(aComparison())
  const names = [
    ...SAMPLE_MODELS,
    'heuristic',
    'tuned',
    'completion',
    'org-day',
    'acme',
    'sessions',
    'datasets/sample.db',
    'by time: first 50 %, next 25 %, last 25 %',
  ]
  const replaced = names.reduce(
    (all, name, i) => all.replaceAll(`"${name}"`, JSON.stringify(HOSTILE_NAMES[i % HOSTILE_NAMES.length])),
    text,
  )
  return JSON.parse(replaced) as Comparison
}
