import { withoutBoilerplate } from './boilerplate.js'
import type { AmountHead, LearnedSpec, LinearSpec, SuccessHead } from './learned-schema.js'
import { lengthsOf, shapeOf, sizeOf, type RequestSize } from './text-shape.js'
import { TextUnits } from './text-units.js'
import { BUCKETS, TextCounter, weigh, type Frequencies, type SparseVector } from './text-vector.js'

/** Standard deviations beyond which a figure of a text says no more. */
const FARTHEST = 3

/** What is read of a text. Its arrays are good until the next one is read. */
export interface TextInput {
  readonly vector: SparseVector
  /** In standard deviations from its task's mean. */
  readonly shape: Float64Array
  /** In standard deviations. */
  readonly lengths: Float64Array
  /** 0 where it is unknown, else 1 + its place among the tasks. */
  readonly task: number
}

/** Reads texts as they were read when the model was trained. */
export class TextReader {
  readonly #whole = new TextUnits()
  readonly #left = new TextUnits()
  readonly #counter = new TextCounter()
  readonly #common: ReadonlySet<number>
  readonly #idf: Frequencies
  readonly #tasks: ReadonlyMap<string, number>
  readonly #spec: TextSpec

  constructor(spec: TextSpec) {
    this.#spec = spec
    this.#common = new Set(spec.commonLines)
    this.#idf = {
      bytes: bytesOf(spec.idf),
      worth: Float64Array.from({ length: 256 }, (_, byte) => byte * spec.idfScale),
    }
    this.#tasks = new Map(spec.tasks.map((task, index) => [task, index + 1]))
  }

  read(text: string, task: string | undefined, size: RequestSize = sizeOf(text)): TextInput {
    const { shapeMeans, shapeScale, lengthMeans, lengthScale } = this.#spec
    const units = this.#whole.read(text)
    const own = withoutBoilerplate(units, this.#common, this.#left)
    const vector = this.#counter.count(own)
    weigh(vector, this.#idf)
    const place = task === undefined ? 0 : (this.#tasks.get(task) ?? 0)
    const shape = shapeOf(own, size)
    const lengths = lengthsOf(units, own === units ? shape : undefined)
    return {
      vector,
      shape: scaled(shape, shapeMeans[place] ?? [], shapeScale),
      lengths: scaled(lengths, lengthMeans, lengthScale),
      task: place,
    }
  }
}

export type TextSpec = Pick<
  LearnedSpec,
  'commonLines' | 'idf' | 'idfScale' | 'tasks' | 'shapeMeans' | 'shapeScale' | 'lengthMeans' | 'lengthScale'
>

/** What `tollgate train` learned, ready to predict. */
export class LearnedModel {
  readonly #reader: TextReader
  readonly #spec: LearnedSpec
  /** The difficulty's, then one a model. */
  readonly #scores: Heads
  readonly #amounts: Heads

  constructor(spec: LearnedSpec) {
    this.#spec = spec
    this.#reader = new TextReader(spec)
    const { difficulty, models } = spec
    this.#scores = new Heads([difficulty.score, ...models.map(({ success }) => success?.score)], 2 * BUCKETS)
    this.#amounts = new Heads(models.map(amountHead), BUCKETS)
  }

  /** Success by model of the spec into `success`, output tokens (or millionths of a dollar) into `amounts`; NaN where nothing was learned. */
  predict(
    text: string,
    task: string | undefined,
    success: Float64Array,
    amounts: Float64Array,
    size?: RequestSize,
  ): void {
    const { difficulty, models, calibration } = this.#spec
    const input = this.#reader.read(text, task, size)
    const scores = this.#scores.sums(input.vector, input.vector.size)
    const lengths = this.#amounts.sums(input.vector, input.vector.words)
    const mean = difficulty.means[input.task] ?? 0
    const z = clamp((linearScore(scores[0] as number, difficulty.score, input) - mean) * difficulty.scale)
    models.forEach((model, index) => {
      const head = model.success
      success[index] =
        head === undefined
          ? NaN
          : rounded(calibrated(successScore(scores[index + 1] as number, head, input, z), calibration), 1e6)
      const amount = amountHead(model)
      amounts[index] =
        amount === undefined ? NaN : rounded(amountOf(lengths[index] as number, amount, input), 1e3)
    })
  }
}

/** Logarithms differ by their last bit from one engine's version to the next: so much less is kept that answers do not. */
function rounded(value: number, parts: number): number {
  return Math.round(value * parts) / parts
}

function amountHead({ outputTokens, costUsd }: LearnedSpec['models'][number]): AmountHead | undefined {
  return outputTokens ?? costUsd
}

function linearScore(
  sum: number,
  { scale, byTask, shape, shapeByTask }: LinearSpec,
  input: TextInput,
): number {
  const own = shapeByTask[input.task] ?? []
  let score = sum * scale + (byTask[input.task] ?? 0)
  for (let i = 0; i < shape.length; i++)
    score += (input.shape[i] as number) * ((shape[i] as number) + (own[i] ?? 0))
  return score
}

function successScore(sum: number, head: SuccessHead, input: TextInput, z: number): number {
  const { difficulty, squaredDifficulty, difficultyByTask } = head
  const weight = difficulty + (difficultyByTask[input.task] ?? 0)
  return linearScore(sum, head.score, input) + z * (weight + z * squaredDifficulty)
}

function amountOf(sum: number, head: AmountHead, { lengths, task }: TextInput): number {
  let score = sum * head.scale + (head.byTask[task] ?? 0)
  for (let i = 0; i < lengths.length; i++) score += (lengths[i] as number) * (head.lengths[i] as number)
  return Math.min(head.most, Math.max(0, (head.correction[task] ?? 1) * Math.expm1(score)))
}

/** Heads that are summed side by side, each in a variable of its own: a sum in an array is written and read for every bucket. */
const LANES = 4

/** Sums of byte x value, one a head: a bucket's weights stand side by side, filled up with zeros to whole lanes. */
class Heads {
  readonly #stride: number
  readonly #weights: Int8Array
  readonly #sums: Float64Array

  constructor(heads: readonly ({ readonly weights: string } | undefined)[], buckets: number) {
    const stride = LANES * Math.ceil(heads.length / LANES)
    this.#stride = stride
    this.#weights = new Int8Array(buckets * stride)
    this.#sums = new Float64Array(stride)
    heads.forEach((head, place) => {
      if (head === undefined) return
      bytesOf(head.weights).forEach((byte, bucket) => (this.#weights[bucket * stride + place] = byte))
    })
  }

  /** Over the first entries of a vector. Good until the next call. */
  sums(vector: SparseVector, entries: number): Float64Array {
    let lane = 0
    for (; lane + 3 * LANES <= this.#stride; lane += 3 * LANES) this.#sumThreeLanes(vector, entries, lane)
    for (; lane < this.#stride; lane += LANES) this.#sumLanes(vector, entries, lane)
    return this.#sums
  }

  /** A function of its own: as a loop within a loop it took three times as long. */
  #sumLanes({ indices, values }: SparseVector, entries: number, lane: number): void {
    const [sums, weights, stride] = [this.#sums, this.#weights, this.#stride]
    let [a, b, c, d] = [0, 0, 0, 0]
    for (let i = 0; i < entries; i++) {
      const value = values[i] as number
      const from = Math.imul(indices[i] as number, stride) + lane
      a += value * (weights[from] as number)
      b += value * (weights[from + 1] as number)
      c += value * (weights[from + 2] as number)
      d += value * (weights[from + 3] as number)
    }
    sums[lane] = a
    sums[lane + 1] = b
    sums[lane + 2] = c
    sums[lane + 3] = d
  }

  /** Twelve heads while a bucket's weights are at hand: as many as the processor has registers for. */
  #sumThreeLanes({ indices, values }: SparseVector, entries: number, lane: number): void {
    const [sums, weights, stride] = [this.#sums, this.#weights, this.#stride]
    let [a, b, c, d, e, f, g, h, i, j, k, l] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    for (let entry = 0; entry < entries; entry++) {
      const value = values[entry] as number
      const from = Math.imul(indices[entry] as number, stride) + lane
      a += value * (weights[from] as number)
      b += value * (weights[from + 1] as number)
      c += value * (weights[from + 2] as number)
      d += value * (weights[from + 3] as number)
      e += value * (weights[from + 4] as number)
      f += value * (weights[from + 5] as number)
      g += value * (weights[from + 6] as number)
      h += value * (weights[from + 7] as number)
      i += value * (weights[from + 8] as number)
      j += value * (weights[from + 9] as number)
      k += value * (weights[from + 10] as number)
      l += value * (weights[from + 11] as number)
    }
    sums.set([a, b, c, d, e, f, g, h, i, j, k, l], lane)
  }
}

/** In standard deviations, none beyond the farthest. In place. */
function scaled(values: Float64Array, mean: readonly number[], scale: readonly number[]): Float64Array {
  for (let i = 0; i < values.length; i++)
    values[i] = clamp(((values[i] as number) - (mean[i] ?? 0)) * (scale[i] ?? 0))
  return values
}

function clamp(value: number): number {
  return Math.min(FARTHEST, Math.max(-FARTHEST, value))
}

/** Straight lines between the points, flat outside. */
export function calibrated(
  score: number,
  points: readonly (readonly [score: number, probability: number])[],
): number {
  let [left, low] = points[0] as readonly [number, number]
  if (!(score > left)) return low
  for (const [right, high] of points) {
    if (score < right) return low + ((high - low) * (score - left)) / (right - left)
    left = right
    low = high
  }
  return low
}

/** Node, workers and browsers have it alike (https://html.spec.whatwg.org/multipage/webappapis.html#dom-atob). */
declare function atob(base64: string): string

/** Bytes of base64: the same in Node, in workers and in browsers. */
function bytesOf(base64: string): Uint8Array {
  const text = atob(base64)
  const bytes = new Uint8Array(text.length)
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i)
  return bytes
}
