import type { LogTable } from '../../src/core/log-table.js'
import { replay } from '../../src/replay/replay.js'
import { ENDS, FLAG_BOUND, FLAG_DEFERRED, FLAG_DOWNGRADED, type Steps } from '../../src/replay/steps.js'
import { aLogTable } from './a-log-table.js'
import { aPolicy, type Caps } from './a-policy.js'
import { perSecond, takeTurns } from './timing.js'

const REQUESTS = 500_000
const ROUNDS = 7
const GOAL = 500_000

/**
 * Replayed decisions a second on one thread: a decision is one request planned, admitted by three nested pools, called,
 * settled at its completion and written to the result's columns. Features are stored; four models, each with an outcome
 * of every request. Baseline of the ratio: a bare loop that only adds up the costs of the same rows in the same order.
 */
export async function bench(): Promise<void> {
  const table = aLogTable(REQUESTS, aPolicy('lax'))
  console.log(
    `replay, ${REQUESTS.toLocaleString('en-US')} requests a round, three nested pools, median of ${ROUNDS} rounds`,
  )
  for (const caps of ['lax', 'tight'] as const) await report(table, caps)
}

async function report(table: LogTable, caps: Caps): Promise<void> {
  const policy = aPolicy(caps)
  let { steps } = replay(table, policy)
  let sum = 0
  const [ours, bare] = await takeTurns(ROUNDS, [
    () => ({ steps } = replay(table, policy)),
    () => (sum = addCosts(table, steps)),
  ])
  if (ours === undefined || bare === undefined || !(sum > 0)) throw new Error('nothing was replayed')
  console.log(`  budgets ${caps}: ${said(steps)}`)
  console.log(
    `    replay     ${perSecond(table.size, ours.wall)} decisions/s (by CPU time ${perSecond(table.size, ours.cpu)})` +
      (caps === 'lax' ? `, goal: at least ${GOAL.toLocaleString('en-US')}` : ''),
  )
  console.log(
    `    bare loop  ${perSecond(table.size, bare.wall)} rows/s; replay takes ${(ours.wall / bare.wall).toFixed(0)}x its time`,
  )
}

function addCosts({ size, outcomes }: LogTable, { model }: Steps): number {
  const costs = outcomes.map(({ costNanoUsd }) => costNanoUsd)
  let sum = 0
  for (let row = 0; row < size; row++) sum += costs[model[row] as number]?.[row] ?? 0
  return sum
}

function said({ end, flags }: Steps): string {
  const flagged = (flag: number): number =>
    flags.reduce((count, one) => count + ((one & flag) > 0 ? 1 : 0), 0)
  const ended = ENDS.map(
    (name, code) => [name, end.reduce((n, one) => n + (one === code ? 1 : 0), 0)] as const,
  )
  const counts = [
    ...ended,
    ['bound by a pool', flagged(FLAG_BOUND)] as const,
    ['downgraded', flagged(FLAG_DOWNGRADED)] as const,
    ['deferred', flagged(FLAG_DEFERRED)] as const,
  ]
  return counts.map(([name, count]) => `${name} ${count.toLocaleString('en-US')}`).join(', ')
}
