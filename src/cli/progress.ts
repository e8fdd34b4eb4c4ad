/** A progress bar of bytes on stderr, on a terminal only. `stop` always comes before other output. */
export async function byteProgress(): Promise<{ update(read: number, total: number): void; stop(): void }> {
  if (process.stderr.isTTY !== true) return { update: () => {}, stop: () => {} }
  const { SingleBar, Presets } = (await import('cli-progress')).default
  const bar = new SingleBar(
    {
      format: '{bar} {percentage} % · {eta_formatted} left',
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
