export interface Progress {
  /** `detail`: what is to be said beside the bar. */
  update(done: number, total: number, detail?: string): void
  /** Always comes before other output. */
  stop(): void
}

export function byteProgress(): Promise<Progress> {
  return progressBar('{bar} {percentage} % · {eta_formatted} left')
}

/** Progress of things that are counted, with their rate. */
export function countProgress(name: string): Promise<Progress> {
  return progressBar(`${name} {bar} {percentage} % · {value} of {total} · {eta_formatted} left{detail}`)
}

/** A progress bar on stderr, on a terminal only. */
async function progressBar(format: string): Promise<Progress> {
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
  let running = false
  return {
    update(read, total, detail = '') {
      if (!running) bar.start(total, read, { detail })
      else bar.update(read, { detail })
      running = true
    },
    stop: () => bar.stop(),
  }
}
