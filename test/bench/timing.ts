import { performance } from 'node:perf_hooks'

/** Medians over rounds, in seconds. CPU time includes the threads of the garbage collector. */
export interface Timing {
  readonly wall: number
  readonly cpu: number
}

/**
 * Times every contestant once a round, in turns, so that a busy machine slows all of them alike. One round of warm-up
 * is not counted. Returns one timing a contestant.
 */
export async function takeTurns(
  rounds: number,
  contestants: readonly (() => unknown)[],
): Promise<readonly Timing[]> {
  const measured: Timing[][] = contestants.map(() => [])
  for (let round = 0; round <= rounds; round++) {
    for (const [index, contestant] of contestants.entries()) {
      const timing = await once(contestant)
      if (round > 0) measured[index]?.push(timing)
    }
  }
  return measured.map((timings) => ({
    wall: median(timings.map(({ wall }) => wall)),
    cpu: median(timings.map(({ cpu }) => cpu)),
  }))
}

async function once(run: () => unknown): Promise<Timing> {
  const cpu = process.cpuUsage()
  const started = performance.now()
  await run()
  const wall = (performance.now() - started) / 1000
  const { user, system } = process.cpuUsage(cpu)
  return { wall, cpu: (user + system) / 1e6 }
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

/** The value below which that share of the values lies. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = Float64Array.from(values).sort()
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN
}

export function perSecond(count: number, seconds: number): string {
  return Math.round(count / seconds).toLocaleString('en-US')
}
