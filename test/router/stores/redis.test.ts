import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { createClient } from '@redis/client'
import fc from 'fast-check'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Budget } from '../../../src/core/budget/budget.js'
import { refill } from '../../../src/core/budget/token-bucket.js'
import {
  StoreError,
  type BudgetStore,
  type StoreAdmitRequest,
  type StoreOptions,
} from '../../../src/router/store.js'
import { fromNodeRedis, redisStore, type RedisStoreOptions } from '../../../src/router/stores/redis.js'
import { REFILL } from '../../../src/router/stores/redis/lua/token-bucket.js'
import { memoryStore } from '../../../src/router/stores/memory.js'
import { aPlan } from '../../builders/a-plan.js'
import { aPolicy } from '../../builders/a-policy.js'
import { poolRows } from '../../builders/pool-rows.js'
import { seed } from '../../properties/seed.js'
import { aRedisServer, hasRedisServer, type RedisServer } from '../../builders/a-redis-server.js'
import { budgetStoreContract } from '../../contract/budget-store.js'

const FOREVER = 50 * 365 * 86_400_000

describe.skipIf(!hasRedisServer())('redisStore', () => {
  let server: RedisServer
  let client: Redis
  let histories = 0

  beforeAll(async () => {
    server = await aRedisServer()
    client = new Redis({ port: server.port })
  })
  afterAll(async () => {
    client.disconnect()
    await server.stop()
  })

  budgetStoreContract(
    'redisStore',
    async (now) => ({
      store: redisStore(client, { clock: now, rememberMs: FOREVER, prefix: `h${++histories}` }),
      dispose: async () => void (await client.flushall()),
    }),
    { runs: process.env.TOLLGATE_FULL === undefined ? 60 : 10_000 },
  )

  async function started(
    options: RedisStoreOptions,
    parts: Partial<StoreOptions> = {},
  ): Promise<BudgetStore> {
    const store = redisStore(client, options)
    const silent = { onExpired: () => undefined, onReturned: () => undefined }
    await store.start({ budgets: budgetsOf('1h'), now: Date.now, ...silent, ...parts })
    return store
  }
  const ask = (id: string, amount: number, org = 'acme', budgets = budgetsOf('1h')): StoreAdmitRequest => ({
    id,
    plan: aPlan(budgets, { org }, amount),
    requestHeadroom: Infinity,
    wantsRetryAt: false,
    ttlMs: 60_000,
  })
  const settled = { kind: 'settled', settlement: 'actual' } as const

  it('a client of node-redis serves as well', async () => {
    const other = createClient({ socket: { port: server.port } })
    await other.connect()
    const store = redisStore(fromNodeRedis(other), { prefix: 'node' })
    const silent = { onExpired: () => undefined, onReturned: () => undefined }
    await store.start({ budgets: budgetsOf('1h'), now: Date.now, ...silent })
    expect(await store.admit(ask('a', 600))).toMatchObject({ kind: 'admitted', seq: 1 })
    expect(await store.admit(ask('b', 600))).toMatchObject({ kind: 'refused', seq: 2 })
    expect(await store.end('a', { ...settled, chargeNanoUsd: 5 })).toMatchObject({ chargedNanoUsd: 5 })
    other.destroy()
  })

  it('two routers with other windows keep one ledger, under the windows that came last', async () => {
    const first = await started({ prefix: 'two' })
    await first.admit(ask('a', 600))
    const second = await started({ prefix: 'two' }, { budgets: budgetsOf('1d') })
    expect((await second.admit(ask('b', 600))).kind).toBe('refused')
    expect((await first.admit(ask('c', 600))).kind).toBe('refused')
    expect((await first.admit(ask('d', 400))).kind).toBe('admitted')
    const { slots } = (await first.save()).ledger
    expect(slots.map(({ window }) => window)).toMatchObject([{ budgetDuration: '1d' }])
    expect(await first.save()).toEqual(await second.save())
  })

  it.each([
    { kind: 'fixed', budgetDuration: '1h', rollover: { maxUsd: 1e-6 } },
    { kind: 'sliding', budgetDuration: '2h', buckets: 8 },
    { kind: 'lifetime', forgetAfter: '3h' },
  ] as const)(
    'says which soft budgets a reservation has passed, as the store in memory does ($kind)',
    async (window) => {
      const { budgets } = aPolicy({
        budgets: [{ id: 'org', scope: 'org', maxBudget: 1e-6, softBudget: 5e-7, window }],
      })
      let now = 1_700_000_000_000
      const clock = (): number => now
      const stores = [await started({ prefix: `soft-${window.kind}`, clock }, { budgets }), memoryStore()]
      await stores[1]?.start({ budgets, now: clock, onExpired: () => undefined, onReturned: () => undefined })
      for (const [index, amount] of [400, 200, 300, 450, 200].entries()) {
        const [ours, reference] = await Promise.all(
          stores.map((store) => store.admit(ask(`r${index}`, amount, 'acme', budgets))),
        )
        expect(ours).toEqual(reference)
        if (index === 2) now += 7 * 3_600_000
      }
    },
  )

  it('asks again for the right window when the server has crossed into another', async () => {
    let now = Date.parse('2026-03-02T12:59:59Z')
    const store = await started({ prefix: 'stale', clock: () => now })
    expect((await store.admit(ask('a', 600))).kind).toBe('admitted')
    now += 5000
    expect((await store.admit(ask('b', 600))).kind).toBe('admitted')
    now -= 5000
    expect((await store.admit(ask('c', 600))).kind).toBe('refused')
  })

  it('forgets no script, budget or money when Redis was emptied: it begins anew', async () => {
    const store = await started({ prefix: 'empty' })
    await store.admit(ask('a', 600))
    await client.flushall()
    await client.function('FLUSH')
    expect(await store.end('a', { ...settled, chargeNanoUsd: 5 })).toMatchObject({ status: 'unknown' })
    expect(await store.admit(ask('b', 600))).toMatchObject({ kind: 'admitted' })
  })

  it.each([['FUNCTION', '-function'] as const, ['FCALL', '-fcall'] as const])(
    'where a user may not call %s, the same scripts run by EVAL',
    async (command, rule) => {
      await client.function('FLUSH')
      await client.acl('SETUSER', command, 'on', '>secret', '~*', '+@all', rule)
      const limited = new Redis({ port: server.port, username: command, password: 'secret' })
      const store = redisStore(limited, { prefix: command })
      const silent = { onExpired: () => undefined, onReturned: () => undefined }
      await store.start({ budgets: budgetsOf('1h'), now: Date.now, ...silent })
      expect(await store.admit(ask('a', 600))).toMatchObject({ kind: 'admitted', seq: 1 })
      expect(await store.end('a', { ...settled, chargeNanoUsd: 5 })).toMatchObject({
        chargedNanoUsd: 5,
        seq: 2,
      })
      const { calls = '' } =
        /cmdstat_eval:calls=(?<calls>\d+)/.exec(await client.info('commandstats'))?.groups ?? {}
      expect(Number(calls)).toBeGreaterThan(0)
      limited.disconnect()
    },
  )

  it('a held reservation expires on time however many have been settled before', async () => {
    let now = 1_700_000_000_000
    const expired: string[] = []
    const store = await started(
      { prefix: 'soonest', clock: () => now },
      { onExpired: ({ id }) => void expired.push(id) },
    )
    await store.admit({ ...ask('short', 1), ttlMs: 100 })
    await store.end('short', { ...settled, chargeNanoUsd: 1 })
    await store.admit(ask('long', 1))
    now += 59_999
    await store.admit(ask('before', 1))
    expect(expired).toEqual([])
    now += 1
    await store.end('before', { ...settled, chargeNanoUsd: 1 })
    expect(expired).toEqual(['long'])
  })

  it('ended reservations leave the set of all once they are forgotten', async () => {
    let now = 1_700_000_000_000
    const store = await started({ prefix: 'leave', rememberMs: 1, clock: () => now })
    for (let round = 0; round < 1200; round++) {
      await store.admit(ask(`r${round}`, 1))
      await store.end(`r${round}`, { ...settled, chargeNanoUsd: 0 })
    }
    await store.admit(ask('held', 1))
    now += 59_999
    await store.admit(ask('later', 1))
    now += 1
    await store.admit(ask('last', 1))
    // What was held until now is still remembered.
    const names = await client.zrange('{leave}:reservations', '0', '-1')
    expect(names.map((name) => name.slice(17))).toEqual(['later', 'last', 'held'])
    // Its record goes a millisecond of the server's own time after it has expired.
    const records = await client.keys('{leave}:r:*')
    expect(records).toEqual(expect.arrayContaining(['{leave}:r:later', '{leave}:r:last']))
    expect(records.filter((name) => name !== '{leave}:r:held')).toHaveLength(2)
  })

  it('keys expire once nothing is forgotten by it, and those of held money never', async () => {
    let now = Date.now()
    const store = await started({ prefix: 'ttl', rememberMs: 100_000, clock: () => now })
    const keys = ['r:a', 'a:0:acme'].map((name) => `{ttl}:${name}`)
    const ttls = (): Promise<number[]> => Promise.all(keys.map((key) => client.pttl(key)))
    await store.admit(ask('a', 600))
    expect(await ttls()).toEqual([-1, -1])
    await store.end('a', { ...settled, chargeNanoUsd: 5 })
    const [ended = 0, record = 0] = await ttls()
    expect(ended).toBeGreaterThan(99_000)
    expect(ended).toBeLessThanOrEqual(100_000)
    expect(record).toBeGreaterThan(99_000)
    expect(record).toBeLessThanOrEqual(3_700_000)
    now += 60_000
    await store.admit(ask('b', 600))
    expect((await ttls())[1]).toBe(-1)
  })

  it('names of records that have expired do not pile up', async () => {
    const store = await started({ prefix: 'names', rememberMs: 1 })
    for (let round = 0; round < 400; round++) {
      await store.admit(ask(`r${round}`, 1, `org-${round}`))
      await client.del(`{names}:a:0:org-${round}`)
    }
    expect(await client.zcard('{names}:pools')).toBeLessThan(10)
  })

  it('a server that does not answer is a StoreError within the timeout', async () => {
    const silent = createServer(() => undefined).listen(0, '127.0.0.1')
    await once(silent, 'listening')
    const lost = new Redis({ port: (silent.address() as AddressInfo).port, lazyConnect: true })
    lost.on('error', () => undefined)
    const store = redisStore(lost, { timeoutMs: 100 })
    const began = performance.now()
    const options = { now: Date.now, onExpired: () => undefined, onReturned: () => undefined }
    await expect(store.start({ budgets: [], ...options })).rejects.toThrow(StoreError)
    expect(performance.now() - began).toBeLessThan(1000)
    lost.disconnect()
    silent.close()
  })

  it('a ledger that is being configured is waited for, and not for ever', async () => {
    const store = await started({ prefix: 'lock', timeoutMs: 300 })
    await client.set('{lock}:lock', 'somebody', 'PX', 100)
    expect((await store.admit(ask('a', 1))).kind).toBe('admitted')
    await client.set('{lock}:lock', 'somebody', 'PX', 10_000)
    await expect(Promise.resolve(store.admit(ask('b', 1)))).rejects.toThrow(StoreError)
  })

  it('with a cluster label each of its values has a ledger in a hash slot of its own', async () => {
    const store = await started({ prefix: 'cluster', clusterLabel: 'org' })
    expect((await store.admit(ask('a', 600, 'acme'))).kind).toBe('admitted')
    expect((await store.admit(ask('b', 600, 'bolt'))).kind).toBe('admitted')
    expect((await store.admit(ask('c', 600, 'bolt'))).kind).toBe('refused')
    expect(await store.end('b', { ...settled, chargeNanoUsd: 7 })).toMatchObject({ chargedNanoUsd: 7 })
    const keys = await client.keys('{cluster*')
    expect(keys).toContain('{cluster:acme}:a:0:acme')
    expect(keys).toContain('{cluster:bolt}:r:b')
    const { ledger } = await store.save()
    expect(ledger.slots[0]?.labels).toEqual(['acme', 'bolt'])
    expect(poolRows(ledger).map(({ spent, held }) => [spent, held])).toEqual([
      [0, 600],
      [7, 0],
    ])
    expect((await store.audit({ budgetId: 'org', label: 'bolt' })).windows).toMatchObject([
      { spentNanoUsd: 7 },
    ])
    await store.configure(budgetsOf('1d'))
    expect((await store.admit(ask('d', 600, 'acme'))).kind).toBe('refused')
    await expect(started({ prefix: 'x', clusterLabel: 'team' })).rejects.toThrow(/budgets org.*scope is org/s)
  })

  it('refills in whole numbers as the core does, whatever the size of the products', async () => {
    const lua = `${REFILL}
      local out = {}
      for _, c in ipairs(cjson.decode(ARGV[1])) do
        local whole, rest = refill(c[1], c[2], c[3], c[4])
        out[#out + 1] = string.format('%.0f %.0f', whole, rest)
      end
      return out`
    const most = Number.MAX_SAFE_INTEGER
    const size = (max: number): fc.Arbitrary<number> =>
      fc.oneof(
        fc.integer({ min: 0, max: Math.min(max, 5000) }),
        fc.maxSafeNat().map((n) => n % max),
      )
    const oneCase = fc
      .tuple(
        size(1e13),
        size(most),
        size(6e14),
        fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
      )
      .map(([elapsed, nano, ms, share]) => [elapsed, nano, ms + 1, Math.floor(share * (ms + 1))] as const)
    await fc.assert(
      fc.asyncProperty(fc.array(oneCase, { minLength: 200, maxLength: 200 }), async (cases) => {
        const said = (await client.eval(lua, 0, JSON.stringify(cases))) as string[]
        cases.forEach(([elapsed, nano, ms, remainder], index) => {
          const exact = refill(elapsed, { nano, ms }, remainder)
          const expected = exact.whole > most ? 'inf 0' : `${exact.whole} ${exact.remainder}`
          expect([elapsed, nano, ms, remainder, said[index]]).toEqual([
            elapsed,
            nano,
            ms,
            remainder,
            expected,
          ])
        })
      }),
      { seed, numRuns: 50 },
    )
  })
})

function budgetsOf(budgetDuration: string): readonly Budget[] {
  return aPolicy({
    budgets: [{ id: 'org', scope: 'org', maxBudget: 1e-6, window: { kind: 'fixed', budgetDuration } }],
  }).budgets
}
