import { describe, expect, it } from 'vitest'
import { parsePolicy } from '../../src/core/policy.js'
import { heldOut } from '../../src/metrics/held-out.js'
import { gate, type GateOptions, type GateResult } from '../../src/tune/gate.js'
import { aPlantedLog, aPolicyFile, aTune } from './builders.js'
import type { LogTable } from '../../src/core/log-table.js'

/** Sessions of four, all answered by `dear`; what each came to does not depend on anything. */
function aLog(size: number, parts: Partial<LogTable> = {}): LogTable {
  return aPlantedLog(size, 3, {
    chosen: new Int32Array(size).fill(1),
    sessionQuality: Float64Array.from({ length: size }, (_, row) => (Math.floor(row / 4) % 5 === 0 ? 0 : 1)),
    ...parts,
  }).table
}

const allCheap = { policyId: 'all cheap', selector: { kind: 'fixed', model: 'cheap' } }

describe('the gate by session', () => {
  const table = aLog(1200)
  const gated = (candidate: Record<string, unknown>, parts: Partial<GateOptions> = {}): GateResult =>
    gate({
      tableOf: () => table,
      candidate: parsePolicy(aPolicyFile(candidate)),
      incumbent: parsePolicy(aPolicyFile({ selector: { kind: 'fixed', model: 'dear' } })),
      maxQualityDrop: 0.02,
      maxCostRise: 0.01,
      seed: 1,
      qualityUnit: 'session',
      ...parts,
    })

  it('holds sessions against each other where both go as logged', () => {
    const result = gated({ policyId: 'all dear', tierBoundaries: [0] })
    expect(result).toMatchObject({ verdict: 'pass', sessions: 300, requests: 1200, offTrajectory: false })
    expect(result.candidate.quality).toBeCloseTo(0.8, 10)
    expect(result.quality.knownShare).toBe(1)
  })

  it('is inconclusive where they do not, whatever single answers are worth', () => {
    const result = gated(allCheap)
    expect(result.verdict).toBe('inconclusive')
    expect(result.quality).toMatchObject({ because: 'unknown', knownShare: 0, delta: null })
    expect(result.candidate).toMatchObject({ quality: null, offTrajectoryShare: 0.75 })
    expect(gated(allCheap, { qualityUnit: 'request' }).quality.knownShare).toBe(1)
  })

  it('counts what is needed in requests', () => {
    const result = gated({ policyId: 'all dear', tierBoundaries: [0] }, { maxQualityDrop: 0.001 })
    expect(result.quality.verdict).toBe('inconclusive')
    // Unlike sessions of which none in n tells: n = ln 0.05 / ln(1 - 0.001), each of four requests.
    expect(result.quality.neededRequests).toBe(4 * 2995)
  })
})

describe('tune by session', () => {
  it('keeps to what the log did on nearly all sessions, and says so in the file', async () => {
    const result = await aTune(aLog(4000), {
      policyJson: aPolicyFile({ tierBoundaries: [0.02] }),
      constraints: ['quality >= 0.9 * baseline'],
      qualityUnit: 'session',
      candidates: 40,
    })
    if (result.kind === 'none') throw new Error(result.because)
    expect(result.tuning.heldOut.quality).toBeCloseTo(0.8, 1)
    expect(result.notes.join(' ')).toContain('Quality is by session')
    expect(result.policyJson).toMatchObject({
      evidence: { qualityUnit: 'session' },
      forecast: { quality: [null, null, null] },
    })
  })

  it('needs outcomes of sessions, and whole ones', async () => {
    const none = aLog(800, { sessionQuality: undefined })
    await expect(aTune(none, { qualityUnit: 'session' })).rejects.toThrow(/none of the 200 sessions has one/)
    const constraints = ['quality[task=debug] >= 0.5']
    await expect(aTune(aLog(800), { qualityUnit: 'session', constraints })).rejects.toThrow(
      /is of some requests, and quality by session is of whole sessions/,
    )
  })
})

describe('a policy that was tuned by session', () => {
  it('is quoted by its held-out figures only in that unit', () => {
    const evidence = { logHash: 'h', qualityUnit: 'session', heldOut: { costUsd: 1, quality: 0.5 } }
    expect(heldOut(evidence, 'h', 'session')!.figures).toMatchObject({ quality: 0.5 })
    expect(heldOut(evidence, 'h')!.figures).toBeNull()
  })
})
