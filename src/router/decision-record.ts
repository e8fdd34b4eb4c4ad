import type { BindingPool } from '../core/budget/ledger.js'
import type {
  AttemptEnd,
  AttemptRecord,
  DeferralRecord,
  LogRecord,
  OutcomeRecord,
  RunRecord,
} from '../core/log-record.js'
import type { Assessment, Request } from '../core/request.js'
import type { AnswerSigns } from '../core/score/answer-signs.js'
import { usd } from '../core/money.js'
import type { Policy } from '../core/policy.js'
import { costNanoUsd, type Usage } from '../core/usage.js'

export type LogText = 'none' | 'features' | 'full'

/** What a run leaves behind, gathered while it goes on: one line of the decision log, tomorrow's log. */
export interface DecisionRecord {
  readonly request: Request
  /** Empty unless the log keeps texts. */
  readonly text: Pick<LogRecord, 'messages' | 'prompt'>
  readonly task: string | undefined
  /** Name of the router that decides. */
  readonly life: string
  /** Others use its store, or used it before: the log of this router is not the ledger's whole history. */
  readonly sharedLedger: boolean
  readonly policy: Policy
  readonly attempts: Attempt[]
  readonly deferrals: DeferralRecord[]
  rejected: RunRecord['rejected']
  escalationRefused: RunRecord['escalationRefused']
  /** Of the first attempt's lots, where the policy draws any. */
  propensities: Readonly<Record<string, number>> | undefined
  /** Which attempt's answer was served; undefined until one is. */
  answering: number | undefined
  /** What the classifier's service said. */
  assessment: Assessment | undefined
  difficulty: number | undefined
}

export interface Attempt {
  readonly record: Omit<AttemptRecord, 'end' | 'after'>
  /** Calls that its reservation holds, and what scoring their answer costs, as when it was admitted. */
  readonly samples: number
  readonly scoringNanoUsd: number
  readonly ends: AttemptEnd[]
  /** Of the answer; of several samples, that of the one which is the answer. */
  usage: (Usage & { readonly latencyMs?: number }) | undefined
  signs: AnswerSigns | undefined
  /** What a cascade's answer scored, NaN where scoring failed. */
  score: number | undefined
}

/** The canonical line. With `logText: "none"` neither text nor features leave the process. */
export function toLogRecord(record: DecisionRecord, logText: LogText): LogRecord {
  const { request, text, task } = record
  const served = record.attempts
    .slice(0, record.answering === undefined ? undefined : record.answering + 1)
    .findLast(({ record: { purpose } }) => purpose === undefined)
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
    ...(request.sharedPrefixTokens === undefined || record.policy.sessions === undefined
      ? {}
      : { sharedPrefixTokens: request.sharedPrefixTokens }),
    ...(request.maxOutputTokens === undefined ? {} : { maxOutputTokens: request.maxOutputTokens }),
    ...(request.needs.length > 0 ? { needs: request.needs } : {}),
    ...(task === undefined ? {} : { task }),
    ...(served === undefined ? {} : { chosen: served.record.model, ...propensityOf(record, served) }),
    policyHash: record.policy.contentHash,
    ...assessmentOf(record, logText),
    ...outcomesOf(record),
    run: {
      life: record.life,
      ...(record.sharedLedger ? { sharedLedger: true as const } : {}),
      seed: record.policy.file.seed,
      attempts: record.attempts.map(toAttemptRecord),
      deferrals: record.deferrals,
      ...(record.propensities === undefined ? {} : { propensities: record.propensities }),
      ...(record.rejected === undefined ? {} : { rejected: record.rejected }),
      ...(record.escalationRefused === undefined ? {} : { escalationRefused: record.escalationRefused }),
    },
  }
}

/** Ours can be made again from text or features; where neither is logged, or the caller made it, it is written down. */
function assessmentOf(
  { request, difficulty, assessment }: DecisionRecord,
  logText: LogText,
): Pick<LogRecord, 'assessment'> {
  const known = request.assessment ?? assessment
  if (known !== undefined) return { assessment: known }
  return logText === 'none' && difficulty !== undefined ? { assessment: { difficulty } } : {}
}

function toAttemptRecord({ record, ends }: Attempt): AttemptRecord {
  const [end, ...after] = ends
  return { ...record, ...(end === undefined ? {} : { end }), ...(after.length > 0 ? { after } : {}) }
}

/**
 * Certain, but where the policy draws lots: then it is the chance of the first attempt, and unknown after a wait or a failover.
 * A cascade chose by the answers.
 */
function propensityOf(
  { policy, propensities, attempts }: DecisionRecord,
  served: Attempt,
): Pick<LogRecord, 'propensity'> {
  const { selector, exploration } = policy
  if (selector.ladder !== undefined) return {}
  if (selector.chances === undefined && exploration === undefined) return { propensity: 1 }
  const first = attempts.find(({ record: { purpose } }) => purpose === undefined)
  const propensity = served === first ? propensities?.[served.record.model] : undefined
  return propensity === undefined ? {} : { propensity }
}

/** Of answers that were served whole; those broken off or failed say nothing of what the model does with the request. */
function outcomesOf({ policy, attempts }: DecisionRecord): Pick<LogRecord, 'outcomes'> {
  const answered = attempts.filter(({ ends }) => ends.at(-1)?.kind === 'settled')
  const outcomes = answered.flatMap(({ record, usage, signs }) =>
    usage === undefined ? [] : [outcomeOf(policy, record.model, usage, signs)],
  )
  return outcomes.length === 0 ? {} : { outcomes }
}

/** The cost is the bill: a late settle charges the ledger less than that where the reservation was smaller. */
function outcomeOf(
  { models }: Policy,
  model: string,
  usage: NonNullable<Attempt['usage']>,
  signs: AnswerSigns = {},
): OutcomeRecord {
  const { inputTokens, outputTokens, cachedInputTokens, cacheWriteTokens, reasoningTokens, latencyMs } = usage
  const prices = models.find(({ id }) => id === model)?.prices
  return {
    model,
    inputTokens,
    outputTokens,
    ...(cachedInputTokens === undefined ? {} : { cachedInputTokens }),
    ...(cacheWriteTokens === undefined ? {} : { cacheWriteTokens }),
    ...(reasoningTokens === undefined ? {} : { reasoningTokens }),
    ...(latencyMs === undefined ? {} : { latencyMs }),
    ...(prices === undefined ? {} : { costUsd: usd(costNanoUsd(prices, usage)) }),
    ...toldSigns(signs),
    basis: 'logged',
  }
}

function toldSigns({ score, agreement, finish, refused }: AnswerSigns): Partial<OutcomeRecord> {
  return {
    ...(score === undefined || Number.isNaN(score) ? {} : { score }),
    ...(agreement === undefined ? {} : { agreement }),
    ...(finish === undefined ? {} : { finish }),
    ...(refused === undefined ? {} : { refused }),
  }
}

export function poolName(pool: BindingPool | null): string | null {
  return pool === null ? null : pool.label === '' ? pool.budgetId : `${pool.budgetId}:${pool.label}`
}
