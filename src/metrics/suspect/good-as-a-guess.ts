import { sampleCorrelation } from 'simple-statistics'
import { clopperPearson } from '../clopper-pearson.js'
import type { Interval } from '../result.js'
import { percent, type Finding } from './finding.js'
import type { TaskOutcomes } from './task-outcomes.js'

const FEWEST = 100
const COIN = 0.5
/** Of a normal variable, two-sided 95 %. */
const Z = 1.96

/**
 * Models that are worth a guess of one in two within a task: right or wrong throughout, on at least 100 requests; the exact
 * 95 % interval of their quality holds ½; and they are not right more often where the other models are (95 % interval of
 * the correlation by Fisher's z, https://en.wikipedia.org/wiki/Fisher_transformation, not above 0). A weak model of half
 * the quality is right on what is easy for all, and is not named.
 */
export function goodAsAGuess(outcomes: TaskOutcomes): Finding[] {
  const guessing = outcomes.models.flatMap(({ model }, index) => guess(outcomes, model, index))
  const [first] = guessing
  if (first === undefined) return []
  const { task } = outcomes
  const named = guessing.map(
    ({ model, quality, interval }) =>
      `${model} (right on ${percent(quality)}, 95 %: ${percent(interval[0])} to ${percent(interval[1])})`,
  )
  return [
    {
      code: 'good-as-a-guess',
      message: `a guess of one in two does as well on ${task} as ${named.join(', ')}, and ${guessing.length === 1 ? 'it is' : 'they are'} not right more often where other models are: what an oracle gains from such answers is luck`,
      count: Math.max(...guessing.map(({ requests }) => requests)),
      figures: {
        task,
        models: guessing.map(({ model }) => model),
        quality: guessing.map(({ quality }) => quality),
        correlation: guessing.map(({ correlation }) => correlation),
      },
    },
  ]
}

interface Guess {
  readonly model: string
  readonly requests: number
  readonly quality: number
  readonly interval: Interval
  readonly correlation: number
}

function guess({ models }: TaskOutcomes, model: string, index: number): Guess[] {
  const own = models[index]?.quality.filter((value) => !Number.isNaN(value)) ?? new Float64Array()
  if (own.length < FEWEST || own.some((value) => value !== 0 && value !== 1)) return []
  const right = own.reduce((sum, value) => sum + value, 0)
  const interval = clopperPearson(right, own.length)
  if (interval[0] > COIN || interval[1] < COIN) return []
  const correlation = correlationWithOthers(models, index)
  if (correlation === null) return []
  const lower = Math.tanh(Math.atanh(correlation) - Z / Math.sqrt(own.length - 3))
  if (lower > 0) return []
  return [{ model, requests: own.length, quality: right / own.length, interval, correlation }]
}

/** With the mean quality of the others, by request; null where that does not vary. */
function correlationWithOthers(models: TaskOutcomes['models'], index: number): number | null {
  const own: number[] = []
  const others: number[] = []
  models[index]?.quality.forEach((value, row) => {
    const known = models.flatMap(({ quality }, place) => {
      const other = quality[row] ?? NaN
      return place === index || Number.isNaN(other) ? [] : [other]
    })
    if (Number.isNaN(value) || known.length === 0) return
    own.push(value)
    others.push(known.reduce((sum, each) => sum + each, 0) / known.length)
  })
  if (own.length < FEWEST) return null
  const correlation = sampleCorrelation(own, others)
  return Number.isNaN(correlation) || Math.abs(correlation) >= 1 ? null : correlation
}
