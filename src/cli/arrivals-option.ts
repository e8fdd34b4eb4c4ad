import { InputError } from '../core/errors.js'
import { requireSeed } from './seed.js'

const PER_SECOND = { s: 1, m: 60, h: 3600 } as const

/** `--arrivals 5/s` (or /m, /h) with `--seed`. @throws InputError naming the option. */
export function arrivalsOption(
  text: string | undefined,
  seed: number | undefined,
): { perSecond: number; seed: number } | undefined {
  requireSeed(seed)
  if (text === undefined) {
    if (seed !== undefined) throw new InputError('--seed belongs to --arrivals N/s')
    return undefined
  }
  const match = /^(\d+(?:\.\d+)?)\/(s|m|h)$/.exec(text)
  const rate = Number(match?.[1] ?? NaN) / PER_SECOND[(match?.[2] ?? 's') as 's' | 'm' | 'h']
  if (!(rate > 0)) throw new InputError(`--arrivals must look like 5/s, 30/m or 200/h, got ${text}`)
  if (seed === undefined)
    throw new InputError('--arrivals draws times by chance: name a --seed, such as --seed 1')
  return { perSecond: rate, seed }
}
