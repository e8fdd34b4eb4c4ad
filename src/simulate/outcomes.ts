import { usd } from '../core/money.js'
import type { OutcomeRecord } from '../core/log-record.js'
import type { Random } from '../core/random.js'
import { costNanoUsd } from '../core/usage.js'
import { successProbability } from './difficulty.js'
import { FRONTIER, MODELS, type SimulatedModel } from './models.js'
import { chance, normal } from './sampling.js'
import { TASKS, type Task } from './tasks.js'

/** Share of calls in which a model stands or falls on its own; otherwise whatever a weaker model gets right, a stronger one does too. */
export const OWN_LUCK = 0.08
/** Brings the mean cost of the frontier model to about $0.0313: $47,000 a month at 50,000 requests a day. */
const OUTPUT_SCALE = 0.99
const LENGTH_SPREAD = 0.5
const MODEL_LENGTH_SPREAD = 0.15

export interface Ask {
  readonly task: Task
  readonly difficulty: number
  readonly promptTokens: number
}

/** What every model would have answered: the frontier's call was logged, the others are the matrix. */
export function drawOutcomes(random: Random, ask: Ask): readonly OutcomeRecord[] {
  const luck = random.next()
  const length = normal(random)
  return MODELS.map((model) => drawOutcome(random, model, ask, { luck, length }))
}

interface Shared {
  readonly luck: number
  readonly length: number
}

function drawOutcome(random: Random, model: SimulatedModel, ask: Ask, shared: Shared): OutcomeRecord {
  const inputTokens = ask.promptTokens + model.overheadTokens
  const outputTokens = drawLength(random, model, ask, shared.length)
  const reasoningTokens = Math.round(outputTokens * model.reasoningShare * (0.6 + 0.8 * random.next()))
  const ownLuck = chance(random, OWN_LUCK) ? random.next() : shared.luck
  return {
    model: model.id,
    inputTokens,
    outputTokens,
    ...(reasoningTokens > 0 ? { reasoningTokens } : {}),
    costUsd: usd(costNanoUsd(model.prices, { inputTokens, outputTokens })),
    latencyMs: drawLatency(random, model, outputTokens),
    quality: ownLuck < successProbability(model.ability, ask.difficulty) ? 1 : 0,
    basis: model.id === FRONTIER ? 'logged' : 'matrix',
  }
}

/** Lognormal by task; harder requests get longer answers. Providers stop at the limit that was asked for. */
function drawLength(random: Random, model: SimulatedModel, ask: Ask, length: number): number {
  const { outputMedian, base, maxOutputTokens } = TASKS[ask.task]
  const spread = LENGTH_SPREAD * length + MODEL_LENGTH_SPREAD * normal(random)
  const tokens =
    OUTPUT_SCALE * outputMedian * model.verbosity * Math.exp(spread + 0.8 * (ask.difficulty - base))
  return Math.min(maxOutputTokens, Math.max(4, Math.round(tokens)))
}

function drawLatency(random: Random, model: SimulatedModel, outputTokens: number): number {
  const first = model.firstTokenMs * Math.exp(0.35 * normal(random))
  const rest = (outputTokens / model.tokensPerSecond) * 1000 * Math.exp(0.15 * normal(random))
  return Math.round((first + rest) / 10) * 10
}
