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
    end: reordered(Uint8Array, steps.end, order),
    model: reordered(Int16Array, steps.model, order),
    wanted: reordered(Int16Array, steps.wanted, order),
    difficulty: reordered(Float64Array, steps.difficulty, order),
    requiredTier: reordered(Uint8Array, steps.requiredTier, order),
    costNanoUsd: reordered(Float64Array, steps.costNanoUsd, order),
    ...(steps.chargedNanoUsd === undefined
      ? {}
      : { chargedNanoUsd: reordered(Float64Array, steps.chargedNanoUsd, order) }),
    ...(steps.overspendNanoUsd === undefined
      ? {}
      : { overspendNanoUsd: reordered(Float64Array, steps.overspendNanoUsd, order) }),
    quality: reordered(Float64Array, steps.quality, order),
    latencyMs: reordered(Float64Array, steps.latencyMs, order),
    delayMs: reordered(Float64Array, steps.delayMs, order),
    flags: reordered(Uint8Array, steps.flags, order),
    reason: reordered(Uint8Array, steps.reason, order),
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

function reordered<T extends Uint8Array | Int16Array | Float64Array>(
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
