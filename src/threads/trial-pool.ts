import { Piscina } from 'piscina'
import type { OpenTrials } from '../tune/trial.js'
import { shared } from './shared.js'

/** The steps of a tuning on `threads` threads, all of which read the log where it stands. */
export function trialsOn(threads: number): OpenTrials {
  return (input) => {
    const pool = new Piscina({
      filename: new URL('./trial-worker.js', import.meta.url).href,
      minThreads: threads,
      maxThreads: threads,
      workerData: shared(input),
    })
    return {
      attempt: (attempt) => pool.run(attempt, { name: 'attempt' }),
      line: (at) => pool.run(at, { name: 'line' }),
      judge: (contender) => pool.run(contender, { name: 'judge' }),
      close: () => pool.destroy(),
    }
  }
}
