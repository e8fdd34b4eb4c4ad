import type { Random } from '../core/random.js'
import { pickWeighted } from './sampling.js'

/** Monday, 16 November 2026, 00:00 UTC: no clock changes that week anywhere in the sample. */
export const WEEK_START: number = Date.UTC(2026, 10, 16)
const HOUR = 3_600_000
export const WEEK_LENGTH: number = 7 * 24 * HOUR

const DAY_WEIGHTS = [0.19, 0.21, 0.215, 0.2, 0.15, 0.018, 0.017] as const
/** By hour of local time: the morning climb, the dip at lunch, a little in the evening. */
const HOUR_WEIGHTS = [
  0.05, 0.03, 0.02, 0.01, 0.01, 0.03, 0.1, 0.3, 0.85, 1.35, 1.55, 1.4, 0.5, 0.8, 1.4, 1.5, 1.3, 0.9, 0.45,
  0.3, 0.3, 0.28, 0.2, 0.1,
] as const

const DAYS = [0, 1, 2, 3, 4, 5, 6] as const
const HOURS: readonly number[] = HOUR_WEIGHTS.map((_, hour) => hour)

/** When somebody sits down, in UTC. The week is a ring: Sunday evening in California is early Monday in UTC. */
export function drawSessionStart(random: Random, utcOffsetHours: number, atNight: boolean): number {
  const day = pickWeighted(random, DAYS, (d) => (atNight ? 1 : DAY_WEIGHTS[d]))
  const hour = atNight ? 1 + random.below(3) : pickWeighted(random, HOURS, (h) => HOUR_WEIGHTS[h] ?? 0)
  const local = (day * 24 + hour + random.next()) * HOUR
  return Math.floor(local - utcOffsetHours * HOUR + WEEK_LENGTH) % WEEK_LENGTH
}
