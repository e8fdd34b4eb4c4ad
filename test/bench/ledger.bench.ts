import { RateLimiterMemory } from 'rate-limiter-flexible'
import { claimsFor } from '../../src/core/budget/claims.js'
import { createLedger, type Ledger, type OpenPool } from '../../src/core/budget/ledger.js'
import { onlyCandidate } from '../builders/only-candidate.js'
import { aPolicy } from './a-policy.js'
import { CANDIDATE } from './a-store-request.js'
import { perSecond, takeTurns } from './timing.js'

const REQUESTS = 100_000
const ROUNDS = 7
const START = Date.UTC(2026, 10, 2)
const DAY_SECONDS = 86_400

const KEYS: readonly (readonly [org: string, user: string, session: string])[] = Array.from(
  { length: REQUESTS },
  (_, i) => [`org-${i % 6}`, `user-${i % 2000}`, `session-${i % 12_000}`] as const,
)

/**
 * The ledger: an amount held in three pools (calendar day, 24 sliding hours, lifetime) and settled to another, all of them
 * or none, a second. Next to it rate-limiter-flexible in memory, which adds points to three keys one by one, and the
 * baseline of the ratios: a bare Map, updated on three keys to hold and on three to settle, that checks no cap.
 */
export async function bench(): Promise<void> {
  const [ours, limiter, bare] = await takeTurns(ROUNDS, [admitAndSettle, consume, updateMap])
  if (ours === undefined || limiter === undefined || bare === undefined) return
  console.log(
    `ledger, ${REQUESTS.toLocaleString('en-US')} requests a round over three pools, median of ${ROUNDS} rounds`,
  )
  for (const [name, { wall }] of [
    ['tollgate, admit and settle', ours],
    ['rate-limiter-flexible, consume', limiter],
    ['bare Map', bare],
  ] as const) {
    console.log(
      `  ${name.padEnd(32)} ${perSecond(REQUESTS, wall)} requests/s, ${(wall / bare.wall).toFixed(1)}x the time of the bare Map`,
    )
  }
}

/** Pools are looked up once for each combination of labels, as both hosts do it. */
function admitAndSettle(): void {
  const { budgets } = aPolicy('lax')
  const ledger = createLedger(budgets)
  const opened = new Map<string, readonly OpenPool[]>()
  const candidates = onlyCandidate(CANDIDATE)
  KEYS.forEach(([org, user, session], i) => {
    let pools = opened.get(session)
    if (pools === undefined) {
      const claims = claimsFor(budgets, { org, user, session })
      pools = claims.kind === 'claims' ? ledger.open(claims.pools) : []
      opened.set(session, pools)
    }
    const at = START + i * 100
    end(
      ledger,
      ledger.admit({ candidates, pools, priority: 1, requestHeadroom: Infinity, at, ttlMs: 600_000 }),
      at,
    )
  })
}

function end(ledger: Ledger, admission: ReturnType<Ledger['admit']>, at: number): void {
  if (admission.kind !== 'admitted') throw new Error('the benchmark counts admitted requests')
  ledger.end(admission.reservation, { kind: 'settled', chargeNanoUsd: 700_000, settlement: 'actual', at })
}

async function consume(): Promise<void> {
  const limiters = ['org', 'user', 'session'].map(
    (keyPrefix) => new RateLimiterMemory({ keyPrefix, points: 1e12, duration: DAY_SECONDS }),
  )
  for (const keys of KEYS) {
    for (const [level, key] of keys.entries()) await limiters[level]!.consume(key, 900)
  }
}

function updateMap(): void {
  const spent = new Map<string, number>()
  for (const keys of KEYS) {
    for (const key of keys) spent.set(key, (spent.get(key) ?? 0) + 2_348_000)
    for (const key of keys) spent.set(key, (spent.get(key) ?? 0) - 1_648_000)
  }
}
