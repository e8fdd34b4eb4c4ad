import { expect, it } from 'vitest'
import { replay } from '../../src/replay/replay.js'
import {
  FIRST_DOES_NOT_FIT,
  FIRST_FITS,
  FIRST_NOT_ASKED,
  FIRST_UNKNOWN,
} from '../../src/replay/reservations.js'
import { FLAG_DOWNGRADED } from '../../src/replay/steps.js'
import { aBudget, aPolicy, LARGE, SMALL } from '../builders/a-policy.js'
import { aTable, type TableRow } from '../builders/a-table.js'

const hard = (at: number, large: TableRow['outcomes'], parts: Partial<TableRow> = {}): TableRow => ({
  at,
  scope: { org: 'acme' },
  difficulty: 0.9,
  outcomes: { small: { costNanoUsd: 1, latencyMs: 1 }, ...large },
  ...parts,
})
const costs = (costNanoUsd: number): TableRow['outcomes'] => ({ large: { costNanoUsd, latencyMs: 1 } })

/** `large` expects 100 x 10 + 100 x 50 = 6000 micro-dollars, `small` 300; the cap is 5000. */
const policy = aPolicy({
  models: [SMALL, LARGE],
  budgets: [aBudget('org', 0.005)],
  reservation: { mode: 'estimateWithMargin', margin: 0 },
})
const watched = (rows: readonly TableRow[]) => replay(aTable(rows), policy, { watchReservations: true })

it('a downgrade is judged by what the first candidate would have cost, before the cheaper one is held', () => {
  const rows = [
    hard(0, costs(4_900_000)),
    hard(10_000, costs(5_000_000)),
    hard(20_000, {}),
    hard(30_000, {}, { needs: ['vision'] }),
  ]
  const { steps, reservations } = watched(rows)
  expect(Array.from(steps.flags, (flag) => flag & FLAG_DOWNGRADED)).toEqual([1, 1, 1, 0])
  expect([...(reservations?.first ?? [])]).toEqual([
    FIRST_FITS,
    FIRST_DOES_NOT_FIT,
    FIRST_UNKNOWN,
    FIRST_NOT_ASKED,
  ])
  expect([...(reservations?.reservedNanoUsd ?? [])]).toEqual([300_000, 300_000, 300_000, NaN])
})

it('what is held by calls in flight is not free', () => {
  const slow = { small: { costNanoUsd: 1, latencyMs: 1000 }, ...costs(4_800_000) }
  const { reservations } = watched([hard(0, slow), hard(1, slow)])
  // 300 micro-dollars are held: 4700 are free.
  expect([...(reservations?.first ?? [])]).toEqual([FIRST_FITS, FIRST_DOES_NOT_FIT])
})

it('watching changes nothing, and unwatched nothing is told', () => {
  const table = aTable([hard(0, costs(1)), hard(1, costs(2))])
  const { reservations, ...rest } = replay(table, policy)
  expect(reservations).toBeUndefined()
  expect({ ...replay(table, policy, { watchReservations: true }), reservations }).toEqual({
    ...rest,
    reservations,
  })
})
