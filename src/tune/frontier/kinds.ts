import { InputError } from '../../core/errors.js'
import type { Message } from '../../core/request.js'
import type { OutcomeMatrix } from './outcome-matrix.js'

export const FRONTIER_KINDS = ['heuristic', 'task', 'learned', 'hybrid', 'cascade'] as const
export type FrontierKind = (typeof FRONTIER_KINDS)[number]

export interface Skipped {
  readonly kind: FrontierKind
  readonly because: string
}

/**
 * The kinds that the log supports, of the wanted ones (undefined: of all).
 * @throws InputError when a kind that was asked for cannot be swept, or none can.
 */
export function kindsOf(
  asked: readonly FrontierKind[] | undefined,
  matrix: OutcomeMatrix,
  messages: readonly (readonly Message[] | undefined)[],
): { readonly kinds: readonly FrontierKind[]; readonly skipped: readonly Skipped[] } {
  const wanted = FRONTIER_KINDS.filter((kind) => asked === undefined || asked.includes(kind))
  const judged = wanted.map((kind) => ({ kind, because: whyNot(kind, matrix, messages) }))
  const skipped = judged.flatMap(({ kind, because }) => (because === null ? [] : [{ kind, because }]))
  const usable = judged.filter(({ because }) => because === null).map(({ kind }) => kind)
  const [first] = skipped
  if (first !== undefined && (asked !== undefined || usable.length === 0))
    throw new InputError(
      `there is nothing to tell requests apart by: ${skipped.map(({ kind, because }) => `${kind}: ${because}`).join('; ')}`,
    )
  return { kinds: usable, skipped }
}

/** Null where the log has what the classifier reads. */
function whyNot(
  kind: FrontierKind,
  { table, models }: OutcomeMatrix,
  messages: readonly (readonly Message[] | undefined)[],
): string | null {
  const hasText = messages.some((one) => one !== undefined)
  const isKnown = (column: Float64Array): boolean => column.some((value) => !Number.isNaN(value))
  switch (kind) {
    case 'heuristic':
      return [table.assessedDifficulty, ...table.features].some(isKnown)
        ? null
        : `the log has no prompts and no difficulties; ${IMPORT_PROMPTS}`
    case 'task':
      return new Set(table.task.codes).size > 1 ? null : 'the log has fewer than two tasks'
    case 'learned':
      return hasText ? null : `the log has no prompts to learn from; ${IMPORT_PROMPTS}`
    case 'hybrid':
      if (!hasText || !table.features.some(isKnown))
        return `the log has no prompts for its two classifiers; ${IMPORT_PROMPTS}`
      return table.assessedDifficulty.some((value) => Number.isNaN(value))
        ? null
        : 'every request has a difficulty that the caller told, which no classifier changes'
    case 'cascade':
      return models.some(
        ({ score, outputTokens, signs }) => score ?? signs ?? outputTokens.some((count) => count >= 0),
      )
        ? null
        : 'the log says nothing of the answers: neither scores, nor output tokens, nor how they ended'
  }
}

const IMPORT_PROMPTS = 'import it with prompts (matrix logs: --queries FILE), or log with logText "full"'
