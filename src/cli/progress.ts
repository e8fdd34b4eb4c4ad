import { pace, type Unit } from './progress-pace.js'

export interface Progress {
  /** `detail`: what is to be said beside the bar. */
  update(done: number, total: number, detail?: string): void
  /** Always comes before other output. */
  stop(): void
}

export function byteProgress(): Promise<Progress> {
  return progressBar('{bar} {percentage} %{pace}', 'bytes')
}

/** Progress of things that are counted, with their rate and the time that is left. */
export function countProgress(name: string): Promise<Progress> {
  return progressBar(`${name} {bar} {percentage} % · {value} of {total}{pace}{detail}`, 'things')
}

/** A progress bar on stderr, on a terminal only. */
async function progressBar(format: string, unit: Unit): Promise<Progress> {
  if (process.stderr.isTTY !== true) return { update: () => {}, stop: () => {} }
  const { SingleBar, Presets } = (await import('cli-progress')).default
  const bar = new SingleBar(
    {
      format,
      stream: process.stderr,
      clearOnComplete: true,
      noTTYOutput: false,
    },
    Presets.shades_classic,
  )
  let start: { readonly at: number; readonly done: number } | undefined
  let last = 0
  return {
    update(done, total, detail = '') {
      const at = Date.now()
      if (start === undefined) bar.start(total, done, { detail, pace: '' })
      // What begins anew, as the second pass of a training does, has a pace of its own.
      if (start === undefined || done < last) start = { at, done }
      last = done
      const run = { done: done - start.done, left: total - done, elapsedMs: at - start.at }
      bar.update(done, { detail, pace: pace(run, unit) })
    },
    stop: () => bar.stop(),
  }
}
