import { fork } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'
import { memoryStore } from '../../src/router/stores/memory.js'
import { sqliteStore } from '../../src/router/stores/sqlite.js'
import { aPolicy } from './a-policy.js'
import { aStoreRequest, claimsOf, LABELS, reserveAndSettle, startOptions } from './a-store-request.js'
import { perSecond, takeTurns } from './timing.js'

const ROUNDS = 5
const PROCESSES = 8
const IN_FLIGHT = 64

/** Reserves and settles `calls` times; the next round goes on where the last one ended. */
interface Contestant {
  readonly name: string
  readonly calls: number
  readonly run: (from: number) => Promise<unknown> | void
  readonly goal?: string
}

/**
 * Budget stores: an amount held in three pools and settled to another, two operations a call. Baselines of the ratios, in the
 * same run: a bare Map, three keys updated an operation; and for stores on a disk a bare SQLite transaction of the same
 * durability (BEGIN IMMEDIATE, three UPDATEs, one INSERT, COMMIT with synchronous = FULL), one an operation. Whoever writes to
 * a disk waits for it most of the time: how fast that is, differs by machine and by what else it does.
 */
export async function bench(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'tollgate-bench-'))
  const ends: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })]
  try {
    const contestants = [
      bareMap(),
      await inMemory(),
      bareTransaction(folder, ends),
      await sqlite(folder, ends),
      await sqliteInFlight(folder, ends),
      await sqliteProcesses(folder, ends),
    ]
    const [map, transaction] = [0, 2]
    const seconds = await secondsPerCall(contestants)
    console.log(
      `stores, reserve and settle in three pools, two operations a call, median of ${ROUNDS} rounds`,
    )
    contestants.forEach(({ name, calls, goal }, i) => {
      const own = seconds[i] ?? NaN
      const ratios = [
        `${(own / (seconds[map] ?? NaN)).toFixed(1)}x the time of the bare Map`,
        ...(i > transaction
          ? [`${(own / (seconds[transaction] ?? NaN)).toFixed(2)}x that of the bare transaction`]
          : []),
      ]
      console.log(
        `  ${name.padEnd(34)} ${perSecond(1, own).padStart(9)} calls/s  ${ratios.join(', ')}` +
          `${goal === undefined ? '' : ` (goal: ${goal})`}, ${calls.toLocaleString('en-US')} calls a round`,
      )
    })
  } finally {
    for (const end of ends.reverse()) await end()
  }
}

async function secondsPerCall(contestants: readonly Contestant[]): Promise<readonly number[]> {
  const timings = await takeTurns(
    ROUNDS,
    contestants.map(({ calls, run }) => {
      let from = 0
      return async () => {
        await run(from)
        from += calls
      }
    }),
  )
  return timings.map(({ wall }, i) => wall / (contestants[i]?.calls ?? NaN))
}

function bareMap(): Contestant {
  const calls = 100_000
  const spent = new Map<string, number>()
  const add = (i: number, amount: number): void => {
    for (const key of LABELS[i % LABELS.length] ?? []) spent.set(key, (spent.get(key) ?? 0) + amount)
  }
  return {
    name: 'bare Map',
    calls,
    run(from) {
      for (let i = from; i < from + calls; i++) {
        add(i, 2_348_000)
        add(i, -1_648_000)
      }
    },
  }
}

async function inMemory(): Promise<Contestant> {
  const calls = 100_000
  const policy = aPolicy('lax')
  const store = memoryStore()
  let now = Date.UTC(2026, 10, 2)
  // A round is a day of its own clock: what ended a day ago is forgotten, as in a process that runs for long.
  await store.start({ ...startOptions(policy), now: () => (now += 86_400_000 / calls / 2) })
  const claims = LABELS.map((_, i) => claimsOf(policy, i))
  const end = { kind: 'settled', chargeNanoUsd: 700_000, settlement: 'actual' } as const
  return {
    name: 'memory',
    calls,
    goal: 'at least 300,000/s',
    run(from) {
      for (let i = from; i < from + calls; i++) {
        const id = `r${i}`
        void store.admit(aStoreRequest(id, claims[i % claims.length]!))
        void store.end(id, end)
      }
    },
  }
}

function bareTransaction(folder: string, ends: (() => unknown)[]): Contestant {
  const calls = 400
  const db = new Database(join(folder, 'bare.db'))
  ends.push(() => db.close())
  db.pragma('journal_mode = WAL')
  db.pragma('synchronous = FULL')
  db.exec('create table pools (label text primary key, held integer not null) without rowid')
  db.exec('create table reservations (id text primary key, amount integer not null)')
  const pool = db.prepare('insert or ignore into pools values (?, 0)')
  db.transaction(() => LABELS.forEach((labels) => labels.forEach((label) => pool.run(label))))()
  const begin = db.prepare('begin immediate')
  const hold = db.prepare('update pools set held = held + ? where label = ?')
  const reserve = db.prepare('insert into reservations values (?, ?)')
  const commit = db.prepare('commit')
  return {
    name: 'bare SQLite transactions',
    calls,
    run(from) {
      for (let i = 2 * from; i < 2 * (from + calls); i++) {
        begin.run()
        for (const label of LABELS[i % LABELS.length] ?? []) hold.run(2_348_000, label)
        reserve.run(`r${i}`, 2_348_000)
        commit.run()
      }
    },
  }
}

async function sqlite(folder: string, ends: (() => unknown)[]): Promise<Contestant> {
  const calls = 400
  const policy = aPolicy('lax')
  const store = sqliteStore(join(folder, 'one.db'))
  ends.push(() => store.close())
  await store.start(startOptions(policy))
  return {
    name: 'SQLite, 1 process, one by one',
    calls,
    goal: 'at most 2x a bare transaction',
    async run(from) {
      for (let i = from; i < from + calls; i++) await reserveAndSettle(store, policy, `r${i}`, i)
    },
  }
}

async function sqliteInFlight(folder: string, ends: (() => unknown)[]): Promise<Contestant> {
  const calls = 4000
  const policy = aPolicy('lax')
  const store = sqliteStore(join(folder, 'many.db'))
  ends.push(() => store.close())
  await store.start(startOptions(policy))
  return {
    name: `SQLite, 1 process, ${IN_FLIGHT} in flight`,
    calls,
    async run(from) {
      let next = from
      const lane = async (): Promise<void> => {
        while (next < from + calls) {
          const i = next++
          await reserveAndSettle(store, policy, `r${i}`, i)
        }
      }
      await Promise.all(Array.from({ length: IN_FLIGHT }, lane))
    },
  }
}

/** Each a process of its own, that calls one by one. */
async function sqliteProcesses(folder: string, ends: (() => unknown)[]): Promise<Contestant> {
  const each = 50
  const path = join(folder, 'eight.db')
  const script = fileURLToPath(new URL('store-worker.js', import.meta.url))
  const workers = Array.from({ length: PROCESSES }, (_, i) => fork(script, [path, `p${i}`]))
  ends.push(() => workers.forEach((worker) => worker.kill()))
  const heard = (worker: (typeof workers)[number]): Promise<unknown> =>
    new Promise((done) => worker.once('message', done))
  await Promise.all(workers.map(heard))
  return {
    name: `SQLite, ${PROCESSES} processes, one by one`,
    calls: PROCESSES * each,
    run: () =>
      Promise.all(
        workers.map((worker) => {
          worker.send(each)
          return heard(worker)
        }),
      ),
  }
}
