import type { Point, RunMetrics } from '../metrics/result.js'
import type { QualityUnit } from '../metrics/session-quality.js'
import type { ReplayablePolicy } from '../replay/packed/replayable.js'
import type { Figures } from './figures.js'
import type { ListedGroup } from './knobs/index.js'
import type { Move } from './move.js'

/** What the page asks its workers. Answers bear the number of their question, so that late ones are known as such. */
export type Question =
  /** The gzipped bytes of a replayable comparison; first of all. */
  | { readonly kind: 'open'; readonly bytes: ArrayBuffer }
  | { readonly kind: 'figures'; readonly number: number; readonly move: Move }
  /** Points of every policy as it was, and of the single models. */
  | { readonly kind: 'scene'; readonly number: number }
  /** Intervals and controls, and points along the knob that was moved last; a newer question ends it. */
  | { readonly kind: 'follow'; readonly number: number; readonly move: Move; readonly knob: SweptKnob | null }
  | { readonly kind: 'file'; readonly number: number; readonly move: Move }

/** A knob, and the values of it that are tried. */
export interface SweptKnob {
  readonly id: string
  readonly values: readonly (number | string)[]
}

export type Answer =
  | { readonly kind: 'opened'; readonly log: OpenedLog; readonly policies: readonly OpenedPolicy[] }
  | {
      readonly kind: 'figures'
      readonly number: number
      readonly policy: number
      /** Of the policy as it was. */
      readonly before: Figures
      readonly after: Figures
      readonly tookMs: number
    }
  | { readonly kind: 'scene'; readonly number: number; readonly scene: Scene }
  | { readonly kind: 'swept'; readonly number: number; readonly points: readonly Point[] }
  | {
      readonly kind: 'compared'
      readonly number: number
      readonly before: RunMetrics
      readonly after: RunMetrics
    }
  | { readonly kind: 'file'; readonly number: number; readonly file: PolicyDownload }
  /** What was moved is no policy; all that is wrong. */
  | { readonly kind: 'refused'; readonly number: number; readonly because: readonly string[] }
  | { readonly kind: 'failed'; readonly because: string }

export interface OpenedLog {
  /** In the page, and in the whole log. */
  readonly requests: number
  readonly offered: number
  readonly from: number
  readonly to: number
  /** Whose quality is averaged. */
  readonly qualityUnit: QualityUnit
}

export interface OpenedPolicy {
  readonly policyId: string
  readonly groups: readonly ListedGroup[]
  /** Of a redacted page: why it cannot be replayed here (`ids`), or its file not be had from here (`names`). */
  readonly lacks: ReplayablePolicy['lacks']
}

export interface Scene {
  readonly hull: readonly Point[]
  readonly singles: readonly Point[]
  /** By index of the policies; null where there is none. */
  readonly policies: readonly (Point | null)[]
}

export interface PolicyDownload {
  readonly name: string
  readonly text: string
}
