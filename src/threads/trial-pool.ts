import { Piscina } from 'piscina'
import type { Attempt, OpenTrials, Reached } from '../tune/trial.js'
import { shared } from './shared.js'

/** Candidates on `threads` threads, all of which read the log where it stands. */
export function trialsOn(threads: number): OpenTrials {
  return (input) => {
    const pool = new Piscina<Attempt, Reached>({
      filename: new URL('./trial-worker.js', import.meta.url).href,
      minThreads: threads,
      maxThreads: threads,
      workerData: shared(input),
    })
    return { attempt: (attempt) => pool.run(attempt), close: () => pool.destroy() }
  }
}
