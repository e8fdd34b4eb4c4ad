import { lastText, turnsOf } from '../../core/classify/learned.js'
import { InputError } from '../../core/errors.js'
import type { LearnText } from './text-corpus.js'
import type { LogTable, OutcomeColumns } from '../../core/log-table.js'
import type { Model } from '../../core/model.js'
import { usd } from '../../core/money.js'
import type { Message } from '../../core/request.js'
import { LEAST_OUTCOMES, type LearnInput } from './learn.js'

/** A log as what a classifier is learned from and judged on, by row. */
export interface TrainingData {
  readonly messages: readonly (readonly Message[] | undefined)[]
  readonly texts: readonly string[]
  readonly tasks: readonly (string | undefined)[]
  readonly tokens: Int32Array
  readonly models: readonly {
    readonly id: string
    readonly tier: number
    readonly priced: boolean
    readonly quality: Float64Array
    readonly outputTokens: Float64Array
    readonly costUsd: Float64Array
  }[]
  readonly widelyKnown: readonly Float64Array[]
}

/** Known on as many of the requests as this, a model tells how hard a request is. */
const WIDELY = 0.98

export function trainingData(
  table: LogTable,
  messages: readonly (readonly Message[] | undefined)[],
  policy: { readonly models: readonly Pick<Model, 'id' | 'tier' | 'prices'>[] },
): TrainingData {
  const unknown = new Float64Array(table.size).fill(NaN)
  const outcomeOf = (id: string): OutcomeColumns | undefined =>
    table.outcomes.find(({ model }) => model === id)
  const share = (values: Float64Array): number =>
    values.reduce((known, value) => (Number.isNaN(value) ? known : known + 1), 0) / Math.max(1, table.size)
  return {
    messages,
    texts: messages.map((one) => (one === undefined ? '' : lastText(one))),
    tasks: Array.from(table.task.codes, (code) => table.task.values[code]),
    tokens: table.inputTokensEstimate,
    models: policy.models.map(({ id, tier, prices }) => {
      const outcome = outcomeOf(id)
      return {
        id,
        tier,
        priced: prices !== undefined,
        quality: outcome?.quality ?? unknown,
        outputTokens:
          outcome === undefined
            ? unknown
            : Float64Array.from(outcome.outputTokens, (tokens) => (tokens < 0 ? NaN : tokens)),
        costUsd: outcome?.costNanoUsd.map((cost) => usd(cost)) ?? unknown,
      }
    }),
    widelyKnown: table.outcomes.map(({ quality }) => quality).filter((quality) => share(quality) >= WIDELY),
  }
}

/** `prompts[i]` is the row whose text goes with the outcomes of `rows[i]`. */
export function learnInput(
  data: TrainingData,
  rows: readonly number[],
  prompts: readonly number[],
  options: {
    readonly seed: number
    readonly onProgress?: ((done: number, total: number) => void) | undefined
  },
): LearnInput {
  const { seed, onProgress } = options
  const pick = (values: Float64Array): Float64Array => Float64Array.from(rows, (row) => values[row] as number)
  const known = data.models.some(
    ({ quality }) => pick(quality).filter((value) => !Number.isNaN(value)).length >= LEAST_OUTCOMES,
  )
  if (!known)
    throw new InputError(
      `no model of the policy has ${LEAST_OUTCOMES} requests with a known quality and a text: label some answers, or import recorded outcomes (tollgate inspect says what the log holds)`,
    )
  return {
    requests: learnTexts(data, prompts),
    models: data.models.map(({ id, priced, quality, outputTokens, costUsd }) => ({
      id,
      quality: pick(quality),
      outputTokens: pick(outputTokens),
      costUsd: priced ? undefined : pick(costUsd),
    })),
    widelyKnown: data.widelyKnown.map(pick),
    seed,
    ...(onProgress === undefined ? {} : { onProgress }),
  }
}

/** What a classifier reads of these rows. */
export function learnTexts(
  { texts, tasks, tokens, messages }: TrainingData,
  rows: readonly number[],
): readonly LearnText[] {
  return rows.map((row) => ({
    text: texts[row] ?? '',
    task: tasks[row],
    size: { tokens: Math.max(0, tokens[row] as number), turns: turnsOf(messages[row] ?? []) },
  }))
}
