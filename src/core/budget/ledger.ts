import type { Budget } from './budget.js'
import type { PoolClaim } from './claims.js'
import { createPools } from './index.js'
import { chooseCandidate, reservationOf, type Candidate, type Choice } from './choose.js'
import type { Pools, PoolsState } from './pools.js'
import type { WindowSpec } from '../policy-schema.js'
import type { EndKind, Settlement } from '../log-record.js'

/**
 * Pools and reservations in integer arithmetic. All pools of a request admit, or none is touched. The same code runs in
 * replay, in memory and inside a database transaction; its state saves to JSON and loads to the same future answers.
 * Times are whole epoch milliseconds that never decrease: the host sees to that.
 */
export interface Ledger {
  /** The pools behind a request's claims. Hosts keep the answer for requests with the same labels. */
  open(claims: readonly PoolClaim[]): readonly OpenPool[]
  admit(request: AdmitRequest): Admission
  /** Earliest time at which one of the candidates fits every pool, in-flight money counted at what it holds; null = never. */
  earliest(request: AdmitRequest): number | null
  /** Ends a reservation. Settling twice, late or an unknown id is answered, never charged twice. */
  end(id: ReservationId, ending: Ending): EndAnswer
  /** Drops an ended reservation: later answers for it are `unknown`. */
  forget(id: ReservationId): void
  reservation(id: ReservationId): Reservation | undefined
  /** Takes a changed list of budgets: stable ids keep their charges and holds, under the new windows. */
  configure(budgets: readonly Budget[], at: number): void
  readonly slots: readonly BudgetSlot[]
  save(): LedgerState
}

export type ReservationId = string | number

/** A budget's pools in this ledger. */
export interface BudgetSlot {
  readonly id: string
  readonly scope: string
  window: WindowSpec
  pools: Pools
  readonly accounts: Map<string, number>
  /** Label by account. */
  readonly labels: string[]
}

export interface OpenPool {
  readonly slot: BudgetSlot
  readonly account: number
  readonly claim: PoolClaim
}

export interface AdmitRequest {
  readonly id: ReservationId
  readonly groups: readonly (readonly Candidate[])[]
  readonly pools: readonly OpenPool[]
  readonly priority: number
  /** What the request's own budget leaves; Infinity without one. */
  readonly requestHeadroom: number
  readonly at: number
  readonly ttlMs: number
}

export type Admission =
  | {
      readonly kind: 'admitted'
      readonly choice: Choice
      /** The tightest pool, where it kept the first candidate from its full length; else null. */
      readonly boundBy: BindingPool | null
    }
  | { readonly kind: 'refused'; readonly bindingPool: BindingPool }

/** The pool that refused a request, or made it smaller; `request` is the request's own budget. */
export interface BindingPool {
  readonly budgetId: string
  readonly label: string
  readonly capNanoUsd: number
}

export interface Reservation {
  readonly id: ReservationId
  readonly choice: Choice
  readonly amount: number
  readonly admittedAt: number
  readonly expiresAt: number
  readonly pools: readonly OpenPool[]
  /** Row by pool. */
  readonly rows: number[]
  /** Admission time by pool where a changed policy moved the amount into another window. */
  since: number[] | undefined
  status: 'held' | EndKind
  charged: number
  settlement: Settlement | undefined
}

export interface Ending {
  readonly kind: EndKind
  readonly chargeNanoUsd: number
  readonly settlement: Settlement
  readonly at: number
}

export interface EndAnswer {
  readonly status: 'settled' | 'duplicate' | 'late' | 'unknown'
  readonly chargedNanoUsd: number
}

export interface LedgerState {
  readonly slots: readonly {
    readonly id: string
    readonly scope: string
    readonly window: WindowSpec
    readonly labels: readonly string[]
    readonly pools: PoolsState
  }[]
  readonly reservations: readonly (Omit<Reservation, 'pools' | 'since'> & {
    readonly since: readonly number[] | null
    readonly pools: readonly { readonly slot: number; readonly account: number; readonly claim: PoolClaim }[]
  })[]
}

/** Stands for the request's own budget where the tightest pool is named by its index. */
const REQUEST_BUDGET = -1

export function createLedger(budgets: readonly Budget[], state?: LedgerState): Ledger {
  const slots: BudgetSlot[] = state === undefined ? [] : state.slots.map(loadSlot)
  const reservations = new Map<ReservationId, Reservation>()
  for (const saved of state?.reservations ?? []) reservations.set(saved.id, loadReservation(saved, slots))
  if (state === undefined) for (const budget of budgets) if (!budget.perRequest) slots.push(newSlot(budget))

  const finish = (reservation: Reservation, ending: Ending): void => {
    const charged = ending.kind === 'cancelled' ? 0 : ending.chargeNanoUsd
    for (let i = 0; i < reservation.pools.length; i++) {
      const { slot } = reservation.pools[i] as OpenPool
      const since = reservation.since?.[i] ?? reservation.admittedAt
      slot.pools.end(reservation.rows[i] as number, since, reservation.amount, charged, ending.at)
    }
    reservation.status = ending.kind
    reservation.charged = charged
    reservation.settlement = ending.settlement
  }

  /** After expiry a late answer may only lower the charge, in the windows of its admission. */
  const settleLate = (reservation: Reservation, ending: Ending): EndAnswer => {
    const lowered = Math.min(reservation.charged, ending.chargeNanoUsd)
    const refund = reservation.charged - lowered
    for (let i = 0; refund > 0 && i < reservation.pools.length; i++) {
      const since = reservation.since?.[i] ?? reservation.admittedAt
      const { slot } = reservation.pools[i] as OpenPool
      slot.pools.refund(reservation.rows[i] as number, since, refund, ending.at)
    }
    reservation.charged = lowered
    reservation.status = ending.kind
    reservation.settlement = ending.settlement
    return { status: 'late', chargedNanoUsd: lowered }
  }

  const end = (id: ReservationId, ending: Ending): EndAnswer => {
    const reservation = reservations.get(id)
    if (reservation === undefined) return { status: 'unknown', chargedNanoUsd: 0 }
    if (reservation.status === 'expired' && ending.kind !== 'cancelled') return settleLate(reservation, ending)
    if (reservation.status !== 'held') return { status: 'duplicate', chargedNanoUsd: reservation.charged }
    finish(reservation, ending)
    return { status: 'settled', chargedNanoUsd: reservation.charged }
  }

  return {
    slots,
    open: (claims) => claims.map((claim) => openPool(slots, claim)),
    reservation: (id) => reservations.get(id),
    forget: (id) => void reservations.delete(id),
    end,
    admit(request) {
      const { pools, at } = request
      let headroom = request.requestHeadroom
      let tightest = REQUEST_BUDGET
      for (let i = 0; i < pools.length; i++) {
        const free = poolHeadroom(pools[i] as OpenPool, request.priority, at)
        if (free < headroom) {
          headroom = free
          tightest = i
        }
      }
      const choice = chooseCandidate(request.groups, headroom)
      if (choice === undefined) return { kind: 'refused', bindingPool: bindingPool(request, tightest) }
      const rows = pools.map(({ slot, account, claim }) =>
        slot.pools.hold(account, claim.capNanoUsd, choice.reservedNanoUsd, at),
      )
      reservations.set(request.id, {
        id: request.id,
        choice,
        amount: choice.reservedNanoUsd,
        admittedAt: at,
        expiresAt: at + request.ttlMs,
        pools,
        rows,
        since: undefined,
        status: 'held',
        charged: 0,
        settlement: undefined,
      })
      const first = request.groups[0]?.[0]
      const asAsked = choice.candidate === first && choice.maxOutputTokens === first.maxOutputTokens
      return { kind: 'admitted', choice, boundBy: asAsked ? null : bindingPool(request, tightest) }
    },
    earliest: (request) => earliestFit(request),
    configure(next, at) {
      for (const budget of next) if (!budget.perRequest) configureSlot(slots, budget, reservations, at)
    },
    save: () => ({ slots: slots.map(saveSlot), reservations: [...reservations.values()].map((r) => saveReservation(r, slots)) }),
  }
}

function poolHeadroom(pool: OpenPool, priority: number, at: number): number {
  const { claim, slot } = pool
  const free = slot.pools.free(pool.account, claim.capNanoUsd, at)
  const { reserve } = claim
  return reserve === undefined || priority >= reserve.minPriority ? free : free - floorOf(pool, at)
}

/** headroom(p) = cap - spent - held - floor; important spending does not shrink the floor. Rounded up: it protects. */
function floorOf({ claim, slot }: OpenPool, at: number): number {
  const { reserve } = claim
  if (reserve === undefined) return 0
  const share = reserve.linearRelease ? reserve.share * slot.pools.ahead(at) : reserve.share
  return Math.ceil(share * claim.capNanoUsd)
}

function bindingPool(request: AdmitRequest, tightest: number): BindingPool {
  const claim = request.pools[tightest]?.claim
  if (claim === undefined) return { budgetId: 'request', label: '', capNanoUsd: request.requestHeadroom }
  return { budgetId: claim.budgetId, label: claim.label, capNanoUsd: claim.capNanoUsd }
}

/** Smallest amounts of the first group's candidates, each waited for in every pool: the earliest wait that is enough for one of them. */
function earliestFit(request: AdmitRequest): number | null {
  let best: number | null = null
  for (const candidate of request.groups[0] ?? []) {
    const amount = reservationOf(candidate, candidate.minOutputTokens)
    const time = amount > request.requestHeadroom ? null : earliestForAmount(request, amount)
    if (time !== null && (best === null || time < best)) best = time
  }
  return best
}

/** A later time in one pool may open a floor in another: asked again at the latest answer until all agree. */
function earliestForAmount(request: AdmitRequest, amount: number): number | null {
  let time = request.at
  for (let round = 0; round < 8; round++) {
    let latest = time
    for (const pool of request.pools) {
      const important = pool.claim.reserve === undefined || request.priority >= pool.claim.reserve.minPriority
      const floor = important ? 0 : floorOf(pool, time)
      const fits = pool.slot.pools.earliest(pool.account, pool.claim.capNanoUsd, amount + floor, time)
      if (fits === null) return null
      latest = Math.max(latest, fits)
    }
    if (latest === time) return time
    time = latest
  }
  return time
}

function openPool(slots: readonly BudgetSlot[], claim: PoolClaim): OpenPool {
  const slot = slots.find((candidate) => candidate.id === claim.budgetId)
  if (slot === undefined) throw new RangeError(`budgetId must be one of the ledger's budgets, got ${claim.budgetId}`)
  let account = slot.accounts.get(claim.label)
  if (account === undefined) {
    account = slot.labels.push(claim.label) - 1
    slot.accounts.set(claim.label, account)
  }
  return { slot, account, claim }
}

function newSlot(budget: Budget): BudgetSlot {
  const scope = budget.labels.join('/')
  return { id: budget.id, scope, window: budget.window, pools: createPools(budget.window), accounts: new Map(), labels: [] }
}

function configureSlot(
  slots: BudgetSlot[],
  budget: Budget,
  reservations: ReadonlyMap<ReservationId, Reservation>,
  at: number,
): void {
  const index = slots.findIndex((slot) => slot.id === budget.id)
  const slot = slots[index]
  if (slot === undefined || slot.scope !== budget.labels.join('/')) {
    if (slot === undefined) slots.push(newSlot(budget))
    else slots[index] = newSlot(budget)
    return
  }
  if (JSON.stringify(slot.window) === JSON.stringify(budget.window)) return
  const old = slot.pools
  slot.window = budget.window
  slot.pools = createPools(budget.window)
  const inFlight = heldByAccount(reservations, slot)
  slot.labels.forEach((label, account) => {
    const cap = budget.overrides.get(label) ?? budget.capNanoUsd
    const held = inFlight.get(account) ?? []
    const used = { spent: old.used(account, at).spent, held: held.reduce((sum, entry) => sum + entry.reservation.amount, 0) }
    if (used.spent === 0 && used.held === 0) return
    const row = slot.pools.carry(account, cap, used, at)
    for (const { reservation, index: poolIndex } of held) moveReservation(reservation, poolIndex, row, at)
  })
}

function heldByAccount(
  reservations: ReadonlyMap<ReservationId, Reservation>,
  slot: BudgetSlot,
): Map<number, { reservation: Reservation; index: number }[]> {
  const found = new Map<number, { reservation: Reservation; index: number }[]>()
  for (const reservation of reservations.values()) {
    const index = reservation.pools.findIndex((pool) => pool.slot === slot)
    if (index < 0 || reservation.status !== 'held') continue
    const account = (reservation.pools[index] as OpenPool).account
    found.set(account, [...(found.get(account) ?? []), { reservation, index }])
  }
  return found
}

function moveReservation(reservation: Reservation, index: number, row: number, at: number): void {
  reservation.since ??= reservation.pools.map(() => reservation.admittedAt)
  reservation.since[index] = at
  reservation.rows[index] = row
}

function saveSlot(slot: BudgetSlot): LedgerState['slots'][number] {
  return { id: slot.id, scope: slot.scope, window: slot.window, labels: slot.labels, pools: slot.pools.save() }
}

function loadSlot(saved: LedgerState['slots'][number]): BudgetSlot {
  const copy = structured(saved)
  return {
    id: copy.id,
    scope: copy.scope,
    window: copy.window,
    labels: [...copy.labels],
    accounts: new Map(copy.labels.map((label, account) => [label, account])),
    pools: createPools(copy.window, copy.pools),
  }
}

function saveReservation(reservation: Reservation, slots: readonly BudgetSlot[]): LedgerState['reservations'][number] {
  const pools = reservation.pools.map(({ slot, account, claim }) => ({ slot: slots.indexOf(slot), account, claim }))
  return { ...reservation, since: reservation.since ?? null, pools }
}

function loadReservation(saved: LedgerState['reservations'][number], slots: readonly BudgetSlot[]): Reservation {
  const copy = structured(saved)
  const pools = copy.pools.map(({ slot, account, claim }) => ({ slot: slots[slot] as BudgetSlot, account, claim }))
  return { ...copy, rows: [...copy.rows], since: copy.since === null ? undefined : [...copy.since], pools }
}

/** A loaded state shares nothing with the saved one. */
function structured<Value>(value: Value): Value {
  return JSON.parse(JSON.stringify(value)) as Value
}
