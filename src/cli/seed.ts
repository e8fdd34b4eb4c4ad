import { InputError } from '../core/errors.js'

/** @throws InputError unless `--seed` is a whole number. */
export function requireSeed(seed: number | undefined): void {
  if (seed === undefined || Number.isSafeInteger(seed)) return
  throw new InputError(`--seed must be a whole number, got ${seed}`)
}
