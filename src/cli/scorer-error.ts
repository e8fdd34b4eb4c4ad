import { InputError } from '../core/errors.js'

/** `0.05`: the share of answers that a simulated scorer judges wrongly. @throws InputError naming what it got. */
export function parseErrorRate(text: string): number {
  const rate = Number(text)
  if (text.trim() !== '' && rate >= 0 && rate <= 0.5) return rate
  throw new InputError(
    `--scorer-error must be a share from 0 to 0.5 (at 0.5 a score says nothing), got ${JSON.stringify(text)}`,
  )
}

/** `0,0.05,0.1`. */
export function parseErrorRates(text: string): readonly number[] {
  return text.split(',').map(parseErrorRate)
}
