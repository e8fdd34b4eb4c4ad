import type { Moved } from './knobs/knob.js'

/** One policy of the comparison, with what a reader moved of it. */
export interface Move {
  /** Index into the policies. */
  readonly policy: number
  readonly moved: Moved
}

export function isUnmoved({ moved }: Move): boolean {
  return Object.keys(moved).length === 0
}

export function unmoved({ policy }: Pick<Move, 'policy'>): Move {
  return { policy, moved: {} }
}
