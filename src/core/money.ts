/**
 * Money is integer arithmetic: amounts in nano-dollars (1e-9 USD), prices in pico-dollars (1e-12 USD) per token.
 * A call is summed in pico-dollars and rounded up once, so that no sum of roundings ever falls below the bill.
 */

export const NANO_PER_USD = 1e9
export const PICO_PER_NANO = 1000

/** The dearest single call that fits integer arithmetic: 2^53 pico-dollars, about $9,007. */
export const MAX_CALL_NANO_USD: number = Math.floor(Number.MAX_SAFE_INTEGER / PICO_PER_NANO)
/** The largest pool that fits integer arithmetic: 2^53 nano-dollars, about $9,007,199. */
export const MAX_POOL_NANO_USD: number = Number.MAX_SAFE_INTEGER

const DECIMAL = /^(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/

/**
 * An amount of US dollars as integer nano-dollars, from its decimal text (`0.1` means exactly 100,000,000).
 * Digits below a nano-dollar are rounded half up: use it for recorded costs and caps, not for prices.
 * @throws RangeError when the amount is negative, not finite or above 2^53 nano-dollars.
 */
export function nanoUsd(usd: number | string): number {
  const scaled = typeof usd === 'number' ? usd * NANO_PER_USD : Number(usd) * NANO_PER_USD
  const nano = Math.round(scaled)
  if (!(nano >= 0) || nano > MAX_POOL_NANO_USD) {
    throw new RangeError(`amount must be between 0 and ${MAX_POOL_NANO_USD / NANO_PER_USD} USD, got ${usd}`)
  }
  return nano
}

/** Nano-dollars as US dollars, for showing and for JSON output. */
export function usd(nano: number): number {
  return nano / NANO_PER_USD
}

/**
 * A price in dollars per million tokens as integer pico-dollars per token, read from the decimal text so that
 * `0.075` is 75,000 and not 74,999. More digits than a pico-dollar holds are refused, never rounded.
 * @throws RangeError naming the price when it is not a non-negative decimal or is finer than 1e-6 USD per 1M tokens.
 */
export function picoPerToken(dollarsPer1m: number | string): number {
  const text = String(dollarsPer1m)
  const { digits, exponent } = readDecimal(text)
  const shifted = shiftDecimal(digits, exponent + 6)
  if (shifted.dropped) {
    throw new RangeError(
      `price ${text} per 1M tokens has more digits than a pico-dollar per token can hold (6 decimals)`,
    )
  }
  if (!Number.isSafeInteger(shifted.value)) throw new RangeError(`price ${text} per 1M tokens is too large`)
  return shifted.value
}

/** A price as integer pico-dollars; `rounded` when the text has digits below one. */
export interface RoundedPico {
  readonly pico: number
  readonly rounded: boolean
}

/**
 * A price of a book, in dollars for `10 ** tokensExponent` tokens (0: per token, 6: per million), from its decimal text.
 * Books hold sums of rates with binary noise and prices in halves of a pico-dollar: those are rounded half up and said to be.
 * @throws RangeError naming the price when it is not a non-negative decimal, or too large.
 */
export function roundedPico(dollars: number | string, tokensExponent: number): RoundedPico {
  const { digits, exponent } = readDecimal(String(dollars))
  const { value, dropped, half } = shiftDecimal(digits, exponent + 12 - tokensExponent)
  if (!Number.isSafeInteger(value)) throw new RangeError(`price ${dollars} is too large`)
  return { pico: half ? value + 1 : value, rounded: dropped }
}

function readDecimal(text: string): { digits: string; exponent: number } {
  const match = DECIMAL.exec(text)
  if (match === null) throw new RangeError(`price must be a non-negative decimal number, got ${text}`)
  const fraction = match[2] ?? ''
  return {
    digits: ((match[1] ?? '') + fraction).replace(/^0+(?=\d)/, ''),
    exponent: Number(match[3] ?? 0) - fraction.length,
  }
}

/** The whole part of `digits x 10^exponent`, and whether digits other than 0 were dropped, half of a one or more. */
function shiftDecimal(digits: string, exponent: number): { value: number; dropped: boolean; half: boolean } {
  if (exponent >= 0)
    return { value: Number(digits + '0'.repeat(Math.min(exponent, 400))), dropped: false, half: false }
  const padded = digits.padStart(1 - exponent, '0')
  const rest = padded.slice(exponent)
  return {
    value: Number(padded.slice(0, exponent)),
    dropped: !/^0*$/.test(rest),
    half: rest.charAt(0) >= '5',
  }
}

/** Pico-dollars rounded up to nano-dollars: what a call is charged. */
export function ceilToNano(pico: number): number {
  return Math.ceil(pico / PICO_PER_NANO)
}
