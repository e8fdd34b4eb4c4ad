import { Redis } from 'ioredis'
import { claimsFor } from '../../src/core/budget/claims.js'
import type { Plan } from '../../src/core/plan.js'
import { redisStore } from '../../src/router/stores/redis.js'
import { CANDIDATE } from './a-store-request.js'
import { aPolicy } from './a-policy.js'

/** What a process is told to do once. */
export interface RedisWork {
  readonly what: 'incrby' | 'fcall' | 'pair'
  readonly inFlight: number
  readonly count: number
}

const [port, index] = process.argv.slice(2).map(Number)
const client = new Redis({ port: port ?? 0 })
const store = redisStore(client, { timeoutMs: 10_000 })
// The least that a function can do.
await client.function(
  'LOAD',
  'REPLACE',
  "#!lua name=bare\nredis.register_function('bare', function() return 1 end)",
)
const { budgets } = aPolicy('lax')
await store.start({
  budgets,
  now: Date.now,
  onExpired: () => undefined,
  onReturned: () => undefined,
})

const PLANS: readonly Plan[] = Array.from({ length: 1000 }, (_, i) => planOf(i))
let made = 0

function planOf(i: number): Plan {
  const claims = claimsFor(budgets, {
    org: `org-${i % 6}`,
    user: `user-${i % 200}`,
    session: `session-${i}`,
  })
  if (claims.kind !== 'claims') throw new Error('no label is missing')
  return {
    first: CANDIDATE,
    selected: [CANDIDATE],
    lower: () => [],
    pools: claims.pools,
    priority: 1,
    difficulty: 0,
    requiredTier: 0,
    requestCapNanoUsd: Infinity,
    onExceed: 'downgrade',
  }
}

async function pair(): Promise<void> {
  const number = made++
  const id = `${process.pid}-${number}`
  const plan = PLANS[number % PLANS.length] as Plan
  const answer = await store.admit({
    id,
    plan,
    requestHeadroom: Infinity,
    wantsRetryAt: false,
    ttlMs: 600_000,
  })
  if (answer.kind !== 'admitted') throw new Error('the benchmark counts admitted requests')
  await store.end(id, { kind: 'settled', chargeNanoUsd: 700_000, settlement: 'actual' })
}

async function work({ what, inFlight, count }: RedisWork): Promise<void> {
  let left = count
  const one = {
    incrby: () => client.incrby(`bare-${index}`, 700_000),
    fcall: () => client.fcall('bare', 1, `bare-${index}`),
    pair,
  }[what]
  const lane = async (): Promise<void> => {
    while (left-- > 0) await one()
  }
  await Promise.all(Array.from({ length: inFlight }, lane))
}

process.on('message', (message) => void work(message as RedisWork).then(() => process.send?.('done')))
process.send?.('ready')
