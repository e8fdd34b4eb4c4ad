import { agreementOf, finishOf, readsLikeRefusal, type AnswerSigns } from '../core/score/answer-signs.js'
import type { Usage } from '../core/usage.js'
import { readFailure } from './call-failure.js'

/** One call of a model that `run` asks the caller to make. */
export interface CallAttempt {
  readonly id: string
  readonly model: string
  /** Send this as the call's output limit. */
  readonly maxOutputTokens: number
  readonly attempt: number
  /** Which of several samples this is, from 0: a cascade may ask a model more than once. */
  readonly sample: number
}

export interface CallResult<Value> {
  readonly value: Value
  readonly usage?: Usage
  readonly finishReason?: string
  /** What answers are compared by and read for refusals; default: `value` where it is text. */
  readonly answer?: string
}

/** The caller's own judgement of an answer, in [0, 1]. */
export type ScoreAnswer<Value> = (attempt: CallAttempt, result: CallResult<Value>) => number | Promise<number>

/** An attempt's answer: of several samples, one that most of them gave. */
export interface Answered<Value> {
  readonly attempt: CallAttempt
  readonly result: CallResult<Value>
  /** Of every sample, that of the answer first; undefined where a call did not say. */
  readonly usages: readonly (Usage | undefined)[]
  readonly signs: AnswerSigns
}

/**
 * Makes an attempt's calls, at once where there are several.
 * @throws what the call throws; with several, once all have ended, an error whose cause that is: others may have been billed.
 */
export async function callAttempt<Value>(
  attempt: Omit<CallAttempt, 'sample'>,
  samples: number,
  call: (attempt: CallAttempt) => Promise<CallResult<Value>>,
): Promise<Answered<Value>> {
  const attempts = Array.from({ length: samples }, (_, sample) => ({ ...attempt, sample }))
  const results = samples === 1 ? [await call(attempts[0] as CallAttempt)] : await allOf(attempts, call)
  const { index, share } =
    samples === 1 ? { index: 0, share: undefined } : agreementOf(results.map(comparedBy))
  const result = results[index] as CallResult<Value>
  return {
    attempt: attempts[index] as CallAttempt,
    result,
    usages: [result, ...results.filter((other) => other !== result)].map(({ usage }) => usage ?? undefined),
    signs: signsOf(result, share),
  }
}

async function allOf<Value>(
  attempts: readonly CallAttempt[],
  call: (attempt: CallAttempt) => Promise<CallResult<Value>>,
): Promise<CallResult<Value>[]> {
  const ended = await Promise.allSettled(attempts.map(async (attempt) => call(attempt)))
  const failures = ended.filter((one) => one.status === 'rejected').map(({ reason }): unknown => reason)
  if (failures.length === 0) return ended.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  throw ofSamples(failures, attempts.length)
}

/** Nothing is billed only where every sample was refused; else the error must not read as if nothing were. */
function ofSamples(failures: readonly unknown[], samples: number): unknown {
  const read = failures.map(readFailure)
  const isUnbilled =
    failures.length === samples && read.every(({ refused, usage }) => refused && usage === undefined)
  const [first] = failures
  if (isUnbilled) return first
  const error = new Error(`${failures.length} of ${samples} samples failed`, { cause: first })
  const isAborted = read.some(({ kind }) => kind === 'aborted')
  return Object.assign(error, {
    retryable: read.every(({ retryable }) => retryable),
    ...(isAborted ? { name: 'AbortError' } : {}),
  })
}

function signsOf<Value>(result: CallResult<Value>, agreement: number | undefined): AnswerSigns {
  const text = result.answer ?? (typeof result.value === 'string' ? result.value : undefined)
  return {
    outputTokens: result.usage?.outputTokens,
    finish: finishOf(result.finishReason),
    refused: text === undefined ? undefined : readsLikeRefusal(text),
    agreement,
  }
}

/** What has no text of its own is compared as JSON; what cannot be JSON is like no other. */
function comparedBy<Value>({ answer, value }: CallResult<Value>, sample: number): string {
  if (answer !== undefined) return answer
  if (typeof value === 'string') return value
  try {
    return JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? `${part}n` : part)) ?? ''
  } catch {
    return `sample ${sample}`
  }
}

/** A score that is late, thrown or no number in [0, 1] is none: NaN. */
export async function askScore(
  score: () => number | Promise<number>,
  timeoutMs: number,
  onFailure: (error: Error) => void,
): Promise<number> {
  let timer: ReturnType<typeof setTimeout> | undefined
  try {
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new RangeError(`no score within ${timeoutMs} ms`)), timeoutMs)
    })
    const given = await Promise.race([(async () => score())(), late])
    if (given >= 0 && given <= 1) return given
    throw new RangeError(`a score must be in [0, 1], got ${given}`)
  } catch (error) {
    onFailure(error instanceof Error ? error : new Error(String(error)))
    return NaN
  } finally {
    clearTimeout(timer)
  }
}
