import { Piscina } from 'piscina'
import type { Knobs } from '../tune/knobs.js'
import type { OpenTrials, Reached } from '../tune/trial.js'
import { shared } from './shared.js'

/** Candidates on `threads` threads, all of which read the log where it stands. */
export function trialsOn(threads: number): OpenTrials {
  return (input) => {
    const pool = new Piscina<Knobs, Reached>({
      filename: new URL('./trial-worker.js', import.meta.url).href,
      minThreads: threads,
      maxThreads: threads,
      workerData: shared(input),
    })
    return { tryKnobs: (knobs) => pool.run(knobs), close: () => pool.destroy() }
  }
}
