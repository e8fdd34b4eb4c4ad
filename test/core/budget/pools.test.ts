import type { WindowSpec } from '../../../src/core/policy-schema.js'
import { poolsContract } from '../../contract/pools.js'

/** At least one spec of every kind: a kind without one does not compile. */
const SPECS: {
  readonly [Kind in WindowSpec['kind']]: Record<string, Extract<WindowSpec, { kind: Kind }>>
} = {
  fixed: {
    'a fixed day': { kind: 'fixed', budgetDuration: '1d', timeZone: 'Europe/Berlin' },
    'a fixed hour from an anchor': {
      kind: 'fixed',
      budgetDuration: '1h',
      timeZone: 'UTC',
      anchor: '2026-01-01T00:10',
    },
    'a fixed month': { kind: 'fixed', budgetDuration: '1mo', timeZone: 'Asia/Kolkata' },
  },
  sliding: {
    'a sliding day': { kind: 'sliding', budgetDuration: '24h', buckets: 60 },
    'a sliding hour in one bucket': { kind: 'sliding', budgetDuration: '1h', buckets: 1 },
  },
  tokenBucket: {
    'a token bucket': { kind: 'tokenBucket', capacity: 1e-6, refillRate: { usd: 1e-7, per: '1h' } },
    'a bucket without refill': { kind: 'tokenBucket', capacity: 1e-6, refillRate: { usd: 0, per: '1d' } },
  },
  lifetime: {
    'a lifetime': { kind: 'lifetime' },
    'a lifetime that forgets': { kind: 'lifetime', forgetAfter: '7d' },
  },
}

poolsOf('fixed')
poolsOf('sliding')
poolsOf('tokenBucket')
poolsOf('lifetime')

function poolsOf<Kind extends WindowSpec['kind']>(kind: Kind): void {
  for (const [name, spec] of Object.entries(SPECS[kind]) as [string, Extract<WindowSpec, { kind: Kind }>][])
    poolsContract<Kind>(name, spec)
}
