import type { Budget } from './budget.js'
import type { PoolClaim } from './claims.js'
import {
  createLedger,
  type Admission,
  type AdmitRequest,
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

const UNKNOWN: EndAnswer = { status: 'unknown', chargedNanoUsd: 0 }

/** Empty with these budgets, or as it was saved. */
export function createReservationBook(budgets: readonly Budget[], state?: BookState): ReservationBook {
  const ledger = createLedger(budgets, state)
  const reservations = new Map((state?.reservations ?? []).map((saved) => [saved.id, load(saved, ledger)]))
  return {
    ledger,
    get: (id) => reservations.get(id),
    reservations: () => reservations,
    forget: (id) => void reservations.delete(id),
    admit(id, request) {
      const known = reservations.get(id)
      if (known !== undefined && known.status !== 'held')
        throw new RangeError(`reservation id must be new or held, got ${id}, which is ${known.status}`)
      if (known !== undefined) return { kind: 'admitted', reservation: known, boundBy: null, softPassed: [] }
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
      reservations: [...reservations].map(([id, reservation]) => save(id, reservation, ledger)),
    }),
  }
}

/** A pool whose slot was replaced under another scope is saved with slot -1: nothing can be charged to it any more. */
function save(id: string, reservation: Reservation, { slots }: Ledger): SavedReservation {
  const pools = reservation.pools.map(({ slot, account, ...claim }) => ({
    slot: slots.indexOf(slot),
    account,
    claim,
  }))
  const { since, settlement } = reservation
  return { ...reservation, id, pools, since: since ?? null, settlement: settlement ?? null }
}

function load(saved: SavedReservation, { slots }: Ledger): Reservation {
  const copy = JSON.parse(JSON.stringify(saved)) as SavedReservation
  const kept = copy.pools
    .map(({ slot }, index) => ({ slot: slots[slot], index }))
    .filter(({ slot }) => slot !== undefined)
  const { choice, admittedAt, expiresAt, status, charged, since } = copy
  return {
    choice,
    admittedAt,
    expiresAt,
    pools: kept.map(({ slot, index }) => {
      const { account, claim } = copy.pools[index] as SavedReservation['pools'][number]
      return { ...claim, slot: slot as Reservation['pools'][number]['slot'], account }
    }),
    rows: kept.map(({ index }) => copy.rows[index] as number),
    since: since === null ? undefined : kept.map(({ index }) => since[index] as number),
    status,
    charged,
    settlement: copy.settlement ?? undefined,
  }
}
