import { fork, type ChildProcess } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { SavedReservation } from '../../../src/core/budget/reservation-book.js'
import { createLedger } from '../../../src/core/budget/ledger.js'
import { parsePolicy } from '../../../src/core/policy.js'
import { createRandom } from '../../../src/core/random.js'
import type { StoreState } from '../../../src/router/store.js'
import { sqliteStore } from '../../../src/router/stores/sqlite.js'
import { aBudget, aPolicyFile } from '../../builders/a-policy.js'
import { BUILT } from '../../cli/built.js'
import { seed } from '../../properties/seed.js'
import { aLedgerFile, type LedgerFile } from './ledger-file.js'

const PROCESSES = 8
/** `TOLLGATE_FULL=1` makes it 20,000 each. */
const RESERVATIONS = process.env.TOLLGATE_FULL === undefined ? 1000 : 20_000
const KILLS = process.env.TOLLGATE_FULL === undefined ? 25 : 100
const KILL_EVERY_MS = 200
const SLOW_MS = 1_800_000

/** In dollars; a reservation is charged three eighths of a thousandth of one on average. */
function policyFor(reservations: number): ReturnType<typeof aPolicyFile> {
  const asked = reservations * 0.000375
  return aPolicyFile({
    budgets: [
      // Two thirds of what is asked fits: every cap binds somewhere, and is raced for.
      aBudget('org', round(asked / 4.5), { window: { kind: 'fixed', budgetDuration: '1mo' } }),
      aBudget('user', round(asked / 55), {
        scope: 'user',
        window: { kind: 'sliding', budgetDuration: '24h', buckets: 24 },
      }),
      aBudget('session', round(asked / 500), { scope: 'session' }),
    ],
  })
}

function round(usd: number): number {
  return Number(usd.toFixed(6))
}

interface Seen {
  readonly admitted: number
  readonly refused: number
  readonly chargedNanoUsd: number
}

let dist: string
let file: LedgerFile
beforeAll(() => void (dist = BUILT))
beforeEach(() => void (file = aLedgerFile()))
afterEach(() => file.remove())

function worker(name: string, orders: object): { child: ChildProcess; seen: Promise<Seen | undefined> } {
  const all = { dist, path: file.path, name, inFlight: 4, acknowledged: null, ...orders }
  const child = fork(join(import.meta.dirname, 'sqlite-worker.mjs'), [JSON.stringify(all)], { execArgv: [] })
  const seen = new Promise<Seen | undefined>((done, fail) => {
    let said: Seen | undefined
    child.on('message', (message) => void (said = message as Seen))
    child.on('exit', (code, signal) =>
      code === 0 || signal === 'SIGKILL' ? done(said) : fail(new Error(`${name} ended with ${code}`)),
    )
  })
  return { child, seen }
}

/** What the file holds once everything that is still held has expired. */
async function settledState(policy: ReturnType<typeof aPolicyFile>): Promise<StoreState> {
  const store = sqliteStore(file.path)
  const later = Date.now() + 3_600_000
  const rest = { onExpired: () => undefined, onReturned: () => undefined }
  await store.start({ budgets: parsePolicy(policy).budgets, now: () => later, ...rest })
  await store.end('nobody', { kind: 'cancelled', chargeNanoUsd: 0, settlement: 'bound' })
  const state = await store.save()
  await store.close()
  return state
}

function expectCapsToHold(state: StoreState): void {
  const { slots } = createLedger([], state.ledger)
  for (const { id, pools } of slots) {
    for (let row = 0; row < pools.size; row++) {
      const { spent, held, peak, cap, overspend } = pools.row(row)
      expect(Math.max(spent + held, peak), `pool ${row} of ${id}`).toBeLessThanOrEqual(cap)
      expect(overspend).toBe(0)
    }
  }
}

/** Every pool has spent what the reservations in it were charged. */
function expectToAddUp({ ledger }: StoreState): void {
  const { slots } = createLedger([], ledger)
  slots.forEach(({ id, pools }, slot) => {
    const charged = new Array<number>(pools.size).fill(0)
    for (const reservation of ledger.reservations) {
      const index = reservation.pools.findIndex((pool) => pool.slot === slot)
      charged[reservation.rows[index]!]! += reservation.charged
    }
    charged.forEach((sum, row) =>
      expect(pools.row(row), `pool ${row} of ${id}`).toMatchObject({ spent: sum, held: 0 }),
    )
  })
}

const sum = (amounts: readonly number[]): number => amounts.reduce((total, amount) => total + amount, 0)
const chargedIn = ({ ledger }: StoreState): number => sum(ledger.reservations.map(({ charged }) => charged))

describe(`${PROCESSES} processes on one file (FC_SEED=${seed})`, () => {
  it(
    `spend what the ledger says to the nano-dollar and pass no cap, ${RESERVATIONS} reservations each`,
    async () => {
      const policy = policyFor(PROCESSES * RESERVATIONS)
      const orders = { policy, count: RESERVATIONS, ttlMs: 600_000 }
      const workers = Array.from({ length: PROCESSES }, (_, i) => worker(`p${i}`, orders))
      const seen = (await Promise.all(workers.map((one) => one.seen))).map((one) => one!)
      const state = await settledState(policy)
      expect(sum(seen.map(({ admitted, refused }) => admitted + refused))).toBe(PROCESSES * RESERVATIONS)
      expect(sum(seen.map(({ refused }) => refused))).toBeGreaterThan(RESERVATIONS)
      expect(state.ledger.reservations.length).toBe(sum(seen.map(({ admitted }) => admitted)))
      expect(chargedIn(state)).toBe(sum(seen.map(({ chargedNanoUsd }) => chargedNanoUsd)))
      expectToAddUp(state)
      expectCapsToHold(state)
    },
    SLOW_MS,
  )

  it(
    `lose nothing and double nothing while one of them is killed every ${KILL_EVERY_MS} ms and replaced`,
    async () => {
      const policy = policyFor(3000)
      const acknowledged = join(file.folder, 'acknowledged')
      writeFileSync(acknowledged, '')
      const orders = { policy, count: 1e9, ttlMs: 2000, acknowledged }
      let made = 0
      const another = () => worker(`k${made++}`, orders)
      const alive = Array.from({ length: PROCESSES }, another)
      const random = createRandom(seed)
      for (let kill = 0; kill < KILLS; kill++) {
        await new Promise((resume) => setTimeout(resume, KILL_EVERY_MS))
        const index = Math.floor(random.next() * PROCESSES)
        alive[index]!.child.kill('SIGKILL')
        alive[index] = another()
      }
      // One that has just been started does not listen yet: it is killed as well.
      for (const { child } of alive) child.kill('SIGKILL')
      await Promise.all(alive.map(({ seen }) => seen))

      const state = await settledState(policy)
      expectCapsToHold(state)
      expectToAddUp(state)
      const known = new Map(state.ledger.reservations.map((one) => [one.id, one]))
      const acknowledgements = readFileSync(acknowledged, 'utf8').trimEnd().split('\n')
      expect(acknowledgements.length).toBeGreaterThan(100)
      for (const line of acknowledgements) {
        const [id, charged] = line.split(' ')
        expect(known.get(id!), id).toMatchObject({ status: 'settled', charged: Number(charged) })
        known.delete(id!)
      }
      for (const lost of known.values()) expectToBeCharged(lost)
    },
    SLOW_MS,
  )
})

/** Of a process that was killed: it expired and costs what it held, or its end was written and not heard of any more. */
function expectToBeCharged({ id, status, charged, choice }: SavedReservation): void {
  if (status === 'expired') expect(charged, id).toBe(choice.reservedNanoUsd)
  else expect(status, id).toBe('settled')
}
