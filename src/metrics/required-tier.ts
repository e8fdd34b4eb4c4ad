/** An answer of this quality will do. */
export const ACCEPTABLE = 0.5

/**
 * The lowest tier of which some model, or one below it, answered acceptably; the top tier where none did. NaN where the log
 * does not know the quality of every model: what is missing might have been enough.
 */
export function requiredTiers(
  models: readonly { readonly tier: number; readonly quality: Float64Array }[],
  rows: number,
): Float64Array {
  const top = Math.max(0, ...models.map(({ tier }) => tier))
  return Float64Array.from({ length: rows }, (_, row) => {
    let lowest = top
    for (const { tier, quality } of models) {
      const value = quality[row] as number
      if (Number.isNaN(value)) return NaN
      if (value >= ACCEPTABLE && tier < lowest) lowest = tier
    }
    return lowest
  })
}
