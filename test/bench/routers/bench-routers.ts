import { parseArgs } from 'node:util'
import { Worker } from 'node:worker_threads'
import { hasData } from '../../metrics/real-data.js'
import { holm } from './holm.js'
import type { SetScore } from './score-set.js'
import { HELD_BACK, isSetName, JUDGED, SET_NAMES, type SetName } from './set-names.js'
import { reportLines, type Judged } from './table.js'

/** The largest first, so that no thread is left alone with one at the end. */
const BY_WORK: readonly SetName[] = [
  'zeroeval',
  'routerbench',
  'llmdrift',
  'routellm_gsm8k',
  'qwen_mini',
  'openhands_index',
]
const THREADS = 2

/**
 * `npm run bench:routers`: what the learned router gains on real outcomes beside the project, against fixed mixes and plain
 * routers. `--set NAME` runs one set, `--json` prints JSON. Progress goes to stderr.
 */
export async function benchRouters(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: { set: { type: 'string' }, json: { type: 'boolean', default: false } },
  })
  if (values.set !== undefined && !isSetName(values.set)) {
    console.error(`no set ${values.set}; there are ${SET_NAMES.join(', ')}`)
    return 2
  }
  if (!hasData) {
    console.log('routers skipped: ../shared/data is absent')
    return 0
  }
  const started = performance.now()
  const scores = await scoreAll(BY_WORK.filter((name) => values.set === undefined || name === values.set))
  const judged = [JUDGED, HELD_BACK].flatMap((family) => judge(family, scores))
  const seconds = Math.round((performance.now() - started) / 1000)
  const date = new Date().toISOString().slice(0, 10)
  if (values.json) console.log(JSON.stringify({ date, sets: judged.map(withoutReplicates) }, null, 2))
  else console.log([...reportLines(judged, date), `${seconds} s`].join('\n'))
  return judged.every(({ shuffledRows }) => shuffledRows.interval[0] <= 0) ? 0 : 1
}

async function scoreAll(names: readonly SetName[]): Promise<ReadonlyMap<SetName, SetScore>> {
  const waiting = [...names]
  const scores = new Map<SetName, SetScore>()
  const work = async (): Promise<void> => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift())
      scores.set(name, await scoreInThread(name))
  }
  await Promise.all(Array.from({ length: THREADS }, work))
  return scores
}

function scoreInThread(name: SetName): Promise<SetScore> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./set-worker.js', import.meta.url), { workerData: name })
    worker.on('message', (message: { line: string } | { score: SetScore }) => {
      if ('line' in message) console.error(message.line)
      else resolve(message.score)
    })
    worker.on('error', reject)
  })
}

/** Sets that are judged together; those that were not run count in the correction. */
function judge(family: readonly SetName[], all: ReadonlyMap<SetName, SetScore>): readonly Judged[] {
  const scores = family.flatMap((name) => all.get(name) ?? [])
  const tested = holm(
    scores.map(({ replicates }) => replicates),
    family.length,
  )
  return scores.map((score, index) => ({ ...score, tested: tested[index]! }))
}

function withoutReplicates({ replicates, ...rest }: Judged): object {
  return { ...rest, replicates: replicates.length }
}
