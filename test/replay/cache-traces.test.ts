import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import type { LogTable } from '../../src/core/log-table.js'
import type { PolicyFileInput } from '../../src/core/policy-schema.js'
import { draw } from '../../src/core/random.js'
import { replay } from '../../src/replay/replay.js'
import { aModel, aPolicy } from '../builders/a-policy.js'
import { importLog, load, workdir } from '../logs/workdir.js'

/** What a router that does not look at prompt caches pays, on sessions of agents and of chats as they were. */

const DATA = resolve(import.meta.dirname, '../../../shared/data')
const TRACES = [
  {
    name: 'LMCache',
    file: join(DATA, 'traces_lmcache/agent_sessions.csv.gz'),
    rows: 1619,
    lookingAheadOnce: 'costs',
  },
  {
    name: 'Mooncake',
    file: join(DATA, 'traces_mooncake/conversation_trace.jsonl.gz'),
    rows: 12_031,
    lookingAheadOnce: 'saves',
  },
]
const README = readFileSync('README.md', 'utf8')
const isThere = TRACES.every(({ file }) => existsSync(file))
if (!isThere) console.log('Prompt caches on traces skipped: ../shared/data/traces_… is absent')

type ModelInput = PolicyFileInput['models'][number]

/** Cache reads at a tenth, writes at one and a quarter of the price. Steps of agents follow one another within a second. */
function priced(id: string, tier: number, inputUsd: number): ModelInput {
  const pricing = {
    promptPer1m: inputUsd,
    completionPer1m: 5 * inputUsd,
    cachedInputPer1m: inputUsd / 10,
    cacheWritePer1m: 1.25 * inputUsd,
  }
  const parts = { pricing, promptCache: {}, contextWindow: 200_000, expectedLatencyMs: 500 }
  return aModel(id, tier, { inputUsd, outputUsd: 5 * inputUsd }, parts)
}

/** Two models at the same prices, half of the requests to each: what the bills differ by is what caches are worth. */
const TWINS: Partial<PolicyFileInput> = {
  models: [priced('one', 0, 3), priced('other', 0, 3)],
  tierBoundaries: [],
  selector: { kind: 'mix', shares: { one: 1, other: 1 } },
}
/** One request in two is hard, by lot: a model of a third of the price may take the others. */
const TIERS: Partial<PolicyFileInput> = {
  models: [priced('small', 0, 1), priced('large', 1, 3)],
  tierBoundaries: [0.5],
  selector: { kind: 'cheapestCapable' },
}

function costUsd(
  table: LogTable,
  parts: Partial<PolicyFileInput>,
  mode: 'blind' | 'penalty' | 'pin',
): number {
  const { steps } = replay(table, aPolicy({ ...parts, sessionAffinity: { mode } }))
  // Inputs that the trace did not record have no known cost, under any policy.
  return steps.costNanoUsd.reduce((sum, cost) => sum + (Number.isNaN(cost) ? 0 : cost), 0) / 1e9
}

const dollars = (usd: number): string => `$${usd.toFixed(2)}`

describe.skipIf(!isThere)('sessions of real traces', () => {
  const dir = workdir()
  const tables = new Map<string, LogTable>()

  beforeAll(async () => {
    for (const { name, file } of TRACES) {
      const log = dir.path(`${name}.db`)
      await importLog({ log, files: [file] })
      const table = load(log)
      const assessedDifficulty = Float64Array.from(table.ids, (id) => draw(1, id, 'difficulty'))
      tables.set(name, { ...table, assessedDifficulty })
    }
  })

  it.each(TRACES)('$name: README says what a blind router pays', ({ name, rows, lookingAheadOnce }) => {
    const table = tables.get(name)!
    expect(table.size).toBe(rows)
    const [blind, pinned] = [costUsd(table, TWINS, 'blind'), costUsd(table, TWINS, 'pin')]
    expect(pinned).toBeLessThan(blind)
    const [unseen, seen] = [costUsd(table, TIERS, 'blind'), costUsd(table, TIERS, 'penalty')]
    // The penalty weighs one request at a time: where a session is long, staying at the dearer model can cost more.
    expect(seen < unseen ? 'saves' : 'costs').toBe(lookingAheadOnce)
    const cells = [name, dollars(blind), dollars(pinned), dollars(unseen), dollars(seen)]
    const row = new RegExp(cells.map((cell) => cell.replace(/[$.]/g, '\\$&')).join(' +\\| +'))
    expect(README).toMatch(row)
  })
})
