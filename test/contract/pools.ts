import { describe, expect, it } from 'vitest'
import { createPools } from '../../src/core/budget/pools.js'
import type { Pools } from '../../src/core/budget/pools.js'
import type { WindowSpec } from '../../src/core/policy-schema.js'

const CAP = 1000
const START = Date.parse('2026-03-02T12:00:00Z')

/** What the pools of every window kind must keep to. Runs inside a test file, once for each spec. */
export function poolsContract<Kind extends WindowSpec['kind']>(
  name: string,
  spec: Extract<WindowSpec, { kind: Kind }>,
): void {
  const fresh = (): Pools => createPools(spec)
  const saved = (pools: Pools): string => JSON.stringify(pools.save())

  describe(`${name} keeps the contract of pools`, () => {
    it('an account that was never used has its whole cap, and asking changes nothing', () => {
      const pools = fresh()
      const before = saved(pools)
      expect(pools.free(3, CAP, START)).toBe(CAP)
      expect(pools.used(3, START)).toEqual({ spent: 0, held: 0 })
      expect(pools.earliest(3, { capNanoUsd: CAP, amount: CAP, at: START })).toBe(START)
      expect(pools.earliest(3, { capNanoUsd: CAP, amount: CAP + 1, at: START })).toBeNull()
      pools.ahead(START)
      pools.bounds(START)
      expect(saved(pools)).toBe(before)
    })

    it('what is held is not free, what is charged is not free, and the rest of a hold is free again', () => {
      const pools = fresh()
      const row = pools.hold(0, CAP, 400, START)
      expect(pools.free(0, CAP, START)).toBe(600)
      expect(pools.used(0, START)).toEqual({ spent: 0, held: 400 })
      pools.end(row, { admittedAt: START, held: 400, charged: 150, at: START })
      expect(pools.free(0, CAP, START)).toBe(850)
      expect(pools.used(0, START)).toEqual({ spent: 150, held: 0 })
      expect(pools.row(row).peak).toBe(150)
      expect(pools.row(row).overspend).toBe(0)
    })

    it('a cancelled hold leaves the account as it was', () => {
      const pools = fresh()
      pools.end(pools.hold(0, CAP, 400, START), { admittedAt: START, held: 400, charged: 0, at: START })
      expect(pools.free(0, CAP, START)).toBe(CAP)
    })

    it('a refund lowers the charge at once', () => {
      const pools = fresh()
      const row = pools.hold(0, CAP, 400, START)
      pools.end(row, { admittedAt: START, held: 400, charged: 400, at: START })
      pools.refund(row, { admittedAt: START, amount: 100, at: START })
      expect(pools.free(0, CAP, START)).toBe(700)
      expect(pools.row(row).spent).toBe(300)
    })

    it('accounts do not touch each other', () => {
      const pools = fresh()
      pools.hold(5, CAP, 900, START)
      expect(pools.free(0, CAP, START)).toBe(CAP)
      expect(pools.free(4, CAP, START)).toBe(CAP)
      expect(pools.free(6, CAP, START)).toBe(CAP)
      expect(pools.free(5, CAP, START)).toBe(100)
    })

    it('records a charge above its hold as overspend, and goes below zero rather than hide it', () => {
      const pools = fresh()
      const row = pools.hold(0, CAP, 900, START)
      pools.end(row, { admittedAt: START, held: 900, charged: 1300, at: START })
      expect(pools.row(row).overspend).toBe(400)
      expect(pools.free(0, CAP, START)).toBe(-300)
    })

    it('keeps the smallest cap under which something was admitted', () => {
      const pools = fresh()
      const row = pools.hold(0, CAP, 10, START)
      pools.hold(0, CAP / 2, 10, START)
      pools.hold(0, CAP * 2, 10, START)
      expect(pools.row(row).cap).toBe(CAP / 2)
    })

    it('takes over charges and holds of another definition', () => {
      const pools = fresh()
      const row = pools.carry(2, CAP, { spent: 300, held: 200 }, START)
      expect(pools.free(2, CAP, START)).toBe(500)
      pools.end(row, { admittedAt: START, held: 200, charged: 50, at: START })
      expect(pools.free(2, CAP, START)).toBe(650)
    })

    it('saves to JSON and loads to the same future', () => {
      const pools = fresh()
      const row = pools.hold(1, CAP, 700, START)
      pools.end(pools.hold(1, CAP, 100, START), { admittedAt: START, held: 100, charged: 60, at: START + 7 })
      const loaded = createPools(spec, JSON.parse(saved(pools)))
      for (const later of [0, 1, 1000, 3_600_000, 86_400_000]) {
        const at = START + 7 + later
        expect(loaded.used(1, at)).toEqual(pools.used(1, at))
        expect(loaded.free(1, CAP, at)).toBe(pools.free(1, CAP, at))
        expect(loaded.earliest(1, { capNanoUsd: CAP, amount: 900, at })).toBe(
          pools.earliest(1, { capNanoUsd: CAP, amount: 900, at }),
        )
      }
      for (const one of [pools, loaded])
        one.end(row, { admittedAt: START, held: 700, charged: 500, at: START + 86_400_007 })
      expect(saved(loaded)).toBe(saved(pools))
    })

    it('a share of the window is ahead, and bounds hold the time', () => {
      const pools = fresh()
      expect(pools.ahead(START)).toBeGreaterThan(0)
      expect(pools.ahead(START)).toBeLessThanOrEqual(1)
      const bounds = pools.bounds(START)
      if (bounds !== null) expect(bounds.start <= START && START < bounds.end).toBe(true)
    })
  })
}
