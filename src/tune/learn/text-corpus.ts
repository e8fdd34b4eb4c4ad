import { eachLine, withoutBoilerplate } from '../../core/classify/boilerplate.js'
import { TextReader, type TextSpec } from '../../core/classify/learned-model.js'
import {
  LENGTH_NAMES,
  lengthsOf,
  SHAPE_NAMES,
  shapeOf,
  sizeOf,
  type RequestSize,
} from '../../core/classify/text-shape.js'
import { TextUnits } from '../../core/classify/text-units.js'
import { BUCKETS, TextCounter } from '../../core/classify/text-vector.js'
import { toBase64 } from './base64.js'
import { addTo } from './cells.js'
import { SparseMatrixBuilder, type SparseMatrix } from './sparse-matrix.js'

/** A request to learn from. */
export interface LearnText {
  readonly text: string
  readonly task: string | undefined
  /** Of the whole request; without it the text is all there is. */
  readonly size?: RequestSize
}

/** Texts as numbers: how they are read, and what was read of them. */
export interface TextCorpus {
  readonly spec: TextSpec
  /** Words and characters. */
  readonly vectors: SparseMatrix
  readonly shapes: readonly Float64Array[]
  readonly lengths: readonly Float64Array[]
  /** 0 where it is unknown, else 1 + its place in `spec.tasks`. */
  readonly tasks: Int32Array
}

/** A line in more than one in a hundred requests, and in more than five, is no part of what is asked. */
const COMMON_SHARE = 0.01
const COMMON_LEAST = 5

/** Tasks of fewer requests are like none. */
const LEAST_OF_TASK = 20
const MOST_TASKS = 50

/**
 * Learns how to read texts from these, without a look at any outcome: lines that many share, inverse document frequencies
 * (ln((1 + n) / (1 + df)), so that what every text has weighs nothing), means and deviations.
 */
export function readCorpus(requests: readonly LearnText[]): TextCorpus {
  const tasks = commonTasks(requests)
  const commonLines = findCommonLines(requests)
  const { frequencies, shapes, lengths } = measure(requests, new Set(commonLines))
  const places = Int32Array.from(requests, ({ task }) => (task === undefined ? 0 : tasks.indexOf(task) + 1))
  const { bytes, scale } = quantizedIdf(frequencies, requests.length)
  const shapeMeans = meansByTask(shapes, places, tasks.length + 1)
  const centred = shapes.map((shape, row) =>
    shape.map((value, i) => value - (shapeMeans[places[row] as number]?.[i] ?? 0)),
  )
  const spec: TextSpec = {
    commonLines,
    idf: toBase64(bytes),
    idfScale: scale,
    tasks,
    shapeMeans,
    shapeScale: inverseDeviations(centred, SHAPE_NAMES.length),
    lengthMeans: meansByTask(lengths, new Int32Array(requests.length), 1)[0] ?? [],
    lengthScale: inverseDeviations(lengths, LENGTH_NAMES.length),
  }
  return { spec, ...readAll(requests, spec) }
}

function readAll(requests: readonly LearnText[], spec: TextSpec): Omit<TextCorpus, 'spec'> {
  const reader = new TextReader(spec)
  const builder = new SparseMatrixBuilder(2 * BUCKETS)
  const shapes: Float64Array[] = []
  const lengths: Float64Array[] = []
  const tasks = new Int32Array(requests.length)
  requests.forEach(({ text, task, size }, row) => {
    const input = reader.read(text, task, size)
    const { indices, values, size: entries } = input.vector
    for (let i = 0; i < entries; i++) builder.put(indices[i] as number, values[i] as number)
    builder.endRow()
    shapes.push(input.shape)
    lengths.push(input.lengths)
    tasks[row] = input.task
  })
  return { vectors: builder.build(), shapes, lengths, tasks }
}

function commonTasks(requests: readonly LearnText[]): string[] {
  const counts = new Map<string, number>()
  for (const { task } of requests) if (task !== undefined) counts.set(task, (counts.get(task) ?? 0) + 1)
  return [...counts]
    .filter(([, count]) => count >= LEAST_OF_TASK)
    .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    .slice(0, MOST_TASKS)
    .map(([task]) => task)
}

interface Measures {
  /** By bucket: how many texts have it. */
  readonly frequencies: Float64Array
  readonly shapes: readonly Float64Array[]
  readonly lengths: readonly Float64Array[]
}

function measure(requests: readonly LearnText[], common: ReadonlySet<number>): Measures {
  const [whole, left, counter] = [new TextUnits(), new TextUnits(), new TextCounter()]
  const frequencies = new Float64Array(2 * BUCKETS)
  const shapes: Float64Array[] = []
  const lengths: Float64Array[] = []
  for (const { text, size: requestSize } of requests) {
    const units = whole.read(text)
    const own = withoutBoilerplate(units, common, left)
    const { indices, size } = counter.count(own)
    for (let i = 0; i < size; i++) addTo(frequencies, indices[i] as number, 1)
    const shape = shapeOf(own, requestSize ?? sizeOf(text))
    shapes.push(shape)
    lengths.push(lengthsOf(units, own === units ? shape : undefined))
  }
  return { frequencies, shapes, lengths }
}

function findCommonLines(requests: readonly LearnText[]): number[] {
  const counts = new Map<number, number>()
  const room = new TextUnits()
  for (const { text } of requests) {
    const seen = new Set<number>()
    eachLine(room.read(text), (_from, _to, hash) => {
      if (seen.has(hash)) return
      seen.add(hash)
      counts.set(hash, (counts.get(hash) ?? 0) + 1)
    })
  }
  const most = Math.max(COMMON_LEAST, COMMON_SHARE * requests.length)
  return [...counts].flatMap(([hash, count]) => (count > most ? [hash] : [])).sort((a, b) => a - b)
}

/** A bucket that one text alone has tells nothing of others. */
function quantizedIdf(frequencies: Float64Array, documents: number): { bytes: Uint8Array; scale: number } {
  const idf = frequencies.map((count) => (count < 2 ? 0 : Math.log((1 + documents) / (1 + count))))
  const largest = idf.reduce((most, value) => Math.max(most, value), 1e-9)
  const scale = Number((largest / 255).toPrecision(6))
  return { bytes: Uint8Array.from(idf, (value) => Math.min(255, Math.round(value / scale))), scale }
}

function meansByTask(rows: readonly Float64Array[], tasks: Int32Array, count: number): number[][] {
  const width = rows[0]?.length ?? 0
  const whole = new Float64Array(width)
  const sums = Array.from({ length: count }, () => new Float64Array(width))
  const sizes = new Float64Array(count)
  rows.forEach((row, index) => {
    const task = tasks[index] as number
    addTo(sizes, task, 1)
    row.forEach((value, i) => {
      addTo(whole, i, value)
      addTo(sums[task] as Float64Array, i, value)
    })
  })
  return sums.map((sum, task) =>
    Array.from(sum, (value, i) =>
      round(
        (sizes[task] as number) > 0
          ? value / (sizes[task] as number)
          : (whole[i] as number) / Math.max(1, rows.length),
      ),
    ),
  )
}

/** Of rows around their mean. */
function inverseDeviations(rows: readonly Float64Array[], width: number): number[] {
  return Array.from({ length: width }, (_, i) => {
    const n = Math.max(1, rows.length)
    const mean = rows.reduce((sum, row) => sum + (row[i] as number), 0) / n
    const variance = rows.reduce((sum, row) => sum + ((row[i] as number) - mean) ** 2, 0) / n
    return variance > 1e-12 ? round(1 / Math.sqrt(variance)) : 0
  })
}

export function round(value: number): number {
  return Number(value.toPrecision(6))
}
