import type { Budget } from './budget.js'
import type { Choice } from './choose.js'
import type { PoolClaim } from './claims.js'
import {
  createLedger,
  type Admission,
  type AdmitRequest,
  type BudgetSlot,
  type EndAnswer,
  type Ending,
  type Ledger,
  type LedgerState,
  type Reservation,
} from './ledger.js'

/** A ledger with its reservations by id: what a budget store keeps, and what its state on disk is. */
export interface ReservationBook {
  readonly ledger: Ledger
  /**
   * Asking again with the id of a reservation that is held changes nothing and is answered as the first time.
   * @throws RangeError when it has ended: it holds no money for another call.
   */
  admit(id: string, request: AdmitRequest): Admission
  end(id: string, ending: Ending): EndAnswer
  get(id: string): Reservation | undefined
  /** All that are not forgotten, in the order of admission. */
  reservations(): Iterable<readonly [id: string, reservation: Reservation]>
  /** Drops an ended reservation: later answers for it are `unknown`. */
  forget(id: string): void
  configure(budgets: readonly Budget[], at: number): void
  save(): BookState
}

export interface BookState extends LedgerState {
  readonly reservations: readonly SavedReservation[]
}

export type SavedReservation = Omit<Reservation, 'pools' | 'since' | 'settlement'> & {
  readonly id: string
  readonly since: readonly number[] | null
  readonly settlement: NonNullable<Reservation['settlement']> | null
  readonly pools: readonly { readonly slot: number; readonly account: number; readonly claim: PoolClaim }[]
}

export const UNKNOWN: EndAnswer = { status: 'unknown', chargedNanoUsd: 0 }

const REPEATED = { kind: 'admitted', headroomNanoUsd: undefined, boundBy: null, softPassed: [] } as const

/** Empty with these budgets, or as it was saved. */
export function createReservationBook(budgets: readonly Budget[], state?: BookState): ReservationBook {
  const ledger = createLedger(budgets, state)
  const copy = structured(state?.reservations ?? [])
  return bookOf(ledger, new Map(copy.map((saved) => [saved.id, loadReservation(saved, ledger.slots)])))
}

/** A ledger with as many of its reservations as what will be asked needs, in the order of admission. */
export function bookOf(ledger: Ledger, reservations: Map<string, Reservation>): ReservationBook {
  return {
    ledger,
    get: (id) => reservations.get(id),
    reservations: () => reservations,
    forget: (id) => void reservations.delete(id),
    admit(id, request) {
      const known = reservations.get(id)
      if (known !== undefined && known.status !== 'held')
        throw new RangeError(`reservation id must be new or held, got ${id}, which is ${known.status}`)
      if (known !== undefined) return { ...REPEATED, reservation: known }
      const admission = ledger.admit(request)
      if (admission.kind === 'admitted') reservations.set(id, admission.reservation)
      return admission
    },
    end(id, ending) {
      const reservation = reservations.get(id)
      return reservation === undefined ? UNKNOWN : ledger.end(reservation, ending)
    },
    configure: (next, at) => ledger.configure(next, reservations.values(), at),
    save: () => ({
      ...ledger.save(),
      reservations: structured(
        [...reservations].map(([id, reservation]) => saveReservation(id, reservation, ledger.slots)),
      ),
    }),
  }
}

export function saveReservation(
  id: string,
  reservation: Reservation,
  slots: readonly BudgetSlot[],
): SavedReservation {
  const pools = reservation.pools.map(({ slot, account, key: _, ...claim }) => ({
    slot: slots.indexOf(slot),
    account,
    claim,
  }))
  const { since, settlement } = reservation
  return { ...reservation, id, pools, since: since ?? null, settlement: settlement ?? null }
}

/** The slots must be those of the ledger that it was saved from, in their order. */
export function loadReservation(saved: SavedReservation, slots: readonly BudgetSlot[]): Reservation {
  const { choice, admittedAt, expiresAt, status, charged, since } = saved
  return {
    choice: withInfinity(choice),
    admittedAt,
    expiresAt,
    pools: saved.pools.map(({ slot, account, claim }) => ({
      ...claim,
      slot: slots[slot] as BudgetSlot,
      account,
      key: undefined,
    })),
    rows: [...saved.rows],
    since: since === null ? undefined : [...since],
    status,
    charged,
    settlement: saved.settlement ?? undefined,
  }
}

/** An expected cost that nobody knows is Infinity, which JSON writes as null. */
function withInfinity(choice: Choice): Choice {
  const { candidate } = choice
  const expected = candidate.expectedNanoUsd as number | null
  return expected === null ? { ...choice, candidate: { ...candidate, expectedNanoUsd: Infinity } } : choice
}

/** Plain JSON, and no object shared: neither what was saved changes later, nor what was loaded. */
function structured<Value>(value: Value): Value {
  return JSON.parse(JSON.stringify(value)) as Value
}
