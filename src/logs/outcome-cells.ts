import type { OutcomeRecord } from '../core/log-record.js'
import { BASES } from '../core/log-table.js'
import { SIGNS } from '../core/score/answer-signs.js'
import type { Cell } from './store-statements.js'

/** An outcome as the store keeps it, in the order of `OUTCOME_COLUMNS`; null is unknown. */
export function outcomeCells(outcome: OutcomeRecord): Cell[] {
  return [
    outcome.costUsd ?? null,
    outcome.quality ?? null,
    outcome.inputTokens ?? null,
    outcome.outputTokens ?? null,
    outcome.cachedInputTokens ?? null,
    outcome.cacheWriteTokens ?? null,
    outcome.reasoningTokens ?? null,
    outcome.latencyMs ?? null,
    outcome.basis === undefined ? null : BASES.indexOf(outcome.basis),
    outcome.score ?? null,
    outcome.agreement ?? null,
    signsOf(outcome),
    outcome.qualitySource ?? null,
  ]
}

function signsOf({ finish, refused }: OutcomeRecord): number | null {
  const ended = finish === undefined ? 0 : SIGNS[finish]
  const read = refused === undefined ? 0 : refused ? SIGNS.refused : SIGNS.notRefused
  return ended + read === 0 ? null : ended + read
}
