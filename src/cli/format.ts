/** How numbers look in terminal tables. Unknown is a dash, never 0. */

const UNKNOWN = '–'

/** Dollars to four significant digits: `$0.005015`, `$1,432`. */
export function dollars(usd: number | null): string {
  if (usd === null || Number.isNaN(usd)) return UNKNOWN
  if (usd === 0) return '$0'
  return `$${usd.toLocaleString('en-US', { minimumSignificantDigits: 4, maximumSignificantDigits: 4 })}`
}

/** A fraction with four decimals: quality. */
export function fraction(value: number | null): string {
  return value === null || Number.isNaN(value) ? UNKNOWN : value.toFixed(4)
}

export function count(value: number): string {
  return value.toLocaleString('en-US')
}

export function plural(value: number, one: string, many: string = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`
}

/** Epoch milliseconds as a UTC time to the minute. */
export function time(at: number | null): string {
  return at === null ? UNKNOWN : `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`
}
