import { parentPort, workerData } from 'node:worker_threads'
import { loadSet } from './load-set.js'
import { scoreSet } from './score-set.js'
import type { SetName } from './set-names.js'

const started = performance.now()
const say = (line: string): void => {
  parentPort?.postMessage({ line: `${Math.round((performance.now() - started) / 1000)} s  ${line}` })
}
parentPort?.postMessage({ score: scoreSet(loadSet(workerData as SetName), say) })
