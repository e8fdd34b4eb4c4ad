import { describe, expect, it } from 'vitest'
import { describe as clustersOf } from '../../src/metrics/clusters.js'
import type { RequestColumns } from '../../src/metrics/request-columns.js'
import type { Comparison } from '../../src/metrics/result.js'
import { runChanges, sameRequests, type RunChangesInput } from '../../src/metrics/run-changes.js'
import { aComparison, aRun } from '../builders/a-comparison.js'

const SIZE = 200

/** Runs whose requests cost and keep what their figures say. */
function columnsOf({ log, runs }: Comparison, requestsHash = 'all'): RequestColumns {
  const clusters = clustersOf(
    'sessions',
    Int32Array.from({ length: SIZE }, (_, row) => row % 50),
  )
  return {
    logHash: log.hash,
    requestsHash,
    size: SIZE,
    runs: runs.map(({ policyId, contentHash, meanCostUsd, quality }) => ({
      policyId,
      contentHash,
      clusters,
      run: {
        size: SIZE,
        served: new Uint8Array(SIZE).fill(1),
        costNanoUsd: Float64Array.from({ length: SIZE }, (_, row) =>
          Math.round((meanCostUsd ?? NaN) * 1e9 * (0.5 + (row % 11) / 10)),
        ),
        quality: new Float64Array(SIZE).fill(quality ?? NaN),
      },
    })),
  }
}

const first = aComparison({ runId: 'first' })
const withRuns = (over: Partial<Comparison>): Comparison => ({ ...aComparison({ runId: 'second' }), ...over })
const input = (to: Comparison, over: Partial<RunChangesInput> = {}): RunChangesInput => ({
  from: first,
  to,
  fromColumns: columnsOf(first),
  toColumns: columnsOf(to),
  seed: 1,
  replicates: 200,
  ...over,
})
const ids = (changes: ReturnType<typeof runChanges>): (string | null)[][] =>
  changes.policies.map(({ policyId, renamedTo }) => [policyId, renamedTo])

describe('changes between runs', () => {
  it('match policies by name, else by content, and a single one that is left with the other', () => {
    const runs = first.runs.map((run) =>
      run.policyId === 'heuristic'
        ? { ...run, policyId: 'renamed' }
        : run.policyId === 'tuned'
          ? aRun({ policyId: 'other', contentHash: 'sha256:other' })
          : run,
    )
    const changes = runChanges(input(withRuns({ runs })))
    expect(ids(changes)).toEqual(
      expect.arrayContaining([
        ['heuristic', 'renamed'],
        ['heuristic-caps', null],
        ['tuned', 'other'],
      ]),
    )
    expect(changes.onlyFrom).toEqual([])
    expect(changes.policies.find(({ policyId }) => policyId === 'heuristic')?.isSamePolicy).toBe(true)
  })

  it('name the policies of one run only, and what else differs', () => {
    const changes = runChanges(
      input(withRuns({ runs: first.runs.slice(0, 3), seed: 9, faults: 'abort=0.1' })),
    )
    expect(changes.onlyFrom).toEqual(first.runs.slice(3).map(({ policyId }) => policyId))
    expect(changes.onlyTo).toEqual([])
    expect(changes.differences).toEqual([
      `seed ${first.seed} in the first, 9 in the second`,
      'faults none in the first, abort=0.1 in the second',
    ])
  })

  it('are paired where both runs have their requests, and bare differences where one has not', () => {
    const runs = first.runs.map((run) => ({
      ...run,
      meanCostUsd: (run.meanCostUsd ?? 0) * 0.9,
      costBasis: 'recorded' as const,
    }))
    const to = withRuns({ runs })
    const paired = runChanges(input(to)).policies[2]!
    const bare = runChanges(input(to, { fromColumns: null })).policies[2]!
    expect(paired.costShare.change).toBeCloseTo(-0.1, 6)
    expect(paired.meanCostUsd.ci![1]).toBeLessThan(0)
    expect(paired).toMatchObject({ because: null, unit: 'sessions', units: 50 })
    expect(bare.meanCostUsd.change).toBeCloseTo(paired.meanCostUsd.change!, 5)
    expect(bare.meanCostUsd.ci).toBeNull()
    expect(bare.because).toMatch(/stored without its requests/)
  })

  it('claim no paired interval of estimates', () => {
    const runs = first.runs.map((run) => ({
      ...run,
      evidence: { ...run.evidence, identification: 'estimated' as const },
    }))
    const change = runChanges(input(withRuns({ runs }))).policies[2]!
    expect(change.because).toMatch(/estimates/)
    expect(change.quality.ci).toBeNull()
  })
})

describe('runs that can be paired', () => {
  it('are of the same requests of the same log', () => {
    expect(sameRequests(input(withRuns({})))).toBeNull()
    const other = withRuns({ log: { ...first.log, hash: 'sha256:fff', path: 'x.db' } })
    expect(sameRequests(input(other))).toMatch(/different logs: .* and x\.db \(fff\)/)
    const part = withRuns({ filters: ['where task=debug'], log: { ...first.log, requests: 7 } })
    expect(sameRequests(input(part, { toColumns: columnsOf(part, 'part') }))).toMatch(
      /different requests of .*: 20000 \(no filter\) and 7 \(where task=debug\)/,
    )
    expect(sameRequests(input(part, { fromColumns: null }))).toMatch(/different requests/)
    expect(sameRequests(input(withRuns({}), { fromColumns: null }))).toBeNull()
  })
})
