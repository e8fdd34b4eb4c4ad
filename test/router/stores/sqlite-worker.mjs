import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/** One process that reserves and settles: `fork`ed with its orders as JSON, answers what it saw. */
const { dist, path, name, count, inFlight, policy, ttlMs, acknowledged } = JSON.parse(process.argv[2])
const load = (file) => import(pathToFileURL(join(dist, file)).href)
const { sqliteStore } = await load('router/stores/sqlite.js')
const { parsePolicy } = await load('core/policy.js')
const { claimsFor } = await load('core/budget/claims.js')
const { draw } = await load('core/random.js')

const { budgets } = parsePolicy(policy)
const seen = { admitted: 0, refused: 0, chargedNanoUsd: 0 }
let made = 0

const store = sqliteStore(path, { busyTimeoutMs: 60_000 })
await store.start({ budgets, now: Date.now, onExpired: () => {}, onReturned: () => {} })
await Promise.all(Array.from({ length: inFlight }, callAfterCall))
await store.close()
process.send(seen, () => process.disconnect())

async function callAfterCall() {
  while (made < count) await call(`${name}-${made++}`)
}

async function call(id) {
  const chance = (purpose) => draw(1, id, purpose)
  const amount = 1 + Math.floor(chance('amount') * 1_000_000)
  const scope = {
    org: `org-${Math.floor(chance('org') * 3)}`,
    user: `user-${Math.floor(chance('user') * 40)}`,
    session: `session-${Math.floor(chance('session') * 400)}`,
  }
  const candidate = { model: 0, expectedNanoUsd: amount, inputBoundPico: amount * 1000, outputPricePico: 0 }
  const only = { ...candidate, minOutputTokens: 1, maxOutputTokens: 1 }
  const plan = {
    ...{ difficulty: 0, requiredTier: 0, requestCapNanoUsd: Infinity, priority: 1, onExceed: 'reject' },
    ...{ first: only, selected: [only], lower: () => [], pools: claimsFor(budgets, scope).pools },
  }
  const admission = await store.admit({ id, plan, requestHeadroom: Infinity, wantsRetryAt: false, ttlMs })
  if (admission.kind === 'refused') return void seen.refused++
  seen.admitted++
  // Half of the calls use all that they were granted: one too many would show in what is spent.
  const chargeNanoUsd = Math.floor(amount * Math.min(1, 2 * chance('charge')))
  const end = { kind: 'settled', chargeNanoUsd, settlement: 'actual' }
  const { status, chargedNanoUsd } = await store.end(id, end)
  if (status !== 'settled' && status !== 'late') throw new Error(`${id} was answered ${status}`)
  seen.chargedNanoUsd += chargedNanoUsd
  // What was written outlives the process, whenever it is killed: the system has it.
  if (acknowledged !== null) appendFileSync(acknowledged, `${id} ${chargedNanoUsd}\n`)
}
