import type { PolicyFile } from '../../core/policy-schema.js'
import { BUDGETS } from './budgets.js'
import type { Knob, KnobGroup, Moved } from './knob.js'
import { MODELS } from './models.js'
import { PRICES } from './prices.js'
import { RESERVATION } from './reservation.js'
import { ROUTING } from './routing.js'

const GROUPS: readonly KnobGroup[] = [ROUTING, BUDGETS, RESERVATION, MODELS, PRICES]

export interface ListedGroup {
  readonly title: string
  readonly knobs: readonly Knob[]
  /** What cannot be moved and why; empty where nothing is missing. */
  readonly missing: string
}

/** What can be moved of a policy, part by part; parts without anything are left out. */
export function knobsOf(file: PolicyFile): ListedGroup[] {
  return GROUPS.map(({ title, list, missing }) => ({
    title,
    knobs: list(file),
    missing: missing?.(file) ?? '',
  })).filter(({ knobs, missing }) => knobs.length > 0 || missing !== '')
}

/** The file with what was moved, and nothing else changed. Whether it is a policy still is for `parsePolicy` to say. */
export function withMoved(file: PolicyFile, moved: Moved): PolicyFile {
  return Object.keys(moved).length === 0 ? file : GROUPS.reduce((made, { apply }) => apply(made, moved), file)
}
