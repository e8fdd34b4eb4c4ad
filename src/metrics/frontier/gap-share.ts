/** Differences of qualities below this are rounding: a share of them would be noise. */
const ROUNDING = 1e-12

/** The share of a gap that a gain covers; null where there is no gap to cover. */
export function gapShare(gain: number, gap: number): number | null {
  return gap > ROUNDING ? gain / gap : null
}
