import { createClassifier } from '../../src/core/classify/index.js'
import { LearnedModel } from '../../src/core/classify/learned-model.js'
import { parsePolicy } from '../../src/core/policy.js'
import { createRandom } from '../../src/core/random.js'
import { replay } from '../../src/replay/replay.js'
import { openFitPool } from '../../src/threads/fit-pool.js'
import { learnBy, type Learned, type LearnInput } from '../../src/tune/learn/learn.js'
import { aWeek, textOf } from '../simulate/a-week.js'
import { aLogTable } from './a-log-table.js'
import { aPolicy } from './a-policy.js'
import { median, perSecond, quantile, takeTurns } from './timing.js'

const REQUESTS = 5000
const MODELS = 11
const PROMPT_UNITS = 2000
const ASSESSMENTS = 4000
const ROUNDS = 5
const ASSESSMENT_ROUNDS = 15
const THREADS = 2
const REPLAYED = 100_000

/**
 * The learned classifier: training on 5,000 requests of 11 models (prompts of the simulated week, outcomes and output tokens by
 * lot), one assessment of a prompt of 2,000 characters, and replay from stored predictions next to replay with the heuristic.
 */
export async function bench(): Promise<void> {
  const texts = aWeek(REQUESTS).map(textOf)
  const input = aTrainingLog(texts)
  const { learned, seconds } = await train(input, THREADS)
  const alone = await train(input, 1)
  console.log(
    `learned, ${REQUESTS.toLocaleString('en-US')} requests of ${MODELS} models: trained in ${seconds.toFixed(1)} s on ${THREADS} threads (goal: under 20; ${(alone.seconds / seconds).toFixed(2)}x as fast as on one), ${JSON.stringify(learned.spec).length.toLocaleString('en-US')} bytes in a policy`,
  )
  assess(learned, texts)
  await replays(learned)
}

function aTrainingLog(texts: readonly string[]): LearnInput {
  const random = createRandom(3)
  const column = (value: (row: number) => number): Float64Array =>
    Float64Array.from({ length: REQUESTS }, (_, row) => value(row))
  const models = Array.from({ length: MODELS }, (_, model) => ({
    id: `model-${model}`,
    quality: column((row) => (random.next() < 0.4 + 0.04 * model + 0.1 * (texts[row]!.length % 2) ? 1 : 0)),
    outputTokens: column(() => Math.floor(50 + 500 * random.next())),
    costUsd: undefined,
  }))
  return {
    requests: texts.map((text, row) => ({ text, task: `task-${row % 9}` })),
    models,
    widelyKnown: [],
    seed: 1,
  }
}

async function train(
  input: LearnInput,
  threads: number,
): Promise<{ readonly learned: Learned; readonly seconds: number }> {
  const pool = openFitPool(threads)
  const started = performance.now()
  const learned = await learnBy(pool.fitAll, input)
  const seconds = (performance.now() - started) / 1000
  await pool.close()
  return { learned, seconds }
}

function assess({ spec }: Learned, texts: readonly string[]): void {
  const model = new LearnedModel(spec)
  const [success, amounts] = [new Float64Array(MODELS), new Float64Array(MODELS)]
  const whole = texts.join('\n')
  const rounds = Array.from({ length: ASSESSMENT_ROUNDS + 1 }, (_, round) => {
    const times: number[] = []
    for (let i = 0; i < ASSESSMENTS; i++) {
      const from = ((round * ASSESSMENTS + i) * 97) % (whole.length - PROMPT_UNITS)
      const prompt = whole.slice(from, from + PROMPT_UNITS)
      const started = performance.now()
      model.predict(prompt, 'task-1', success, amounts)
      times.push((performance.now() - started) * 1000)
    }
    return times
  }).slice(1)
  const byRound = (share: number): number[] => rounds.map((times) => quantile(times, share))
  console.log(
    `  assess, prompts of ${PROMPT_UNITS.toLocaleString('en-US')} characters: p50 ${median(byRound(0.5)).toFixed(0)} us, p99 ${median(byRound(0.99)).toFixed(0)} us, in the quietest round ${Math.min(...byRound(0.99)).toFixed(0)} (goal: p99 below 200)`,
  )
}

async function replays({ spec }: Learned): Promise<void> {
  const plain = aPolicy('lax')
  const { contentHash: _, ...file } = plain.file
  const models = spec.models.slice(0, plain.models.length)
  const own = { ...spec, models: models.map((model, index) => ({ ...model, id: plain.models[index]!.id })) }
  const policy = parsePolicy({ ...file, classifier: { kind: 'learned', learned: own } })
  const table = aLogTable(REPLAYED, plain)
  const random = createRandom(9)
  const { names } = createClassifier(policy.file.classifier, {
    models: policy.models,
    tierBoundaries: policy.file.tierBoundaries,
  }).extractor
  const predicted = {
    ...table,
    features: names.map((name) =>
      Float64Array.from({ length: REPLAYED }, () =>
        name.startsWith('success.') ? random.next() : 50 + 500 * random.next(),
      ),
    ),
  }
  const [learnt, heuristic] = await takeTurns(ROUNDS, [
    () => replay(predicted, policy),
    () => replay(table, plain),
  ])
  if (learnt === undefined || heuristic === undefined) return
  console.log(
    `  replay from stored predictions, three nested pools: ${perSecond(REPLAYED, learnt.wall)} decisions/s (goal: at least 50,000), ${(learnt.wall / heuristic.wall).toFixed(2)}x the time of the heuristic`,
  )
}
