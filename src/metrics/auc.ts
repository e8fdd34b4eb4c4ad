/**
 * Area under the ROC curve: the chance that a request with the outcome scores above one without it, equal scores counting
 * half (Hanley & McNeil 1982, https://doi.org/10.1148/radiology.143.1.7063747). Outcomes are split at 0.5. Rows with a NaN
 * are left out; null without both kinds. O(n log n).
 */
export function auc(scores: ArrayLike<number>, outcomes: ArrayLike<number>): number | null {
  const rows: number[] = []
  for (let row = 0; row < scores.length; row++)
    if (!Number.isNaN((scores[row] as number) + (outcomes[row] as number))) rows.push(row)
  rows.sort((a, b) => (scores[a] as number) - (scores[b] as number))
  let [positives, rankSum] = [0, 0]
  for (let from = 0; from < rows.length;) {
    let to = from
    while (to < rows.length && scores[rows[to] as number] === scores[rows[from] as number]) to++
    const rank = (from + 1 + to) / 2
    for (let i = from; i < to; i++) {
      if ((outcomes[rows[i] as number] as number) < 0.5) continue
      positives++
      rankSum += rank
    }
    from = to
  }
  const negatives = rows.length - positives
  if (positives === 0 || negatives === 0) return null
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives)
}
