import Database from 'better-sqlite3'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { claimsFor } from '../../../src/core/budget/claims.js'
import { InputError } from '../../../src/core/errors.js'
import { createRouter } from '../../../src/router/router.js'
import {
  StoreError,
  type BudgetStore,
  type StoreAdmitRequest,
  type StoreOptions,
} from '../../../src/router/store.js'
import { sqliteStore, type SqliteStoreOptions } from '../../../src/router/stores/sqlite.js'
import { aBudget, aPolicy } from '../../builders/a-policy.js'
import { onlyCandidate } from '../../builders/only-candidate.js'
import { candidateOf } from '../../properties/history.js'
import { aLedgerFile, type LedgerFile } from './ledger-file.js'

const { budgets } = aPolicy({ budgets: [aBudget('org', 1e-6)] })
const ACME = { budgetId: 'org', label: 'acme' }
const TTL = 60_000

let file: LedgerFile
let now: number
const open: BudgetStore[] = []
beforeEach(() => {
  file = aLedgerFile('fast')
  now = 1_000_000
})
afterEach(async () => {
  for (const store of open.splice(0)) await store.close()
  file.remove()
})

function aStore(options: SqliteStoreOptions = {}, path = file.path): BudgetStore {
  const store = sqliteStore(path, options)
  open.push(store)
  return store
}

async function started(
  options: SqliteStoreOptions = {},
  parts: Partial<StoreOptions> = {},
): Promise<BudgetStore> {
  const store = aStore(options)
  await store.start({
    budgets,
    now: () => now,
    onExpired: () => undefined,
    onReturned: () => undefined,
    ...parts,
  })
  return store
}

function asking(id: string, amount: number): StoreAdmitRequest {
  const claims = claimsFor(budgets, { org: 'acme' })
  const pools = claims.kind === 'claims' ? claims.pools : []
  const rest = { difficulty: 0, requiredTier: 0, requestCapNanoUsd: Infinity, priority: 1 }
  const plan = { ...onlyCandidate(candidateOf(amount)), ...rest, pools, onExceed: 'reject' as const }
  return { id, plan, requestHeadroom: Infinity, wantsRetryAt: false, ttlMs: TTL }
}

const settled = (chargeNanoUsd: number) => ({ kind: 'settled', chargeNanoUsd, settlement: 'actual' }) as const

/** Another process that keeps the file to itself. */
function holdFile(): { release(): void } {
  const db = new Database(file.path)
  db.exec('begin immediate')
  return {
    release() {
      db.exec('commit')
      db.close()
    },
  }
}

describe('the file of a sqliteStore', () => {
  it('is made with its folders, and outlives the store', async () => {
    const path = join(file.folder, 'deep', 'er', 'budgets.db')
    const policy = aPolicy({ budgets: [aBudget('org', 1)] })
    const first = await createRouter(policy, { store: aStore({}, path) })
    const decision = await first.route({ prompt: 'hello', scope: { org: 'acme' } })
    if (decision.kind !== 'route') throw new Error('it fits')
    const usage = { inputTokens: 10, outputTokens: 10, cachedInputTokens: 0, cacheWriteTokens: 0 }
    const { chargedNanoUsd } = await first.settle(decision.id, { ...usage, reasoningTokens: 0 })
    expect(chargedNanoUsd).toBeGreaterThan(0)
    await first.close()
    await open.at(-1)!.close()
    expect(existsSync(path)).toBe(true)

    const next = aStore({}, path)
    await createRouter(policy, { store: next })
    expect(await next.audit(ACME)).toMatchObject({ windows: [{ spentNanoUsd: chargedNanoUsd }] })
  })

  it('is refused when it is something else, or from a newer version', async () => {
    writeFileSync(file.path, 'no database at all, but long enough to be read as the head of one')
    await expect(started()).rejects.toThrow(/is not a ledger/)
    const other = join(file.folder, 'other.db')
    const db = new Database(other)
    db.exec('create table mine (x)')
    db.close()
    await expect(aStore({}, other).save()).rejects.toThrow(InputError)
    const newer = join(file.folder, 'newer.db')
    await aStore({}, newer).save()
    const changed = new Database(newer)
    changed.pragma('user_version = 99')
    changed.close()
    await expect(aStore({}, newer).save()).rejects.toThrow(/a newer Tollgate \(schema 99; this one reads 1\)/)
  })

  it('that others keep busy for too long is a StoreError, and the operation may be repeated', async () => {
    const store = await started({ busyTimeoutMs: 30 })
    const other = holdFile()
    await expect(store.admit(asking('r1', 10))).rejects.toThrow(StoreError)
    other.release()
    expect(await store.admit(asking('r1', 10))).toMatchObject({ kind: 'admitted', seq: 1 })
  })

  it('is waited for without stopping the process', async () => {
    const store = await started()
    const other = holdFile()
    const answers = Promise.all([store.admit(asking('r1', 600)), store.admit(asking('r2', 600))])
    await new Promise((resume) => setTimeout(resume, 20))
    other.release()
    expect((await answers).map(({ kind, seq }) => [kind, seq])).toEqual([
      ['admitted', 1],
      ['refused', 2],
    ])
  })

  it('can be read while somebody writes', async () => {
    const store = await started({ busyTimeoutMs: 0 })
    await store.admit(asking('r1', 10))
    const other = holdFile()
    expect(await store.audit(ACME)).toMatchObject({ windows: [{ heldNanoUsd: 10 }] })
    expect(await store.save()).toMatchObject({ seq: 1 })
    other.release()
  })

  it('is let go of by close', async () => {
    const store = await started()
    await store.admit(asking('r1', 10))
    await store.close()
    await expect(store.end('r1', settled(5))).rejects.toThrow(StoreError)
    await expect(store.audit(ACME)).rejects.toThrow(StoreError)
  })
})

describe('sqliteStores on one file', () => {
  it('tell each process of its own reservations that expired, whichever noticed it', async () => {
    const heard: unknown[] = []
    const mine = await started({}, { onExpired: (expired) => heard.push(['mine', expired]) })
    const other = await started({}, { onExpired: (expired) => heard.push(['other', expired]) })
    await mine.admit(asking('r1', 10))
    now += TTL
    await other.admit(asking('r2', 20))
    expect(heard).toEqual([])
    expect(await mine.end('r1', settled(4))).toMatchObject({ status: 'late', chargedNanoUsd: 4, seq: 4 })
    expect(heard).toEqual([['mine', { id: 'r1', chargedNanoUsd: 10, seq: 2, at: now }]])
  })

  it('have one clock, which never steps back', async () => {
    const ahead = await started({}, { now: () => now + 5000 })
    const behind = await started()
    await ahead.admit(asking('r1', 10))
    expect(await behind.admit(asking('r2', 10))).toMatchObject({ at: now + 5000 })
  })

  it('keep budgets that a starting policy does not name, and take changed windows with their charges', async () => {
    const first = await started()
    await first.admit(asking('r1', 10))
    await first.end('r1', settled(7))
    const [fixed] = aPolicy({
      budgets: [aBudget('org', 1e-6, { window: { kind: 'fixed', budgetDuration: '1d' } })],
    }).budgets
    const [team] = aPolicy({ budgets: [aBudget('team', 1, { scope: 'team' })] }).budgets
    await started({}, { budgets: [team!] })
    await started({}, { budgets: [fixed!] })
    const { ledger } = await first.save()
    expect(ledger.slots.map(({ id, window }) => [id, window.kind])).toEqual([
      ['org', 'fixed'],
      ['team', 'lifetime'],
    ])
    expect(await first.audit(ACME)).toMatchObject({
      windows: [{ spentNanoUsd: 7, forgottenNanoUsd: 7, lines: [] }],
    })
    expect(await first.admit(asking('r2', 994))).toMatchObject({ kind: 'refused' })
  })

  it('forget what ended long ago, also on the disk', async () => {
    const store = await started({ rememberMs: 1000 })
    for (const id of ['r1', 'r2', 'r3']) {
      await store.admit(asking(id, 10))
      await store.end(id, settled(7))
    }
    now += 1000
    expect(await store.end('r1', settled(7))).toMatchObject({ status: 'unknown' })
    const db = new Database(file.path, { readonly: true })
    expect(db.prepare('select count(*) as n from reservations').get()).toEqual({ n: 0 })
    expect(db.prepare('select count(*) as n from lines').get()).toEqual({ n: 0 })
    db.close()
    expect(await store.audit(ACME)).toMatchObject({ windows: [{ spentNanoUsd: 21, forgottenNanoUsd: 21 }] })
  })
})
