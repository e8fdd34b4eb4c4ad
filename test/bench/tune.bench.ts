import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defaultMeasuring } from '../../src/cli/measuring.js'
import type { LogTable } from '../../src/core/log-table.js'
import { parsePolicy, type Policy } from '../../src/core/policy.js'
import { singleModelPolicy } from '../../src/core/single-model-policy.js'
import { loadTable } from '../../src/logs/store-load.js'
import { openLog } from '../../src/logs/store.js'
import { importFiles } from '../../src/logs/store-import.js'
import { replay } from '../../src/replay/replay.js'
import { selectRows } from '../../src/replay/rows.js'
import { trialsOn } from '../../src/threads/trial-pool.js'
import { splitLog } from '../../src/tune/split.js'
import { tune } from '../../src/tune/tune.js'
import { median, takeTurns } from './timing.js'

const SAMPLE = 'datasets/coding-week.jsonl.gz'
const POLICY = 'policies/heuristic.json'
const DEAREST = 'anthropic/claude-opus-4.1'
const CANDIDATES = 1000
const SEED = 1
const TURNS = 5
const ROUNDS = 30

/**
 * `tollgate tune` on the sample log: 1,000 candidates on two threads and on one, next to a bare loop that only replays as many
 * policies on the same part of the log. Medians.
 */
export async function bench(): Promise<void> {
  const policyJson: unknown = JSON.parse(readFileSync(POLICY, 'utf8'))
  const policy = parsePolicy(policyJson)
  const table = await sampleTable(policy)
  const searched = selectRows(table, splitLog(table, SEED).rows.tune)
  const seconds = async (threads: number): Promise<number> => {
    const started = performance.now()
    await tune({
      table,
      policyJson,
      baseline: { label: DEAREST, policy: singleModelPolicy(DEAREST, { known: policy.file }) },
      objective: 'min cost',
      constraints: ['quality >= 0.98 * baseline'],
      seed: SEED,
      candidates: CANDIDATES,
      openTrials: trialsOn(threads),
    })
    return (performance.now() - started) / 1000
  }
  const [twos, ones]: [number[], number[]] = [[], []]
  for (let turn = 0; turn < TURNS; turn++) {
    twos.push(await seconds(2))
    ones.push(await seconds(1))
  }
  const [two, one] = [median(twos), median(ones)]
  const [bare] = await takeTurns(ROUNDS, [() => replay(searched, policy, { poolSeries: false })])
  const loop = CANDIDATES * (bare?.wall ?? NaN)
  console.log(
    `tune, ${CANDIDATES.toLocaleString('en-US')} candidates on the sample log (${table.size.toLocaleString('en-US')} requests): ${two.toFixed(1)} s on 2 threads (goal: under 60), ${(one / two).toFixed(2)}x as fast as on one (goal: 1.6)`,
  )
  console.log(
    `  a bare loop of as many replays of the policy as given on the ${searched.size.toLocaleString('en-US')} requests searched on: ${loop.toFixed(1)} s; the search on one thread ${(one / loop).toFixed(2)}x, on two ${(two / loop).toFixed(2)}x`,
  )
}

async function sampleTable(policy: Policy): Promise<LogTable> {
  const folder = mkdtempSync(join(tmpdir(), 'tollgate-bench-'))
  const log = join(folder, 'sample.db')
  try {
    await importFiles({ log, files: [SAMPLE], ...defaultMeasuring() })
    const store = openLog(log)
    const table = loadTable(store, policy.classifier.extractor)
    store.close()
    return table
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
