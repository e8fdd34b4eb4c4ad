import { DURATION_PATTERN, durationMs } from '../core/duration.js'
import { InputError, nearMiss, type Issue } from '../core/errors.js'

/** Which faults are injected into a replay: shares of calls, of settlements, and for `clock` of arrivals. */
export interface FaultSpec {
  /** Calls broken off part way. */
  readonly abort: number
  /** Calls whose end the ledger never hears of. */
  readonly lost: number
  /** Calls that fail with an error worth a retry. */
  readonly fail: number
  /** Settlements that are sent twice. */
  readonly duplicate: number
  /** Calls that take `factor` times as long. */
  readonly slow: { readonly share: number; readonly factor: number }
  /** Arrivals at which the ledger's clock steps, by at most `stepMs` either way of the true time. */
  readonly clock: { readonly share: number; readonly stepMs: number }
}

export const NO_FAULTS: FaultSpec = {
  abort: 0,
  lost: 0,
  fail: 0,
  duplicate: 0,
  slow: { share: 0, factor: 10 },
  clock: { share: 0, stepMs: 600_000 },
}

const KINDS = Object.keys(NO_FAULTS) as (keyof FaultSpec)[]
const EXAMPLE = 'abort=0.05,lost=0.02,fail=0.02,duplicate=0.02,slow=0.05x10,clock=0.01x10m'

/** `NAME=SHARE`, and for two of the kinds by how much: `slow=0.05x10` (times), `clock=0.01x10m` (at most). */
const PART = /^([^=]*)=([^x]*)(?:x(.*))?$/

/**
 * Reads `abort=0.05,slow=0.05x10`. What is not named does not happen.
 * @throws InputError with everything that is wrong.
 */
export function parseFaults(text: string): FaultSpec {
  const issues: Issue[] = []
  const problem = (message: string): void => void issues.push({ path: '--faults', message })
  const spec: { -readonly [Kind in keyof FaultSpec]: FaultSpec[Kind] } = { ...NO_FAULTS }
  const seen = new Set<string>()
  for (const part of text.split(',').map((one) => one.trim())) {
    const [, name = '', share = '', amount] = PART.exec(part) ?? []
    const kind = KINDS.find((one) => one === name)
    if (!part.includes('=')) problem(`expected NAME=SHARE such as abort=0.05, got "${part}"`)
    else if (kind === undefined) problem(unknownKind(name))
    else if (seen.has(kind)) problem(`${kind} is given more than once`)
    else readKind(spec, kind, { share, amount, problem })
    seen.add(name)
  }
  const ends = spec.abort + spec.lost + spec.fail
  if (ends > 1 + 1e-9)
    problem(`abort, lost and fail exclude one another and must add up to at most 1, got ${ends}`)
  if (issues.length > 0) throw new InputError(`the faults cannot be read; they look like ${EXAMPLE}`, issues)
  return spec
}

function unknownKind(name: string): string {
  const near = nearMiss(name, KINDS)
  const hint = near === undefined ? `the kinds are ${KINDS.join(', ')}` : `did you mean ${near}?`
  return `unknown fault "${name}"; ${hint}`
}

interface Given {
  readonly share: string
  readonly amount: string | undefined
  readonly problem: (message: string) => void
}

function readKind(
  spec: { -readonly [Kind in keyof FaultSpec]: FaultSpec[Kind] },
  kind: keyof FaultSpec,
  given: Given,
): void {
  const share = readShare(kind, given)
  const { amount, problem } = given
  if (kind === 'slow') spec.slow = { share, factor: readFactor(given) }
  else if (kind === 'clock') spec.clock = { share, stepMs: readStep(given) }
  else {
    if (amount !== undefined) problem(`${kind} takes a share only, got x${amount}`)
    spec[kind] = share
  }
}

function readShare(kind: string, { share, problem }: Given): number {
  const value = share.trim() === '' ? NaN : Number(share)
  if (value >= 0 && value <= 1) return value
  problem(`the share of ${kind} must be a number from 0 to 1, got "${share}"`)
  return 0
}

function readFactor({ amount, problem }: Given): number {
  if (amount === undefined) return NO_FAULTS.slow.factor
  const factor = amount.trim() === '' ? NaN : Number(amount)
  if (factor >= 1 && factor <= 1e6) return factor
  problem(`slow takes how many times as long, from 1 to 1000000, such as slow=0.05x10, got x${amount}`)
  return NO_FAULTS.slow.factor
}

function readStep({ amount, problem }: Given): number {
  if (amount === undefined) return NO_FAULTS.clock.stepMs
  if (DURATION_PATTERN.test(amount) && !amount.endsWith('mo')) return durationMs(amount)
  problem(`clock takes its largest step as 90s, 15m or 24h, such as clock=0.01x10m, got x${amount}`)
  return NO_FAULTS.clock.stepMs
}
