import type { PoolClaim } from '../../../core/budget/claims.js'
import type { LedgerState, Reservation } from '../../../core/budget/ledger.js'
import type { BookState, SavedReservation } from '../../../core/budget/reservation-book.js'
import type { StoreState } from '../../store.js'
import type { SlotDefinition } from './definitions.js'
import {
  candidateFrom,
  columnsOf,
  listAt,
  numberAt,
  textAt,
  toNumber,
  type Columns,
  type Reply,
} from './reply.js'

interface StoredRecord extends Columns {
  readonly label: string
}

/**
 * `[kind, seq, at, expired, budgets, pools, reservations]` of the scripts that read the ledger, as every store saves it. Where
 * only one pool was read, rows of others are -1.
 */
export function stateFrom(reply: Reply, onePool = false): StoreState {
  const definitions = JSON.parse(textAt(reply, 4)) as readonly SlotDefinition[]
  const records: StoredRecord[][] = definitions.map(() => [])
  for (const entry of listAt(reply, 5) as readonly Reply[]) {
    records[numberAt(entry, 0)]?.push({ label: textAt(entry, 1), ...columnsOf(textAt(entry, 2)) })
  }
  const numbering = records.map(numberingOf)
  const slots = definitions.map((definition, slot) => ({
    ...definition,
    ...poolsOf(records[slot] ?? [], numbering[slot]),
  }))
  const reservations = (listAt(reply, 6) as readonly Reply[])
    .map((entry) =>
      reservationFrom(
        entry,
        (slot, row) => numbering[slot]?.rows.get(row) ?? (onePool ? -1 : row),
        numbering,
      ),
    )
    .sort((a, b) => a.order - b.order)
    .map(({ saved }) => saved)
  return { seq: numberAt(reply, 1), at: numberAt(reply, 2), ledger: { slots, reservations } }
}

/** Accounts and rows without the gaps that expired ones leave, in the order in which they were opened. */
interface Numbering {
  readonly accounts: ReadonlyMap<string, number>
  readonly rows: ReadonlyMap<number, number>
}

function numberingOf(records: readonly StoredRecord[]): Numbering {
  const accounts = new Map<string, number>()
  for (const { label } of [...records].sort((a, b) => a.account - b.account)) {
    if (!accounts.has(label)) accounts.set(label, accounts.size)
  }
  const rows = new Map<number, number>()
  for (const row of records.map((record) => record.row).sort((a, b) => a - b)) {
    if (row >= 0) rows.set(row, rows.size)
  }
  return { accounts, rows }
}

function poolsOf(
  records: readonly StoredRecord[],
  numbering: Numbering | undefined,
): Pick<LedgerState['slots'][number], 'labels' | 'pools'> {
  const rows = records.filter(({ row }) => row >= 0).sort((a, b) => a.row - b.row)
  return {
    labels: [...(numbering?.accounts.keys() ?? [])],
    pools: {
      records: rows.flatMap(({ columns }) => columns),
      accounts: rows.map(({ label }) => numbering?.accounts.get(label) ?? -1),
    },
  }
}

/** `[id, status, settlement, claims, numbers, pools]` */
function reservationFrom(
  entry: Reply,
  rowOf: (slot: number, row: number) => number,
  numbering: readonly Numbering[],
): { readonly order: number; readonly saved: SavedReservation } {
  const texts = textAt(entry, 4).split(' ')
  const [order = 0, charged = 0, admittedAt = 0, expiresAt = 0, reservedNanoUsd = 0, maxOutputTokens = 0] =
    texts.map(toNumber)
  const claims = JSON.parse(textAt(entry, 3)) as readonly PoolClaim[]
  const places = listAt(entry, 5).map((place) => String(place).split(' '))
  const settlement = textAt(entry, 2)
  const saved: SavedReservation = {
    id: textAt(entry, 0),
    choice: { candidate: candidateFrom(texts.slice(6)), maxOutputTokens, reservedNanoUsd },
    admittedAt,
    expiresAt,
    status: textAt(entry, 1) as Reservation['status'],
    charged,
    settlement: settlement === '' ? null : (settlement as NonNullable<SavedReservation['settlement']>),
    since: places.some(([, , , since]) => since !== '-') ? places.map((place) => Number(place[3])) : null,
    rows: places.map(([slot, , row]) => rowOf(Number(slot), Number(row))),
    pools: claims.map((claim, index) => ({
      slot: Number(places[index]?.[0]),
      account: numbering[Number(places[index]?.[0])]?.accounts.get(claim.label) ?? Number(places[index]?.[1]),
      claim,
    })),
  }
  return { order, saved }
}

/** What a ledger holds from now on, for the script that puts it there. */
export function replacementOf(
  { slots, reservations }: BookState,
  kindOf: (slot: number) => object,
): { readonly pools: object[]; readonly counts: Record<string, number>; readonly reservations: object[] } {
  const counts: Record<string, number> = {}
  const pools = slots.flatMap(({ labels, pools: { records, accounts } }, slot) => {
    const stride = accounts.length === 0 ? 0 : records.length / accounts.length
    counts[`${slot}:accounts`] = labels.length
    counts[`${slot}:rows`] = accounts.length
    const newest = new Map(accounts.map((account, row) => [account, row]))
    const kind = kindOf(slot)
    const bare = labels.flatMap((label, account) =>
      newest.has(account)
        ? []
        : [{ place: `${slot}:${label}`, account, row: -1, newest: true, columns: [], ...kind }],
    )
    return accounts
      .map((account, row): object => ({
        place: `${slot}:${labels[account]}`,
        account,
        row,
        newest: newest.get(account) === row,
        columns: records.slice(row * stride, (row + 1) * stride),
        ...kind,
      }))
      .concat(bare)
  })
  return {
    pools,
    counts,
    reservations: reservations.map(({ id, pools: own, rows, since }) => ({
      id,
      places: own.map(({ slot, claim }) => `${slot}:${claim.label}`),
      numbers: own.flatMap(({ account }, index) => [account, rows[index], since?.[index] ?? -1]),
    })),
  }
}
