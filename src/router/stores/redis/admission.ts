import type { BudgetHint } from '../../../core/budget/budget-hint.js'
import type { Candidate } from '../../../core/budget/choose.js'
import type { PoolClaim } from '../../../core/budget/claims.js'
import {
  createLedger,
  type BindingPool,
  type LedgerState,
  type SoftPassed,
} from '../../../core/budget/ledger.js'
import { groupsOf } from '../../../core/plan.js'
import type { StoreAdmission, StoreAdmitRequest } from '../../store.js'
import type { Definitions } from './definitions.js'
import { candidateFrom, columnsOf, listAt, numberAt, textAt, type Reply } from './reply.js'

/** Where the request's pools stand: what the end script is told, so that it can read them at once. */
export function placesOf({ plan }: StoreAdmitRequest, definitions: Definitions): string[] {
  return plan.pools.map((pool) => placeOf(pool, definitions))
}

export function placeOf({ budgetId, label }: PoolClaim, { slotOf }: Definitions): string {
  return `${slotOf(budgetId)}:${label}`
}

/** What the admit script is asked, with the windows that hold `at`. */
export function admitArguments(request: StoreAdmitRequest, definitions: Definitions, at: number): string[] {
  const { id, plan, requestHeadroom, wantsRetryAt, ttlMs } = request
  const asked = [
    plan.pools.map((claim) => poolOf(claim, plan.priority, definitions)),
    groupsOf(plan).map((group) => group.map(numbersOf)),
    requestHeadroom === Infinity ? NONE : requestHeadroom,
    wantsRetryAt,
    ttlMs,
  ]
  return [definitions.version, id, JSON.stringify(asked), textOf(plan.pools), definitions.windowsAt(at)]
}

/** Hosts keep the claims of requests with the same labels. */
const TEXTS = new WeakMap<readonly PoolClaim[], string>()

function textOf(claims: readonly PoolClaim[]): string {
  let text = TEXTS.get(claims)
  if (text === undefined) TEXTS.set(claims, (text = JSON.stringify(claims)))
  return text
}

/** Lua's nil ends a list. */
const NONE = false

/** In the order in which `lua/record.ts` names them. */
function poolOf(
  claim: PoolClaim,
  priority: number,
  definitions: Definitions,
): readonly (string | number | boolean)[] {
  const { budgetId, label, capNanoUsd: cap, reserve, softNanoUsd } = claim
  const slot = definitions.slotOf(budgetId)
  const place = `${slot}:${label}`
  // Lua counts from 1.
  const window = slot + 1
  if (reserve !== undefined && priority < reserve.minPriority) {
    const { share, linearRelease } = reserve
    return [place, cap, window, softNanoUsd ?? NONE, share, linearRelease && definitions.isCalendar(slot)]
  }
  return softNanoUsd === undefined ? [place, cap, window] : [place, cap, window, softNanoUsd]
}

function numbersOf(candidate: Candidate): (number | typeof NONE)[] {
  const { inputBoundPico, outputPricePico, minOutputTokens, maxOutputTokens, model, expectedNanoUsd } =
    candidate
  const expected = expectedNanoUsd === Infinity ? NONE : expectedNanoUsd
  return [inputBoundPico, outputPricePico, minOutputTokens, maxOutputTokens, model, expected]
}

/** `[kind, seq, at, expired, …]` of the admit script as the store's answer. */
export function admissionFrom(
  reply: Reply,
  request: StoreAdmitRequest,
  definitions: Definitions,
): StoreAdmission {
  const { plan } = request
  switch (textAt(reply, 0)) {
    case 'admitted': {
      const candidate = groupsOf(plan)[numberAt(reply, 4) - 1]?.[numberAt(reply, 5) - 1] ?? plan.first
      const maxOutputTokens = numberAt(reply, 6)
      const asAsked = candidate === plan.first && maxOutputTokens === plan.first.maxOutputTokens
      const choice = { candidate, maxOutputTokens, reservedNanoUsd: numberAt(reply, 7) }
      const boundBy = asAsked ? null : bindingPool(request, numberAt(reply, 8))
      const headroomNanoUsd = numberAt(reply, 9)
      const softPassed = softPassedFrom(listAt(reply, 10), request)
      return { kind: 'admitted', choice, headroomNanoUsd, boundBy, softPassed }
    }
    case 'repeated': {
      const candidate = candidateFrom(listAt(reply, 6) as readonly string[])
      const choice = {
        candidate,
        maxOutputTokens: numberAt(reply, 4),
        reservedNanoUsd: numberAt(reply, 5),
      }
      return { kind: 'admitted', choice, headroomNanoUsd: undefined, boundBy: null, softPassed: [] }
    }
    case 'ended':
      throw new RangeError(
        `reservation id must be new or held, got ${request.id}, which is ${textAt(reply, 4)}`,
      )
    default: {
      const retryAt = request.wantsRetryAt ? retryAtFrom(reply, request, definitions) : null
      return { kind: 'refused', bindingPool: bindingPool(request, numberAt(reply, 4)), retryAt }
    }
  }
}

/** Pairs of a pool, counted from 1, and what is used of it. */
function softPassedFrom(passed: Reply, { plan }: StoreAdmitRequest): SoftPassed[] {
  return (passed as readonly Reply[]).flatMap((entry) => {
    const pool = plan.pools[numberAt(entry, 0) - 1]
    if (pool?.softNanoUsd === undefined) return []
    const { budgetId, label, softNanoUsd } = pool
    return [{ pool: { budgetId, label }, softNanoUsd, usedNanoUsd: numberAt(entry, 1) }]
  })
}

/** Pools are counted from 1, 0 is the request's own budget. */
function bindingPool({ plan, requestHeadroom }: StoreAdmitRequest, tightest: number): BindingPool {
  const pool = plan.pools[tightest - 1]
  if (pool === undefined) return { budgetId: 'request', label: '', capNanoUsd: requestHeadroom }
  return { budgetId: pool.budgetId, label: pool.label, capNanoUsd: pool.capNanoUsd }
}

/** The rule is the core's: asked of a ledger that holds nothing but the records of these pools. */
function retryAtFrom(reply: Reply, request: StoreAdmitRequest, definitions: Definitions): number | null {
  const { plan, requestHeadroom, ttlMs } = request
  const records = listAt(reply, 5)
  const slots = plan.pools.map((pool, index) => slotWith(textAt(records, index), pool, definitions))
  const ledger = createLedger([], { slots })
  return ledger.earliest({
    candidates: plan,
    pools: ledger.open(plan.pools),
    priority: plan.priority,
    requestHeadroom,
    at: numberAt(reply, 2),
    ttlMs,
  })
}

/** `[use, at, record]` of the script that reads one pool's newest record; what it means is the core's rule, too. */
export function useFrom(reply: Reply, pool: PoolClaim, definitions: Definitions): BudgetHint {
  const ledger = createLedger([], { slots: [slotWith(textAt(reply, 2), pool, definitions)] })
  return ledger.use(ledger.openOnce(pool), numberAt(reply, 1))
}

/** A budget that has nothing but this pool's record, as a script printed it. */
function slotWith(
  record: string,
  { budgetId, label }: PoolClaim,
  definitions: Definitions,
): LedgerState['slots'][number] {
  const definition = definitions.slots[definitions.slotOf(budgetId)]
  if (definition === undefined) throw new RangeError(`no budget ${budgetId}`)
  const { columns } = columnsOf(record)
  const known = columns.length > 0
  const pools = { records: columns, accounts: known ? [0] : [] }
  return { ...definition, labels: known ? [label] : [], pools }
}
