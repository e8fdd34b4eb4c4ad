import { SparseMatrixBuilder, type SparseMatrix } from '../../../src/tune/learn/sparse-matrix.js'

/** What one text alone has tells nothing of others. */
const LEAST_TEXTS = 2

/**
 * TF-IDF of word uni- and bigrams, rows of length 1: (1 + ln tf) x (1 + ln((1 + n) / (1 + df))), the form of scikit-learn
 * (https://scikit-learn.org/stable/modules/feature_extraction.html#tfidf-term-weighting, `sublinear_tf`).
 */
export function wordVectors(texts: readonly string[]): SparseMatrix {
  const counted = texts.map(countTerms)
  const frequencies = new Map<string, number>()
  for (const terms of counted)
    for (const term of terms.keys()) frequencies.set(term, (frequencies.get(term) ?? 0) + 1)
  const columns = new Map(
    [...frequencies]
      .filter(([, count]) => count >= LEAST_TEXTS)
      .map(([term, count], column) => [
        term,
        { column, idf: 1 + Math.log((1 + texts.length) / (1 + count)) },
      ]),
  )
  const builder = new SparseMatrixBuilder(columns.size)
  for (const terms of counted) {
    const entries = [...terms].flatMap(([term, count]) => {
      const known = columns.get(term)
      return known === undefined ? [] : [[known.column, (1 + Math.log(count)) * known.idf] as const]
    })
    const length = Math.sqrt(entries.reduce((sum, [, value]) => sum + value ** 2, 0))
    for (const [column, value] of entries) builder.put(column, value / length)
    builder.endRow()
  }
  return builder.build()
}

function countTerms(text: string): Map<string, number> {
  const words = text.toLowerCase().match(/[\p{L}\p{N}_]{2,}/gu) ?? []
  const terms = new Map<string, number>()
  words.forEach((word, at) => {
    terms.set(word, (terms.get(word) ?? 0) + 1)
    if (at === 0) return
    const pair = `${words[at - 1]!} ${word}`
    terms.set(pair, (terms.get(pair) ?? 0) + 1)
  })
  return terms
}
