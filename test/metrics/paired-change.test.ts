import { describe, expect, it } from 'vitest'
import { describe as clustersOf } from '../../src/metrics/clusters.js'
import { pairedChange } from '../../src/metrics/paired-change.js'
import type { RunColumns } from '../../src/metrics/request-columns.js'

const SIZE = 400
const options = { seed: 1, replicates: 400 }
const rows = <T>(of: (row: number) => T): T[] => Array.from({ length: SIZE }, (_, row) => of(row))

function columns(
  cost: (row: number) => number,
  quality: (row: number) => number,
  { served = () => 1, sessions = 100 }: { served?: (row: number) => number; sessions?: number } = {},
): RunColumns {
  return {
    policyId: 'p',
    contentHash: 'h',
    run: {
      size: SIZE,
      served: Uint8Array.from(rows(served)),
      costNanoUsd: Float64Array.from(rows(cost)),
      quality: Float64Array.from(rows(quality)),
    },
    clusters: clustersOf('sessions', Int32Array.from(rows((row) => row % sessions))),
  }
}

/** Requests differ a lot, the two runs hardly. */
const wild = (row: number): number => 1e6 * (1 + ((row * 7919) % 997))
const easy = (row: number): number => ((row * 31) % 10 < 7 ? 1 : 0)

describe('paired change', () => {
  it('is far tighter than requests differ, since each is held against itself', () => {
    const from = columns(wild, easy)
    const to = columns((row) => wild(row) - 1e6 - (row % 3) * 1e5, easy)
    const { changes, because, unit, units } = pairedChange(from, to, options)
    expect(changes.costUsd.change).toBeCloseTo(-0.0010999, 5)
    const [low, high] = changes.costUsd.ci!
    expect(low).toBeLessThan(changes.costUsd.change!)
    expect(high).toBeGreaterThan(changes.costUsd.change!)
    expect(high - low).toBeLessThan(0.0001)
    expect(changes.costShare.change).toBeLessThan(0)
    expect({ because, unit, units }).toEqual({ because: null, unit: 'sessions', units: 100 })
  })

  it('says of a difference never seen how large it may be all the same', () => {
    const { changes } = pairedChange(
      columns(wild, easy),
      columns((row) => wild(row) + 5, easy),
      options,
    )
    expect(changes.quality.change).toBe(0)
    expect(changes.quality.ci![0]).toBeLessThan(-0.01)
    expect(changes.quality.ci![1]).toBeGreaterThan(0.01)
    expect(changes.served).toMatchObject({ change: 0 })
  })

  it('turns its sign with the order of the runs', () => {
    const [a, b] = [
      columns(wild, easy),
      columns(
        (row) => wild(row) * 0.9,
        (row) => (row % 5 === 0 ? 0 : easy(row)),
      ),
    ]
    const [there, back] = [pairedChange(a, b, options), pairedChange(b, a, options)]
    expect(back.changes.costUsd.change).toBeCloseTo(-there.changes.costUsd.change!, 12)
    expect(back.changes.quality.change).toBeCloseTo(-there.changes.quality.change!, 12)
    expect(there.changes.quality.ci![1]).toBeLessThan(0)
  })

  it('has no interval where both did the same, or too little is drawn as a whole', () => {
    const run = columns(wild, easy)
    const same = pairedChange(run, run, options)
    expect(same.changes.costUsd).toEqual({ change: 0, ci: null })
    expect(same.because).toBe('both runs did the same on every request')
    const few = pairedChange(
      run,
      columns((row) => wild(row) + 1, easy, { sessions: 7 }),
      options,
    )
    expect(few.changes.costUsd.ci).toBeNull()
    expect(few.because).toMatch(/only 7 sessions, 10 are needed/)
    expect(few.units).toBe(7)
  })

  it('knows no difference of what is known under one run only', () => {
    const half = columns(
      (row) => (row % 2 === 0 ? NaN : 1e6),
      (row) => (row % 2 === 0 ? NaN : 1),
    )
    const { changes, because } = pairedChange(columns(wild, easy), half, options)
    expect(changes.costUsd).toEqual({ change: null, ci: null })
    expect(changes.costShare).toEqual({ change: null, ci: null })
    expect(changes.quality).toEqual({ change: null, ci: null })
    expect(because).toBe('cost and quality under both runs is known for less than 95 % of the requests')
  })
})
