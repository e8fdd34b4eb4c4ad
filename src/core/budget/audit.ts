import type { EndKind, Settlement } from '../log-record.js'
import type { Reservation } from './ledger.js'
import type { ReservationBook } from './reservation-book.js'

/** A budget's pool by its label; labels of a composite scope are joined by `/`, `*` is the shared pool. */
export interface PoolName {
  readonly budgetId: string
  readonly label: string
}

/** Why a pool stands where it stands: the charges of its windows, reservation by reservation. Amounts in nano-dollars. */
export interface PoolAudit extends PoolName {
  /** Oldest first; none where nothing was ever admitted under the label. */
  readonly windows: readonly WindowAudit[]
}

export interface WindowAudit {
  readonly start: number
  /** null where the window has no end. */
  readonly end: number | null
  /** Smallest cap under which something was admitted. */
  readonly capNanoUsd: number
  /** The sum of the lines' charges, what was forgotten and what was carried over. */
  readonly spentNanoUsd: number
  /** The sum of what lines without an end hold. */
  readonly heldNanoUsd: number
  readonly lines: readonly AuditLine[]
  /**
   * Charges that no line is left for: of reservations that ended longer ago than the store remembers, and what an older window
   * of this budget had charged when a policy changed it.
   */
  readonly forgottenNanoUsd: number
}

export interface AuditLine {
  readonly reservationId: string
  readonly admittedAt: number
  readonly reservedNanoUsd: number
  readonly status: 'held' | EndKind
  /** 0 while it is held. */
  readonly chargedNanoUsd: number
  /** `actual`: from usage; `estimated`: by a rule; `bound`: the whole reservation; null while it is held. */
  readonly settlement: Settlement | null
}

/** What a book knows of a pool. */
export function auditPool(book: ReservationBook, { budgetId, label }: PoolName): PoolAudit {
  const slot = book.ledger.slots.find(({ id }) => id === budgetId)
  const account = slot?.labels.indexOf(label) ?? -1
  if (slot === undefined || account < 0) return { budgetId, label, windows: [] }
  const lines = new Map<number, AuditLine[]>()
  for (const [id, reservation] of book.reservations()) {
    const index = reservation.pools.findIndex((pool) => pool.slot === slot && pool.label === label)
    const row = reservation.rows[index]
    if (row === undefined) continue
    const known = lines.get(row)
    if (known === undefined) lines.set(row, [lineOf(id, reservation)])
    else known.push(lineOf(id, reservation))
  }
  const windows: WindowAudit[] = []
  for (let row = 0; row < slot.pools.size; row++) {
    if (slot.pools.accountOf(row) !== account) continue
    const { start, end, cap, spent, held } = slot.pools.row(row)
    const own = lines.get(row) ?? []
    const known = own.reduce((sum, { chargedNanoUsd }) => sum + chargedNanoUsd, 0)
    windows.push({
      start,
      end,
      capNanoUsd: cap,
      spentNanoUsd: spent,
      heldNanoUsd: held,
      lines: own,
      forgottenNanoUsd: spent - known,
    })
  }
  return { budgetId, label, windows }
}

function lineOf(reservationId: string, reservation: Reservation): AuditLine {
  const { admittedAt, choice, status, charged, settlement } = reservation
  return {
    reservationId,
    admittedAt,
    reservedNanoUsd: choice.reservedNanoUsd,
    status,
    chargedNanoUsd: charged,
    settlement: settlement ?? null,
  }
}
