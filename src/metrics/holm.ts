/**
 * Holm's step-down p-values: at most a share alpha of families of tests has one of them below alpha where nothing is there to
 * find, whatever the tests have to do with each other (Holm 1979, https://www.jstor.org/stable/4615733).
 */
export function holmAdjusted(pValues: readonly number[]): readonly number[] {
  const order = pValues.map((p, index) => ({ p, index })).sort((a, b) => a.p - b.p)
  const adjusted = new Array<number>(pValues.length)
  let most = 0
  order.forEach(({ p, index }, rank) => {
    most = Math.max(most, Math.min(1, p * (pValues.length - rank)))
    adjusted[index] = most
  })
  return adjusted
}
