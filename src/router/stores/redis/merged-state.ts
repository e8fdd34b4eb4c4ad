import type { LedgerState } from '../../../core/budget/ledger.js'
import type { StoreState } from '../../store.js'

type Slot = LedgerState['slots'][number]

/** Ledgers with pools of the same budgets as one: accounts and rows are numbered one ledger after the other. */
export function mergedState(states: readonly StoreState[]): StoreState {
  const slots: Slot[] = []
  const reservations = states.flatMap(({ ledger }) => {
    const places = ledger.slots.map(({ id }) => slots.findIndex((slot) => slot.id === id))
    const before = places.map((place) => ({
      accounts: slots[place]?.labels.length ?? 0,
      rows: slots[place]?.pools.accounts.length ?? 0,
    }))
    ledger.slots.forEach((slot, index) => {
      const place = places[index] ?? -1
      const known = slots[place]
      if (known === undefined) places[index] = slots.push(slot) - 1
      else slots[place] = joined(known, slot)
    })
    return ledger.reservations.map((reservation) => ({
      ...reservation,
      rows: reservation.rows.map((row, index) =>
        row < 0 ? row : row + (before[reservation.pools[index]?.slot ?? -1]?.rows ?? 0),
      ),
      pools: reservation.pools.map((pool) => ({
        ...pool,
        slot: places[pool.slot] ?? -1,
        account: pool.account + (before[pool.slot]?.accounts ?? 0),
      })),
    }))
  })
  return {
    seq: states.reduce((sum, { seq }) => sum + seq, 0),
    at: states.reduce((latest, { at }) => Math.max(latest, at), -Infinity),
    ledger: { slots, reservations },
  }
}

function joined(first: Slot, second: Slot): Slot {
  const offset = first.labels.length
  return {
    ...first,
    labels: [...first.labels, ...second.labels],
    pools: {
      records: [...first.pools.records, ...second.pools.records],
      accounts: [...first.pools.accounts, ...second.pools.accounts.map((account) => account + offset)],
    },
  }
}
