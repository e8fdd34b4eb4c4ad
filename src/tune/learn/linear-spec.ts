import type { LinearSpec } from '../../core/classify/learned-schema.js'
import { SHAPE_NAMES } from '../../core/classify/text-shape.js'
import { BUCKETS } from '../../core/classify/text-vector.js'
import { toBase64 } from './base64.js'
import type { Columns } from './design-matrix.js'
import type { LinearHeads } from './linear-heads.js'
import { round } from './text-corpus.js'

/** One of the functions as it stands in a policy. */
export function linearSpec(
  { heads, weights, offsets }: LinearHeads,
  head: number,
  { shape, shapeByTask, byTask }: Columns,
  tasks: number,
): LinearSpec {
  const at = (column: number): number => weights[column * heads + head] as number
  const width = SHAPE_NAMES.length
  const { bytes, scale } = quantized(Float64Array.from({ length: 2 * BUCKETS }, (_, column) => at(column)))
  const line = (from: number): number[] => Array.from({ length: width }, (_, i) => round(at(from + i)))
  return {
    byTask: Array.from({ length: tasks }, (_, task) => round(at(byTask + task) + (offsets[head] as number))),
    shape: line(shape),
    shapeByTask: Array.from({ length: tasks }, (_, task) => line(shapeByTask + task * width)),
    scale,
    weights: toBase64(bytes),
  }
}

/** Signed bytes; the largest weight is 127. */
export function quantized(weights: Float64Array): { bytes: Int8Array; scale: number } {
  const largest = weights.reduce((most, weight) => Math.max(most, Math.abs(weight)), 1e-12)
  const scale = round(largest / 127)
  return {
    bytes: Int8Array.from(weights, (weight) => Math.max(-127, Math.min(127, Math.round(weight / scale)))),
    scale,
  }
}
