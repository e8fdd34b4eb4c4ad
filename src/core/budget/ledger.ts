import type { Budget } from './budget.js'
import type { PoolName } from './audit.js'
import type { BudgetHint } from './budget-hint.js'
import type { PoolClaim } from './claims.js'
import { chargedBefore } from './charged-before.js'
import { chooseCandidate, reservationOf, type Candidates, type Choice } from './choose.js'
import { createPools, type Pools, type PoolsState } from './pools.js'
import type { WindowBounds } from './calendar.js'
import { durationMs } from '../duration.js'
import type { WindowSpec } from '../policy-schema.js'
import type { EndKind, Settlement } from '../log-record.js'

/**
 * Pools in integer arithmetic. All pools of a request admit, or none is touched. The same code runs in replay, in memory
 * and inside a database transaction; its state saves to JSON and loads to the same future answers. Reservations are plain
 * values that the caller keeps: by row in replay, by id in a `ReservationBook`.
 * Times are whole epoch milliseconds that never decrease: the host sees to that.
 */
export interface Ledger {
  readonly slots: readonly BudgetSlot[]
  /** The pools behind a request's claims. */
  open(claims: readonly PoolClaim[]): readonly OpenPool[]
  /** For hosts that open each pool once and keep it: its label is looked up now and never again. */
  openOnce(claim: PoolClaim): OpenPool
  admit(request: AdmitRequest): Admission
  /** Earliest time at which one of the selected candidates fits every pool, in flight at what it holds; null = never. */
  earliest(request: AdmitRequest): number | null
  /** How much of a pool is used at a time, and how far its window is. Changes nothing. */
  use(pool: OpenPool, at: number): BudgetHint
  /** Ends a reservation. Settling twice or late is answered, never charged twice. */
  end(reservation: Reservation, ending: Ending): EndAnswer
  /** Takes a changed list of budgets: stable ids keep their charges and what is held of them, under the new windows. */
  configure(budgets: readonly Budget[], reservations: Iterable<Reservation>, at: number): void
  save(): LedgerState
}

/** A budget's pools in this ledger. */
export interface BudgetSlot {
  readonly id: string
  readonly scope: string
  window: WindowSpec
  pools: Pools
  /** Label by account. */
  readonly labels: string[]
  /** Accounts by label, of as many as somebody has asked for so far. */
  readonly accounts: Map<string, number>
}

/** A pool that was claimed, as the ledger knows it. */
export interface OpenPool extends PoolClaim {
  readonly slot: BudgetSlot
  /** Made when something is first admitted under the label; negative until then. */
  account: number
  /** Its name as one string, once somebody has asked for it. */
  key: string | undefined
}

export interface AdmitRequest {
  readonly candidates: Candidates
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
      readonly reservation: Reservation
      /**
       * What the tightest pool had left before, Infinity where nothing is limited: it decided which candidates fitted. Undefined
       * of an admission that was repeated.
       */
      readonly headroomNanoUsd: number | undefined
      /** The tightest pool, where it kept the first candidate from its full length; else null. */
      readonly boundBy: BindingPool | null
      /** Pools whose use this reservation took from at or below their soft budget to above it. */
      readonly softPassed: readonly SoftPassed[]
    }
  | { readonly kind: 'refused'; readonly bindingPool: BindingPool }

export interface SoftPassed {
  readonly pool: PoolName
  readonly softNanoUsd: number
  /** Spent and held with this reservation. */
  readonly usedNanoUsd: number
}

/** The pool that refused a request, or made it smaller; `request` is the request's own budget. */
export interface BindingPool {
  readonly budgetId: string
  readonly label: string
  readonly capNanoUsd: number
}

export interface Reservation {
  readonly choice: Choice
  readonly admittedAt: number
  readonly expiresAt: number
  /** Fewer than at its admission where a changed policy counts by other labels. */
  pools: readonly OpenPool[]
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
}

/** Stands for the request's own budget where the tightest pool is named by its index. */
const REQUEST_BUDGET = -1

/** No pool knows this account: everything is free in it. Another holder of the label may have made one by now. */
const NO_ACCOUNT = -1
/** The same, where there is no other holder. */
const NEW_ACCOUNT = -2

/** Row of an ended reservation whose pool was replaced by one with another window. */
const WINDOW_GONE = -1

export function createLedger(budgets: readonly Budget[], state?: LedgerState): Ledger {
  if (state !== undefined) return ledgerOf(state.slots.map(loadSlot))
  return ledgerOf(budgets.filter(({ perRequest }) => !perRequest).map(newSlot))
}

/** Slots that the caller made, whole or with no more accounts and rows than what it will ask needs. */
export function ledgerOf(slots: BudgetSlot[]): Ledger {
  /** Hosts keep the claims of requests with the same labels: their pools are then the same objects, too. */
  let opened = new WeakMap<readonly PoolClaim[], readonly OpenPool[]>()
  return {
    slots,
    open(claims) {
      let pools = opened.get(claims)
      if (pools === undefined) {
        pools = claims.map((claim) => openPool(slots, claim, NO_ACCOUNT))
        opened.set(claims, pools)
      }
      return pools
    },
    openOnce: (claim) => openPool(slots, claim, NEW_ACCOUNT),
    admit,
    earliest,
    use: poolUse,
    end(reservation, ending) {
      checkCharge(ending.chargeNanoUsd)
      if (reservation.status === 'expired' && ending.kind !== 'cancelled')
        return settleLate(reservation, ending)
      if (reservation.status !== 'held') return { status: 'duplicate', chargedNanoUsd: reservation.charged }
      settle(reservation, ending)
      return { status: 'settled', chargedNanoUsd: reservation.charged }
    },
    configure(next, reservations, at) {
      const known = [...reservations]
      for (const budget of next) if (!budget.perRequest) configureSlot(slots, budget, known, at)
      opened = new WeakMap()
    },
    save: () => structured({ slots: slots.map(saveSlot) }),
  }
}

function admit(request: AdmitRequest): Admission {
  const { pools, at } = request
  let headroom = request.requestHeadroom
  let tightest = REQUEST_BUDGET
  for (let i = 0; i < pools.length; i++) {
    const free = poolHeadroom(pools[i] as OpenPool, request.priority, at)
    if (!(free >= headroom)) {
      headroom = free
      tightest = i
    }
  }
  const { candidates } = request
  const choice = chooseCandidate(candidates, headroom)
  if (choice === undefined) return { kind: 'refused', bindingPool: bindingPool(request, tightest) }
  const softPassed = softPassedBy(pools, choice.reservedNanoUsd, at)
  const rows = new Array<number>(pools.length)
  for (let i = 0; i < pools.length; i++) {
    const pool = pools[i] as OpenPool
    const account = pool.account < 0 ? openAccount(pool) : pool.account
    rows[i] = pool.slot.pools.hold(account, pool.capNanoUsd, choice.reservedNanoUsd, at)
  }
  const reservation: Reservation = {
    choice,
    admittedAt: at,
    expiresAt: at + request.ttlMs,
    pools,
    rows,
    since: undefined,
    status: 'held',
    charged: 0,
    settlement: undefined,
  }
  const { first } = candidates
  const asAsked = choice.candidate === first && choice.maxOutputTokens === first.maxOutputTokens
  return {
    kind: 'admitted',
    reservation,
    headroomNanoUsd: headroom,
    boundBy: asAsked ? null : bindingPool(request, tightest),
    softPassed,
  }
}

const NONE_PASSED: readonly SoftPassed[] = []

/** Asked before the amount is held. */
function softPassedBy(pools: readonly OpenPool[], amount: number, at: number): readonly SoftPassed[] {
  let passed = NONE_PASSED
  for (const pool of pools) {
    const { softNanoUsd, slot, budgetId, label } = pool
    if (softNanoUsd === undefined) continue
    const { spent, held } = slot.pools.used(accountOf(pool), at)
    const usedNanoUsd = spent + held + amount
    if (spent + held <= softNanoUsd && usedNanoUsd > softNanoUsd)
      passed = [...passed, { pool: { budgetId, label }, softNanoUsd, usedNanoUsd }]
  }
  return passed
}

/** One charge that is no number would make every later comparison with its pools false, and so lift their caps. */
function checkCharge(chargeNanoUsd: number): void {
  if (!(Number.isSafeInteger(chargeNanoUsd) && chargeNanoUsd >= 0))
    throw new RangeError(`chargeNanoUsd must be a whole number of at least 0, got ${chargeNanoUsd}`)
}

function settle(reservation: Reservation, ending: Ending): void {
  const { pools, rows, choice } = reservation
  const charged = ending.kind === 'cancelled' ? 0 : ending.chargeNanoUsd
  const { admittedAt, since } = reservation
  const ended = { admittedAt, held: choice.reservedNanoUsd, charged, at: ending.at }
  for (let i = 0; i < pools.length; i++) {
    const { slot } = pools[i] as OpenPool
    slot.pools.end(
      rows[i] as number,
      since === undefined ? ended : { ...ended, admittedAt: since[i] ?? admittedAt },
    )
  }
  reservation.status = ending.kind
  reservation.charged = charged
  reservation.settlement = ending.settlement
}

/** After expiry a late answer may only lower the charge, in the windows of its admission; what is above it is no secret. */
function settleLate(reservation: Reservation, ending: Ending): EndAnswer {
  const lowered = Math.min(reservation.charged, ending.chargeNanoUsd)
  const refund = reservation.charged - lowered
  const excess = ending.chargeNanoUsd - lowered
  for (let i = 0; i < reservation.pools.length; i++) {
    const row = reservation.rows[i] as number
    if (row === WINDOW_GONE) continue
    const since = reservation.since?.[i] ?? reservation.admittedAt
    const { slot } = reservation.pools[i] as OpenPool
    if (refund > 0) slot.pools.refund(row, { admittedAt: since, amount: refund, at: ending.at })
    if (excess > 0) slot.pools.overspend(row, excess)
  }
  reservation.charged = lowered
  reservation.status = ending.kind
  reservation.settlement = ending.settlement
  return { status: 'late', chargedNanoUsd: lowered }
}

function poolHeadroom(pool: OpenPool, priority: number, at: number): number {
  const { slot, reserve, capNanoUsd } = pool
  const free = slot.pools.free(accountOf(pool), capNanoUsd, at)
  return reserve === undefined || priority >= reserve.minPriority ? free : free - floorOf(pool, at)
}

/** What is free comes with what was carried over, so that it stands in the cap. */
function poolUse(pool: OpenPool, at: number): BudgetHint {
  const { pools } = pool.slot
  const account = accountOf(pool)
  const { spent, held } = pools.used(account, at)
  const usedNanoUsd = spent + held
  return {
    usedNanoUsd,
    capNanoUsd: pools.free(account, pool.capNanoUsd, at) + usedNanoUsd,
    elapsed: pools.bounds(at) === null ? null : 1 - pools.ahead(at),
  }
}

/** headroom(p) = cap - spent - held - floor; important spending does not shrink the floor. Rounded up: it protects. */
function floorOf({ slot, reserve, capNanoUsd }: OpenPool, at: number): number {
  if (reserve === undefined) return 0
  const share = reserve.linearRelease ? reserve.share * slot.pools.ahead(at) : reserve.share
  return Math.ceil(share * capNanoUsd)
}

function bindingPool(request: AdmitRequest, tightest: number): BindingPool {
  const pool = request.pools[tightest]
  if (pool === undefined) return { budgetId: 'request', label: '', capNanoUsd: request.requestHeadroom }
  return { budgetId: pool.budgetId, label: pool.label, capNanoUsd: pool.capNanoUsd }
}

/** Smallest amounts of the selected candidates, each waited for in every pool: the earliest wait that is enough for one of them. */
function earliest(request: AdmitRequest): number | null {
  let best: number | null = null
  for (const candidate of request.candidates.selected) {
    const amount = reservationOf(candidate, candidate.minOutputTokens)
    const time = amount > request.requestHeadroom ? null : earliestForAmount(request, amount)
    if (time !== null && (best === null || time < best)) best = time
  }
  return best
}

/** A later time in one pool may open a floor in another: asked again at the latest answer until all agree. */
function earliestForAmount(request: AdmitRequest, amount: number): number | null {
  let time = request.at
  for (let round = 0; round < 64; round++) {
    let latest = time
    for (const pool of request.pools) {
      const fits = earliestInPool(pool, request.priority, amount, time)
      if (fits === null) return null
      latest = Math.max(latest, fits)
    }
    if (latest === time) return time
    time = latest
  }
  return time
}

function earliestInPool(pool: OpenPool, priority: number, amount: number, at: number): number | null {
  const { slot, reserve, capNanoUsd } = pool
  const account = accountOf(pool)
  const { pools } = slot
  if (reserve === undefined || priority >= reserve.minPriority)
    return pools.earliest(account, { capNanoUsd, amount, at })
  const window = reserve.linearRelease ? pools.bounds(at) : null
  if (window === null) return pools.earliest(account, { capNanoUsd, amount: amount + floorOf(pool, at), at })
  return earliestInWindows(pool, amount, at, window)
}

/** Windows looked ahead at most. */
const LOOK_AHEAD = 1000

/**
 * In this window, the next, or as long as windows still gain by what is carried over. Each is asked at its very end, when
 * the least is kept for others.
 */
function earliestInWindows(pool: OpenPool, amount: number, at: number, window: WindowBounds): number | null {
  const { pools } = pool.slot
  const account = accountOf(pool)
  let from = at
  let atEnd = -Infinity
  for (let ahead = 0; ahead < LOOK_AHEAD; ahead++) {
    const bounds = ahead === 0 ? window : pools.bounds(from)
    if (bounds === null) return null
    const fits = earliestUnderFloor(pool, amount, from, bounds.end)
    if (fits !== null) return fits
    const free = pools.free(account, pool.capNanoUsd, bounds.end - 1)
    if (ahead > 1 && free <= atEnd) return null
    atEnd = free
    from = bounds.end
  }
  return from
}

/** A floor that opens with the window's time: within one window headroom only grows, so the time is found by halving. */
function earliestUnderFloor(pool: OpenPool, amount: number, from: number, end: number): number | null {
  const { slot, capNanoUsd } = pool
  const account = accountOf(pool)
  const fits = (at: number): boolean => slot.pools.free(account, capNanoUsd, at) - floorOf(pool, at) >= amount
  let high = end - 1
  if (!fits(high)) return null
  for (let low = from; low < high;) {
    const middle = Math.floor((low + high) / 2)
    if (fits(middle)) high = middle
    else low = middle + 1
  }
  return high
}

function openPool(slots: readonly BudgetSlot[], claim: PoolClaim, none: number): OpenPool {
  const slot = slots.find((candidate) => candidate.id === claim.budgetId)
  if (slot === undefined)
    throw new RangeError(`budgetId must be one of the ledger's budgets, got ${claim.budgetId}`)
  const { budgetId, label, capNanoUsd, reserve, softNanoUsd } = claim
  const account = accountOfLabel(slot, label) ?? none
  return { budgetId, label, capNanoUsd, reserve, softNanoUsd, slot, account, key: undefined }
}

/** The account of a label, if something was ever admitted under it: a refused request opens none. */
function accountOf(pool: OpenPool): number {
  if (pool.account === NO_ACCOUNT) pool.account = accountOfLabel(pool.slot, pool.label) ?? NO_ACCOUNT
  return pool.account
}

/** The map follows the list when it is asked: hosts that keep their pools never ask. */
function accountOfLabel({ labels, accounts }: BudgetSlot, label: string): number | undefined {
  for (let account = accounts.size; account < labels.length; account++)
    accounts.set(labels[account] as string, account)
  return accounts.get(label)
}

/** For a pool whose label was just looked for and not found. */
function openAccount(pool: OpenPool): number {
  pool.account = pool.slot.labels.push(pool.label) - 1
  return pool.account
}

function newSlot(budget: Budget): BudgetSlot {
  const scope = budget.labels.join('/')
  return {
    id: budget.id,
    scope,
    window: budget.window,
    pools: createPools(budget.window),
    accounts: new Map(),
    labels: [],
  }
}

function configureSlot(slots: BudgetSlot[], budget: Budget, known: readonly Reservation[], at: number): void {
  const index = slots.findIndex((slot) => slot.id === budget.id)
  const slot = slots[index]
  if (slot === undefined) {
    slots.push(newSlot(budget))
  } else if (slot.scope !== budget.labels.join('/')) {
    slots[index] = newSlot(budget)
    for (const reservation of known) leave(reservation, slot)
  } else if (JSON.stringify(slot.window) !== JSON.stringify(budget.window)) {
    changeWindow(slot, budget, known, at)
  }
}

/** Pools by other labels are other pools: nothing can be charged any more to the old ones. */
function leave(reservation: Reservation, slot: BudgetSlot): void {
  const index = reservation.pools.findIndex((pool) => pool.slot === slot)
  if (index < 0) return
  reservation.pools = reservation.pools.toSpliced(index, 1)
  reservation.rows.splice(index, 1)
  reservation.since?.splice(index, 1)
}

/**
 * The new windows open with the old charges and holds: nobody gains a second allowance. A reservation that has ended stays
 * charged: its own window is gone, and a late answer after expiry lowers nothing in the new one.
 */
function changeWindow(slot: BudgetSlot, budget: Budget, known: readonly Reservation[], at: number): void {
  const old = slot.pools
  slot.window = budget.window
  slot.pools = createPools(budget.window)
  const heldBy = inFlightByAccount(
    slot,
    known.filter(({ status }) => status === 'held'),
  )
  for (const { status, pools, rows } of known) {
    const index = pools.findIndex((pool) => pool.slot === slot)
    if (status !== 'held' && index >= 0) rows[index] = WINDOW_GONE
  }
  const since =
    slot.pools.bounds(at)?.start ??
    (budget.window.kind === 'sliding' ? at - durationMs(budget.window.budgetDuration) : at)
  const charged = chargedSince(old, since)
  const lines = linesByAccount(slot, known)
  const start = slot.pools.bounds(at)?.start ?? -Infinity
  slot.labels.forEach((label, account) => {
    const cap = budget.overrides.get(label) ?? budget.capNanoUsd
    const opened = { spec: budget.window, start, capNanoUsd: cap, at }
    const remembered = chargedBefore(lines.get(account) ?? [], opened)
    const own = heldBy.get(account) ?? []
    const held = own.reduce((sum, { reservation }) => sum + reservation.choice.reservedNanoUsd, 0)
    const spent = Math.max(old.used(account, at).spent, charged.get(account) ?? 0, remembered)
    if (spent === 0 && own.length === 0) return
    const row = slot.pools.carry(account, cap, { spent, held }, at)
    for (const { reservation, index } of own) moveReservation(reservation, index, row, at)
  })
}

/** What calendar windows that reach into the new one were charged: a short window in between must not hide a long one's spend. */
function chargedSince(pools: Pools, since: number): Map<number, number> {
  const byAccount = new Map<number, number>()
  for (let row = 0; row < pools.size; row++) {
    const { end, spent } = pools.row(row)
    const account = pools.accountOf(row)
    if (end !== null && end > since) byAccount.set(account, (byAccount.get(account) ?? 0) + spent)
  }
  return byAccount
}

/** Ended reservations by account of the slot: also those of windows that were changed before. */
function linesByAccount(slot: BudgetSlot, known: readonly Reservation[]): Map<number, Reservation[]> {
  const byAccount = new Map<number, Reservation[]>()
  for (const reservation of known) {
    if (reservation.status === 'held') continue
    const account = reservation.pools.find((pool) => pool.slot === slot)?.account
    if (account === undefined) continue
    const own = byAccount.get(account)
    if (own === undefined) byAccount.set(account, [reservation])
    else own.push(reservation)
  }
  return byAccount
}

interface InFlight {
  readonly reservation: Reservation
  /** Index of the slot among the reservation's pools. */
  readonly index: number
}

function inFlightByAccount(slot: BudgetSlot, inFlight: readonly Reservation[]): Map<number, InFlight[]> {
  const byAccount = new Map<number, InFlight[]>()
  for (const reservation of inFlight) {
    const index = reservation.pools.findIndex((pool) => pool.slot === slot)
    const account = reservation.pools[index]?.account
    if (account === undefined) continue
    const known = byAccount.get(account)
    if (known === undefined) byAccount.set(account, [{ reservation, index }])
    else known.push({ reservation, index })
  }
  return byAccount
}

function moveReservation(reservation: Reservation, index: number, row: number, at: number): void {
  reservation.since ??= reservation.pools.map(() => reservation.admittedAt)
  reservation.since[index] = at
  reservation.rows[index] = row
}

function saveSlot(slot: BudgetSlot): LedgerState['slots'][number] {
  return {
    id: slot.id,
    scope: slot.scope,
    window: slot.window,
    labels: slot.labels,
    pools: slot.pools.save(),
  }
}

function loadSlot(saved: LedgerState['slots'][number]): BudgetSlot {
  const copy = structured(saved)
  return {
    id: copy.id,
    scope: copy.scope,
    window: copy.window,
    labels: [...copy.labels],
    accounts: new Map(),
    pools: createPools(copy.window, copy.pools),
  }
}

/** A loaded state shares nothing with the saved one. */
function structured<Value>(value: Value): Value {
  return JSON.parse(JSON.stringify(value)) as Value
}
