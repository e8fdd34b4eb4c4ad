import { describe, expect, it } from 'vitest'
import { requestColumns } from '../../src/metrics/request-columns.js'
import { loggedOnly } from '../../src/replay/rows.js'
import { aComparison, anOutcome, aRun, aTable, aText } from './builders.js'

const ROWS = Array.from({ length: 40 }, (_, row) => row)

/** Ten sessions of four turns, all answered by `m`, as a team logs them. */
const table = loggedOnly(
  aTable({
    outcomes: [
      anOutcome(
        'm',
        ROWS.map(() => 1),
        0.01,
      ),
    ],
    labels: { session: aText(ROWS.map((row) => `s${row % 10}`)) },
    chosen: new Int32Array(ROWS.length),
    sessionQuality: new Float64Array(ROWS.length).fill(1),
  }),
)

describe('what is kept of each request', () => {
  it('has no quality where that is not of requests', () => {
    const input = aComparison(table, [aRun(table, () => 0)])
    const [byRequest] = requestColumns(input).runs
    expect([...byRequest!.run.quality]).toEqual(ROWS.map(() => 1))
    const [bySession] = requestColumns({ ...input, qualityUnit: 'session' }).runs
    expect(bySession!.run.quality.every(Number.isNaN)).toBe(true)
    expect(bySession!.run.costNanoUsd).toEqual(byRequest!.run.costNanoUsd)
  })

  it('has none off the trajectory, where quality is not identified', () => {
    // With one model alone the log would be a full matrix: another one was never asked.
    const partly = {
      ...table,
      outcomes: [
        ...table.outcomes,
        anOutcome(
          'n',
          ROWS.map(() => NaN),
          NaN,
        ),
      ],
    }
    const [run] = requestColumns(aComparison(partly, [aRun(partly, (row) => (row < 5 ? -1 : 0))])).runs
    const unknown = ROWS.filter((row) => Number.isNaN(run!.run.quality[row]))
    expect(unknown).toEqual(ROWS.filter((row) => row >= 10 && row % 10 < 5))
  })
})
