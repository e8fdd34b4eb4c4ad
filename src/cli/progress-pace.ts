/** What a bar counts: bytes are told in megabytes. */
export type Unit = 'bytes' | 'things'

export interface Run {
  /** Since it began. */
  readonly done: number
  readonly left: number
  readonly elapsedMs: number
}

/** Before this a rate is noise. */
const STEADY_MS = 300

/** How fast it goes and how long it will take, as the end of a line; '' while that is not known. */
export function pace({ done, left, elapsedMs }: Run, unit: Unit): string {
  if (elapsedMs < STEADY_MS || done <= 0) return ''
  return ` · ${rate((done / elapsedMs) * 1000, unit)} · ${time((left / done) * elapsedMs)} left`
}

/** Slow things are told by how long one takes. */
function rate(perSecond: number, unit: Unit): string {
  if (unit === 'bytes') return `${round(perSecond / 1e6)} MB/s`
  return perSecond < 1 ? `${round(1 / perSecond)} s each` : `${round(perSecond)}/s`
}

function time(ms: number): string {
  const seconds = Math.round(ms / 1000)
  if (seconds < 100) return `${seconds} s`
  const minutes = Math.round(seconds / 60)
  return minutes < 100 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

/** Three digits: nobody looks at more. */
function round(value: number): string {
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2
  return Number(value.toFixed(digits)).toLocaleString('en-US')
}
