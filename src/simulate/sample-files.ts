import type { LogRecord } from '../core/log-record.js'
import { simulateWeek, type WeekOptions } from './week.js'

/** The shipped sample is this seed at this size. */
export const SAMPLE_SEED = 20_261_116
export const SAMPLE_REQUESTS = 20_000

const HEADER = {
  tollgateLog: 1,
  synthetic: true,
  requestsPerDay: 50_000,
  description:
    "SYNTHETIC: a coding assistant's week (16 to 22 November 2026), 50,000 requests a day scaled down to 20,000 in all; no real people, code or calls. See datasets/README.md.",
}

/** The texts of the two files: the log as JSON lines, and the truth that no log could hold as CSV. */
export function sampleFiles(options: WeekOptions): { readonly log: string; readonly truth: string } {
  const log = [JSON.stringify(HEADER)]
  const truth = ['id,required_tier,difficulty']
  for (const { record, truth: known } of simulateWeek(options)) {
    log.push(recordLine(record))
    truth.push(`${record.id},${known.requiredTier},${known.difficulty.toFixed(3)}`)
  }
  return { log: `${log.join('\n')}\n`, truth: `${truth.join('\n')}\n` }
}

/** A record as files hold it: the time as ISO 8601. */
export function recordLine({ id, at, ...rest }: LogRecord): string {
  return JSON.stringify({ id, ...(at === undefined ? {} : { at: new Date(at).toISOString() }), ...rest })
}
