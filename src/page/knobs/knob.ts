import type { PolicyFile } from '../../core/policy-schema.js'

/** Something of a policy that a reader of the page may move: plain data, so that it can go to whoever draws it. */
export type Knob = RangeKnob | ChoiceKnob | SwitchKnob

interface Named {
  /** Of the policy: `cap:org-day`. */
  readonly id: string
  readonly label: string
  /** What a reader must know to move it, one sentence; empty where the label says all. */
  readonly note: string
}

export interface RangeKnob extends Named {
  readonly kind: 'range'
  readonly value: number
  readonly min: number
  readonly max: number
  /** `log`: each step of the slider is a factor. */
  readonly scale: 'linear' | 'log'
  readonly unit: 'number' | 'usd' | 'share'
}

export interface ChoiceKnob extends Named {
  readonly kind: 'choice'
  readonly value: string
  readonly options: readonly { readonly value: string; readonly label: string }[]
}

export interface SwitchKnob extends Named {
  readonly kind: 'switch'
  readonly value: boolean
}

export type KnobValue = number | string | boolean

/** The knobs that stand elsewhere than in the policy's file, by id. */
export type Moved = Readonly<Record<string, KnobValue>>

/** Knobs of one part of a policy. */
export interface KnobGroup {
  readonly title: string
  readonly list: (file: PolicyFile) => readonly Knob[]
  /** Why something that a reader looks for cannot be moved; empty where nothing is missing. */
  readonly missing?: (file: PolicyFile) => string
  /** The file with what was moved; the same parts where nothing of them was. */
  readonly apply: (file: PolicyFile, moved: Moved) => PolicyFile
}

export function movedNumber(moved: Moved, id: string): number | undefined {
  const value = moved[id]
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}

/** A slider around an amount that has no natural ends: a twentieth to twenty times, or from a cent where it is 0. */
export function aroundAmount(value: number): Pick<RangeKnob, 'min' | 'max' | 'scale'> {
  return value > 0
    ? { min: value / 20, max: value * 20, scale: 'log' }
    : { min: 0.01, max: 1000, scale: 'log' }
}
