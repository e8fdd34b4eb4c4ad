import type { LogRecord, OutcomeRecord } from '../../core/log-record.js'
import type { StoreFacts } from './lint.js'

/** What was changed of a log, and why. */
export interface FixChange {
  readonly id: string
  readonly model: string
  readonly field: string
  readonly before: unknown
  /** null is unknown. */
  readonly after: unknown
  /** Of the finding. */
  readonly code: string
}

export interface Fixed {
  readonly record: LogRecord
  readonly changes: readonly FixChange[]
}

export type FixFacts = Pick<StoreFacts, 'costUnits' | 'sameEntries'> & {
  /** Models that cost something on some request. */
  readonly priced: ReadonlySet<string>
}

/**
 * Mends what can be mended without a guess: a cost of 0 of a model that costs something elsewhere is unknown, cents become dollars
 * where all of a model's costs are 100 times usage x price, and names that the price book knows as one model become the first
 * of them by the alphabet.
 */
export function createFixes({
  costUnits = [],
  sameEntries = [],
  priced,
}: FixFacts): (record: LogRecord) => Fixed {
  const cents = new Set(costUnits.filter(({ unit }) => unit === 'cents').map(({ model }) => model))
  const names = new Map(
    sameEntries.flatMap(({ models }) => models.slice(1).map((model) => [model, models[0] ?? model] as const)),
  )
  const nameOf = (model: string): string => names.get(model) ?? model
  return (record) => {
    const changes: FixChange[] = []
    const note = (model: string, change: Omit<FixChange, 'id' | 'model'>): void => {
      changes.push({ id: record.id, model, ...change })
    }
    const outcomes = record.outcomes?.map((outcome) => {
      const { model, costUsd } = outcome
      const renamed = rename(outcome, nameOf(model), note)
      if (costUsd === undefined) return renamed
      if (costUsd === 0 && priced.has(model)) {
        note(model, { field: 'costUsd', before: 0, after: null, code: 'zero-cost' })
        const { costUsd: _, ...unknown } = renamed
        return unknown
      }
      if (!cents.has(model)) return renamed
      note(model, { field: 'costUsd', before: costUsd, after: costUsd / 100, code: 'cost-unit' })
      return { ...renamed, costUsd: costUsd / 100 }
    })
    const chosen = record.chosen === undefined ? undefined : nameOf(record.chosen)
    const isNoted = record.outcomes?.some(({ model }) => model === record.chosen) ?? false
    if (chosen !== record.chosen && !isNoted)
      note(record.chosen ?? '', {
        field: 'chosen',
        before: record.chosen,
        after: chosen,
        code: 'one-model-two-names',
      })
    if (changes.length === 0 && chosen === record.chosen) return { record, changes }
    return {
      record: {
        ...record,
        ...(chosen === undefined ? {} : { chosen }),
        ...(outcomes === undefined ? {} : { outcomes: merged(outcomes) }),
      },
      changes,
    }
  }
}

function rename(
  outcome: OutcomeRecord,
  name: string,
  note: (model: string, change: Omit<FixChange, 'id' | 'model'>) => void,
): OutcomeRecord {
  if (name === outcome.model) return outcome
  note(outcome.model, { field: 'model', before: outcome.model, after: name, code: 'one-model-two-names' })
  return { ...outcome, model: name }
}

/** Of two outcomes under one name now, what the first does not know the second fills in. */
function merged(outcomes: readonly OutcomeRecord[]): readonly OutcomeRecord[] {
  const byModel = new Map<string, OutcomeRecord>()
  for (const outcome of outcomes) byModel.set(outcome.model, { ...outcome, ...byModel.get(outcome.model) })
  return [...byModel.values()]
}
