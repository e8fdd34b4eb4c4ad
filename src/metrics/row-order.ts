import type { Steps } from '../replay/steps.js'

/**
 * The same steps with step i about row i of the log, so that runs can be compared element by element. No copy where
 * replay has already written them in this order.
 * @throws RangeError unless every row of the log has exactly one step.
 */
export function inRowOrder(steps: Steps, size: number): Steps {
  if (steps.size !== size) throw new RangeError(`steps must cover all ${size} rows, got ${steps.size}`)
  if (steps.row.every((row, index) => row === index)) return steps
  const order = stepOfRow(steps.row, size)
  return {
    ...steps,
    row: Int32Array.from(order, (_, row) => row),
    end: order1(Uint8Array, steps.end, order),
    model: order1(Int16Array, steps.model, order),
    wanted: order1(Int16Array, steps.wanted, order),
    difficulty: order1(Float64Array, steps.difficulty, order),
    requiredTier: order1(Uint8Array, steps.requiredTier, order),
    costNanoUsd: order1(Float64Array, steps.costNanoUsd, order),
    quality: order1(Float64Array, steps.quality, order),
    latencyMs: order1(Float64Array, steps.latencyMs, order),
    delayMs: order1(Float64Array, steps.delayMs, order),
    flags: order1(Uint8Array, steps.flags, order),
    reason: order1(Uint8Array, steps.reason, order),
  }
}

function stepOfRow(rows: Int32Array, size: number): Int32Array {
  const order = new Int32Array(size).fill(-1)
  rows.forEach((row, step) => {
    if (row < 0 || row >= size || order[row] !== -1) throw new RangeError(`row ${row} must have one step`)
    order[row] = step
  })
  return order
}

function order1<T extends Uint8Array | Int16Array | Float64Array>(
  type: new (size: number) => T,
  values: T,
  order: Int32Array,
): T {
  const ordered = new type(order.length)
  order.forEach((step, row) => {
    ordered[row] = values[step] ?? 0
  })
  return ordered
}
