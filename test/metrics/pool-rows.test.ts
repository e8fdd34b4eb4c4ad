import { describe, expect, it } from 'vitest'
import { poolSpend } from '../../src/metrics/pool-rows.js'
import { aPoolWindow } from './builders.js'

const series = {
  budgetId: 'day',
  label: 'x',
  capNanoUsd: 5e9,
  points: [
    { at: 0, usedNanoUsd: 4e9 },
    { at: 1, usedNanoUsd: 6e9 },
  ],
}
const windowOf = (over: Partial<Parameters<typeof aPoolWindow>[0]>) =>
  aPoolWindow({ budgetId: 'day', label: 'x', capNanoUsd: 5e9, ...over })

describe('spend against cap', () => {
  it('is never over a cap that no window was over, whatever a bin of time counts', () => {
    const [pool] = poolSpend([series], [windowOf({}), windowOf({})])
    expect(pool).toMatchObject({ capUsd: 5, points: [{ usedUsd: 4 }, { usedUsd: 5 }] })
  })

  it('is as it was where a window was over its cap', () => {
    const [pool] = poolSpend([series], [windowOf({}), windowOf({ violated: true })])
    expect(pool).toMatchObject({ capUsd: 5, points: [{ usedUsd: 4 }, { usedUsd: 6 }] })
  })

  it('has the largest cap that a window had, as rollover gives it', () => {
    const [pool] = poolSpend([series], [windowOf({}), windowOf({ capNanoUsd: 7e9 })])
    expect(pool).toMatchObject({ capUsd: 7, points: [{ usedUsd: 4 }, { usedUsd: 6 }] })
  })
})
