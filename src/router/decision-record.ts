import type { BindingPool } from '../core/budget/ledger.js'
import type {
  AttemptEnd,
  AttemptRecord,
  DeferralRecord,
  LogRecord,
  OutcomeRecord,
  RunRecord,
} from '../core/log-record.js'
import type { Request } from '../core/request.js'
import type { Usage } from '../core/usage.js'
import { usd } from '../core/money.js'
import type { Policy } from '../core/policy.js'

export type LogText = 'none' | 'features' | 'full'

/** What a run leaves behind, gathered while it goes on: one line of the decision log, tomorrow's log. */
export interface DecisionRecord {
  readonly request: Request
  /** Empty unless the log keeps texts. */
  readonly text: Pick<LogRecord, 'messages' | 'prompt'>
  readonly task: string | undefined
  readonly policy: Policy
  readonly attempts: Attempt[]
  readonly deferrals: DeferralRecord[]
  rejected: RunRecord['rejected']
  difficulty: number | undefined
}

export interface Attempt {
  readonly record: Omit<AttemptRecord, 'end' | 'after'>
  readonly ends: AttemptEnd[]
  usage: (Usage & { readonly latencyMs?: number }) | undefined
}

/** The canonical line. With `logText: "none"` neither text nor features leave the process. */
export function toLogRecord(record: DecisionRecord, logText: LogText): LogRecord {
  const { request, text, task } = record
  const served = record.attempts.at(-1)
  const features =
    logText === 'features' && request.features !== undefined
      ? { features: { key: record.policy.classifier.extractor.key, values: Array.from(request.features) } }
      : {}
  return {
    id: request.id,
    at: request.at,
    ...(Object.keys(request.scope).length > 0 ? { scope: request.scope } : {}),
    priority: request.priority,
    ...text,
    ...features,
    inputTokensEstimate: request.inputTokensEstimate,
    ...(request.inputTokensBound === undefined ? {} : { inputTokensBound: request.inputTokensBound }),
    ...(request.maxOutputTokens === undefined ? {} : { maxOutputTokens: request.maxOutputTokens }),
    ...(request.needs.length > 0 ? { needs: request.needs } : {}),
    ...(task === undefined ? {} : { task }),
    ...(served === undefined ? {} : { chosen: served.record.model, propensity: 1 }),
    policyHash: record.policy.contentHash,
    ...assessmentOf(record, logText),
    ...(served?.usage === undefined ? {} : { outcomes: [outcomeOf(served)] }),
    run: {
      seed: record.policy.file.seed,
      attempts: record.attempts.map(toAttemptRecord),
      deferrals: record.deferrals,
      ...(record.rejected === undefined ? {} : { rejected: record.rejected }),
    },
  }
}

/** Ours can be made again from text or features; where neither is logged, or the caller made it, it is written down. */
function assessmentOf(
  { request, difficulty }: DecisionRecord,
  logText: LogText,
): Pick<LogRecord, 'assessment'> {
  if (request.assessment !== undefined) return { assessment: request.assessment }
  return logText === 'none' && difficulty !== undefined ? { assessment: { difficulty } } : {}
}

function toAttemptRecord({ record, ends }: Attempt): AttemptRecord {
  const [end, ...after] = ends
  return { ...record, ...(end === undefined ? {} : { end }), ...(after.length > 0 ? { after } : {}) }
}

function outcomeOf(attempt: Attempt): OutcomeRecord {
  const end = attempt.ends.at(-1)
  return {
    model: attempt.record.model,
    ...attempt.usage,
    ...(end?.settlement === 'actual' ? { costUsd: usd(end.costNanoUsd) } : {}),
    basis: 'logged',
  }
}

export function poolName(pool: BindingPool | null): string | null {
  return pool === null ? null : pool.label === '' ? pool.budgetId : `${pool.budgetId}:${pool.label}`
}
