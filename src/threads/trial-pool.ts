import { Piscina } from 'piscina'
import type { OpenTrials } from '../tune/trial.js'
import { shared } from './shared.js'

/**
 * A replay leaves much garbage and keeps little of it. With V8's own 48 MB threads collect more often than they need to, and stand in
 * each other's way: of two threads each tries a tenth fewer candidates than with this, and with twice as much no more.
 */
const YOUNG_MB = 64

/** The steps of a tuning on `threads` threads, all of which read the log where it stands. */
export function trialsOn(threads: number): OpenTrials {
  return (input) => {
    const pool = new Piscina({
      filename: new URL('./trial-worker.js', import.meta.url).href,
      minThreads: threads,
      maxThreads: threads,
      // The next candidate is there when one is done.
      concurrentTasksPerWorker: 2,
      workerData: shared(input),
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
    })
    return {
      attempt: (attempt) => pool.run(attempt, { name: 'attempt' }),
      line: (at) => pool.run(at, { name: 'line' }),
      judge: (contender) => pool.run(contender, { name: 'judge' }),
      close: () => pool.destroy(),
    }
  }
}
