import { InputError } from '../core/errors.js'

const MOST = 256

/** @throws InputError unless `--workers` is a number of threads. */
export function requireWorkers(workers: number | undefined): void {
  if (workers === undefined || (Number.isSafeInteger(workers) && workers >= 1 && workers <= MOST)) return
  throw new InputError(`--workers must be a whole number from 1 to ${MOST}, got ${workers}`)
}
