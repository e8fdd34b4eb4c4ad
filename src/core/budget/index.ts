import type { WindowSpec } from '../policy-schema.js'
import { createFixedPools } from './fixed.js'
import { createLifetimePools } from './lifetime.js'
import type { Pools, PoolsState } from './pools.js'
import { createSlidingPools } from './sliding.js'
import { createTokenBucketPools } from './token-bucket.js'

type WindowKinds = {
  readonly [Kind in WindowSpec['kind']]: (
    spec: Extract<WindowSpec, { kind: Kind }>,
    state?: PoolsState,
  ) => Pools
}

/** Every window kind of the policy schema; a missing one does not compile. */
const WINDOW_KINDS: WindowKinds = {
  fixed: createFixedPools,
  sliding: createSlidingPools,
  tokenBucket: createTokenBucketPools,
  lifetime: createLifetimePools,
}

/** Pools of one budget, new or from saved state. */
export function createPools<Kind extends WindowSpec['kind']>(
  spec: Extract<WindowSpec, { kind: Kind }>,
  state?: PoolsState,
): Pools {
  return WINDOW_KINDS[spec.kind as Kind](spec, state)
}
