import { InputError } from '../core/errors.js'
import type { ArrivalOptions } from '../logs/store-arrivals.js'
import { requireSeed } from './seed.js'

const PER_SECOND = { s: 1, m: 60, h: 3600 } as const

/**
 * `--arrivals 5/s` (or /m, /h), or a file whose times are taken (`--arrivals trace.csv`, with `tokens` its token counts
 * too), with `--seed`. @throws InputError naming the option.
 */
export function arrivalsOption(
  text: string | undefined,
  seed: number | undefined,
  tokens: boolean = false,
): ArrivalOptions | undefined {
  requireSeed(seed)
  if (text === undefined) {
    if (seed !== undefined) throw new InputError('--seed belongs to --arrivals')
    if (tokens) throw new InputError('--arrival-tokens belongs to --arrivals FILE')
    return undefined
  }
  const rate = rateOf(text)
  if (seed === undefined)
    throw new InputError('--arrivals draws times by chance: name a --seed, such as --seed 1')
  if (rate === undefined) return { trace: text, tokens, seed }
  if (tokens) throw new InputError(`--arrival-tokens needs a trace: --arrivals FILE, not ${text}`)
  return { perSecond: rate, seed }
}

/** Undefined for what is a file's name. */
function rateOf(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\/(s|m|h)$/.exec(text)
  const rate = Number(match?.[1] ?? NaN) / PER_SECOND[(match?.[2] ?? 's') as 's' | 'm' | 'h']
  if (rate > 0) return rate
  if (match === null && /[./\\]/.test(text) && !/^\d*\.?\d*\/?\w?$/.test(text)) return undefined
  throw new InputError(`--arrivals must look like 5/s, 30/m or 200/h, or name a trace's file, got ${text}`)
}
