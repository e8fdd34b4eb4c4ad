export interface Progress {
  update(done: number, total: number): void
  /** Always comes before other output. */
  stop(): void
}

export function byteProgress(): Promise<Progress> {
  return progressBar('{bar} {percentage} % · {eta_formatted} left')
}

/** Progress of things that are counted, with their rate. */
export function countProgress(name: string): Promise<Progress> {
  return progressBar(`${name} {bar} {percentage} % · {value} of {total} · {eta_formatted} left`)
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
    update(read, total) {
      if (!running) bar.start(total, read)
      else bar.update(read)
      running = true
    },
    stop: () => bar.stop(),
  }
}
