import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { aRedisServer } from '../builders/a-redis-server.js'
import type { RedisWork } from './redis-worker.js'
import { median, perSecond } from './timing.js'

const ROUNDS = 5

interface Case {
  readonly processes: number
  readonly inFlight: number
  /** Round trips of INCRBY, or reserve+settle pairs, of each process and round. */
  readonly count: number
}

const CASES: readonly Case[] = [
  { processes: 1, inFlight: 1, count: 4000 },
  { processes: 1, inFlight: 64, count: 10_000 },
  { processes: 8, inFlight: 1, count: 1000 },
  { processes: 8, inFlight: 64, count: 2500 },
]
const GOAL = 1.6

/**
 * An amount held in three pools (calendar day, 24 sliding hours, lifetime) and settled to another, a second, in a Redis of
 * its own on this machine. The baselines of the ratios are a bare INCRBY and an FCALL of an empty function over the same
 * connections in the same round: an operation (a pair has two) against a round trip.
 */
export async function bench(): Promise<void> {
  const server = await aRedisServer()
  try {
    console.log(
      `redis, reserve and settle over three pools, no persistence, median of ${ROUNDS} rounds in turns`,
    )
    for (const one of CASES) await measure(server.port, one)
  } finally {
    await server.stop()
  }
}

async function measure(port: number, { processes, inFlight, count }: Case): Promise<void> {
  const workers = await Promise.all(Array.from({ length: processes }, (_, index) => aWorker(port, index)))
  const took = { incrby: [] as number[], fcall: [] as number[], pair: [] as number[] }
  const operations = 2 * processes * count
  for (let round = 0; round <= ROUNDS; round++) {
    const incrby = await inAll(workers, { what: 'incrby', inFlight, count: 2 * count })
    const fcall = await inAll(workers, { what: 'fcall', inFlight, count: 2 * count })
    const pair = await inAll(workers, { what: 'pair', inFlight, count })
    if (round === 0) continue
    took.incrby.push(incrby / operations)
    took.fcall.push(fcall / operations)
    took.pair.push(pair / operations)
  }
  for (const worker of workers) worker.kill()
  const times = (bare: readonly number[]): string =>
    median(took.pair.map((time, round) => time / (bare[round] ?? NaN))).toFixed(2)
  const rate = (seconds: readonly number[]): string => perSecond(1, median(seconds))
  const name = `${processes} ${processes === 1 ? 'process' : 'processes'}, ${inFlight} in flight`
  const goal = processes === 1 && inFlight === 1 ? ` (goal: at most ${GOAL})` : ''
  console.log(
    `  ${name.padEnd(26)} ${perSecond(1, 2 * median(took.pair)).padStart(7)} pairs/s, an operation takes ${times(took.incrby)}x a bare INCRBY (${rate(took.incrby)}/s)${goal}, ${times(took.fcall)}x an empty FCALL (${rate(took.fcall)}/s)`,
  )
}

async function aWorker(port: number, index: number): Promise<ChildProcess> {
  const worker = fork(fileURLToPath(new URL('redis-worker.js', import.meta.url)), [
    String(port),
    String(index),
  ])
  await answer(worker)
  return worker
}

/** Seconds until the last one is done. */
async function inAll(workers: readonly ChildProcess[], work: RedisWork): Promise<number> {
  const started = performance.now()
  await Promise.all(
    workers.map(async (worker) => {
      worker.send(work)
      await answer(worker)
    }),
  )
  return (performance.now() - started) / 1000
}

async function answer(worker: ChildProcess): Promise<void> {
  const over = new AbortController()
  const died = once(worker, 'exit', over).then(() => {
    throw new Error('a process of the benchmark died')
  })
  try {
    await Promise.race([once(worker, 'message', over), died])
  } finally {
    over.abort()
    died.catch(() => undefined)
  }
}
