import { spawn, type ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createLedger } from '../../../src/core/budget/ledger.js'
import { createRandom } from '../../../src/core/random.js'
import type { StoreState } from '../../../src/router/store.js'
import { redisStore } from '../../../src/router/stores/redis.js'
import { aRedisServer, hasRedisServer, type RedisServer } from '../../builders/a-redis-server.js'
import { builtBeside, BUILT } from '../../cli/built.js'
import { seed } from '../../properties/seed.js'
import { BUDGETS, RESERVATIONS } from './redis-load.js'

const PROCESSES = 8

let worker = ''
beforeAll(() => {
  const dist = BUILT
  worker = builtBeside(dist, import.meta.dirname, [
    'redis-worker.ts',
    'redis-load.ts',
    '../../builders/a-plan.ts',
  ])
})

/** What callers were told, all processes together. */
class Heard {
  /** Charge by reservation. */
  readonly charges = new Map<string, number>()
  readonly errors: string[] = []
  admitted = 0
  refused = 0
  slowestMs = 0

  listen(line: string): void {
    const [first = '', second = '', ...rest] = line.split(' ')
    if (first === '!') this.errors.push(line)
    else if (first === '#') {
      this.admitted += Number(second)
      this.refused += Number(rest[0])
      this.slowestMs = Math.max(this.slowestMs, Number(rest[1]))
    } else this.charges.set(first, Number(second))
  }

  get sum(): number {
    return [...this.charges.values()].reduce((total, charge) => total + charge, 0)
  }
}

interface Load {
  readonly name: string
  readonly count: number
  readonly inFlight: number
  readonly timeoutMs: number
}

/** Ends when the process has, whichever way. */
function run(
  server: RedisServer,
  load: Load,
  heard: Heard,
  started: (child: ChildProcess) => void,
): Promise<void> {
  const { name, count, inFlight, timeoutMs } = load
  const settings = [server.port, name, count, inFlight, timeoutMs].map(String)
  const child = spawn(process.execPath, [worker, ...settings], { stdio: ['ignore', 'pipe', 'inherit'] })
  createInterface(child.stdout).on('line', (line) => heard.listen(line))
  started(child)
  return new Promise((done) => child.on('close', () => done()))
}

describe.skipIf(!hasRedisServer())(`processes over one Redis (FC_SEED=${seed})`, () => {
  let server: RedisServer
  beforeEach(async () => {
    server = await aRedisServer(true)
  })
  afterEach(() => server.stop())

  async function saved(): Promise<StoreState> {
    const client = new Redis({ port: server.port })
    const store = redisStore(client, { timeoutMs: 120_000 })
    await store.start({
      budgets: BUDGETS,
      now: Date.now,
      onExpired: () => undefined,
      onReturned: () => undefined,
    })
    const state = await store.save()
    client.disconnect()
    return state
  }

  /** Every pool within its cap, every pool the sum of its reservations, every acknowledged charge in its place. */
  function holds({ ledger }: StoreState, heard: Heard): { spent: number; held: number } {
    const caps = new Map(BUDGETS.map(({ id, capNanoUsd }) => [id, capNanoUsd]))
    const sums = new Map<string, { spent: number; held: number }>()
    let [spent, held] = [0, 0]
    for (const { id, status, charged, choice, pools, rows } of ledger.reservations) {
      const open = status === 'held' ? choice.reservedNanoUsd : 0
      spent += charged
      held += open
      const known = heard.charges.get(id)
      if (known !== undefined) expect([id, status, charged]).toEqual([id, 'settled', known])
      pools.forEach(({ slot }, index) => {
        const key = `${slot} ${rows[index]}`
        const sum = sums.get(key) ?? { spent: 0, held: 0 }
        sums.set(key, { spent: sum.spent + charged, held: sum.held + open })
      })
    }
    const known = new Set(ledger.reservations.map(({ id }) => id))
    expect([...heard.charges.keys()].filter((id) => !known.has(id))).toEqual([])
    createLedger([], ledger).slots.forEach(({ id, pools }, slot) => {
      for (let row = 0; row < pools.size; row++) {
        const pool = pools.row(row)
        expect({ spent: pool.spent, held: pool.held }).toEqual(sums.get(`${slot} ${row}`))
        expect(pool.spent + pool.held).toBeLessThanOrEqual(caps.get(id) ?? 0)
        expect(pool.peak).toBeLessThanOrEqual(caps.get(id) ?? 0)
        expect(pool.overspend).toBe(0)
      }
    })
    return { spent, held }
  }

  it(`${PROCESSES} x ${RESERVATIONS} reservations: no cap is passed, and the ledger is the sum of what callers saw`, async () => {
    const heard = new Heard()
    const load = { count: RESERVATIONS, inFlight: 64, timeoutMs: 30_000 }
    const started = performance.now()
    const all = Array.from({ length: PROCESSES }, (_, index) =>
      run(server, { name: `p${index}`, ...load }, heard, () => undefined),
    )
    await Promise.all(all)
    const seconds = (performance.now() - started) / 1000
    const { spent, held } = holds(await saved(), heard)
    expect(heard.errors).toEqual([])
    expect(heard.admitted + heard.refused).toBe(PROCESSES * RESERVATIONS)
    expect(heard.charges.size).toBe(heard.admitted)
    expect(heard.refused).toBeGreaterThan(0)
    expect({ spent, held }).toEqual({ spent: heard.sum, held: 0 })
    console.log(`${heard.admitted} admitted, ${heard.refused} refused in ${seconds.toFixed(1)} s`)
  }, 300_000)

  it('a process killed every 200 ms loses no settlement and passes no cap', async () => {
    const heard = new Heard()
    const random = createRandom(seed)
    const running = new Set<ChildProcess>()
    const ends: Promise<void>[] = []
    let born = 0
    let killed = 0
    const spawnOne = (): void => {
      const load = { name: `k${born++}`, count: 100_000, inFlight: 16, timeoutMs: 30_000 }
      ends.push(run(server, load, heard, (child) => running.add(child)))
    }
    for (let index = 0; index < PROCESSES; index++) spawnOne()
    await sleep(3000)
    for (; killed < 20; killed++) {
      await sleep(200)
      const victim = [...running][Math.floor(random.next() * running.size)]
      victim?.kill('SIGKILL')
      if (victim !== undefined) running.delete(victim)
      spawnOne()
    }
    await sleep(1000)
    for (const child of running) child.kill('SIGKILL')
    await Promise.all(ends)
    const { spent } = holds(await saved(), heard)
    expect(heard.charges.size).toBeGreaterThan(1000)
    expect(spent).toBeGreaterThanOrEqual(heard.sum)
    console.log(`${killed} killed, ${heard.charges.size} settlements acknowledged`)
  }, 300_000)

  it('Redis killed and started again: errors are counted, nothing hangs, what was acknowledged is there', async () => {
    const heard = new Heard()
    const timeoutMs = 1000
    const load = { count: 3000, inFlight: 8, timeoutMs }
    const all = Promise.all(
      Array.from({ length: 4 }, (_, index) =>
        run(server, { name: `d${index}`, ...load }, heard, () => undefined),
      ),
    )
    for (let crash = 0; crash < 3; crash++) {
      await sleep(1500)
      await server.kill()
      await sleep(300)
      await server.start()
    }
    await all
    const { spent, held } = holds(await saved(), heard)
    expect(heard.errors.length).toBeGreaterThan(0)
    expect(heard.errors.filter((line) => !line.startsWith('! StoreError'))).toEqual([])
    expect(heard.admitted + heard.refused).toBe(4 * load.count)
    expect(heard.slowestMs).toBeLessThan(timeoutMs + 500)
    expect(spent).toBe(heard.sum)
    expect(held).toBe(0)
    console.log(
      `${heard.errors.length} errors, slowest answer ${heard.slowestMs} ms, ${heard.charges.size} settled`,
    )
  }, 300_000)
})
