import type { WindowSpec } from '../policy-schema.js'
import { createFixedWindow } from './fixed.js'
import { createLifetimeWindow } from './lifetime.js'
import { createSlidingWindow } from './sliding.js'
import { createTokenBucketWindow } from './token-bucket.js'
import type { Window } from './window.js'

type WindowKinds = {
  readonly [Kind in WindowSpec['kind']]: (spec: Extract<WindowSpec, { kind: Kind }>) => Window
}

/** Every window kind of the policy schema; a missing one does not compile. */
const WINDOW_KINDS: WindowKinds = {
  fixed: createFixedWindow,
  sliding: createSlidingWindow,
  tokenBucket: createTokenBucketWindow,
  lifetime: createLifetimeWindow,
}

export function createWindow<Kind extends WindowSpec['kind']>(
  spec: Extract<WindowSpec, { kind: Kind }>,
): Window {
  return WINDOW_KINDS[spec.kind as Kind](spec)
}
