import { InputError, nearMiss } from '../core/errors.js'
import { DRIFT_LIMITS, type DriftLimits } from '../metrics/drift/drift.js'

/** Names as people write them, and the limits that they set. */
const NAMES: Readonly<Record<string, keyof DriftLimits>> = {
  cost: 'costUsd',
  quality: 'quality',
  share: 'share',
  reject: 'rejectShare',
  psi: 'psi',
}

/** `cost=0.2,quality=0.05`: the default limits with these in place of theirs. @throws InputError naming the part. */
export function parseDriftLimits(text: string | undefined): DriftLimits {
  if (text === undefined) return DRIFT_LIMITS
  const given = text.split(',').map((part) => {
    const [name = '', value = ''] = part.split('=').map((piece) => piece.trim())
    const limit = NAMES[name]
    if (limit === undefined) {
      const near = nearMiss(name, Object.keys(NAMES))
      throw new InputError(
        `--limits knows ${Object.keys(NAMES).join(', ')}, got ${JSON.stringify(part)}${near === undefined ? '' : `; did you mean ${near}?`}`,
      )
    }
    const amount = Number(value)
    if (value === '' || !(amount >= 0) || !Number.isFinite(amount))
      throw new InputError(`--limits ${name} must be a number of at least 0, got ${JSON.stringify(value)}`)
    return [limit, amount] as const
  })
  return { ...DRIFT_LIMITS, ...Object.fromEntries(given) }
}
