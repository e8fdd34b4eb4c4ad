import { describe, expect, it } from 'vitest'
import { listCostNanoUsd } from '../../../src/core/list-price.js'
import type { PriceBook } from '../../../src/core/price-book.js'
import { parseUsage } from '../../../src/logs/usage/parse-usage.js'
import { hasRealUsage, pricedReferenceOf, readRealUsage, type RealUsage } from '../usage/real-usage.js'
import { GENAI_PRICES, hasRealBooks, realBook } from './real-books.js'

/** Before the book's own day there is no later price in it than those that were recorded. */
const AT = Date.parse('2026-08-21T12:00:00Z')

/** Every class of objects whose cost is not the recorded price within 1 %, with the reason and how many there are. */
const DISAGREEMENTS: readonly {
  readonly reason: string
  readonly objects: number
  readonly is: (real: RealUsage) => boolean
}[] = [
  {
    reason: 'the recorded price has $0.01 for each web search, which is no token',
    objects: 7,
    is: (real) => pricedReferenceOf(real)?.total_price !== undefined,
  },
  {
    reason:
      'a compaction before the answer is billed, and the recorded price leaves it out (see the usage test)',
    objects: 2,
    is: ({ body }) => JSON.stringify(body.usage?.['iterations'] ?? '').includes('"compaction"'),
  },
  {
    reason:
      'models that draw: the recorded price tells image from text output, the book of 2026-08-21 has one rate for both',
    objects: 3,
    is: ({ model }) => /^gemini-.*-image/.test(model ?? ''),
  },
  {
    reason:
      'the recorded prices are of a newer book: this one has no such model at that provider, or none for free',
    objects: 5,
    is: ({ model, body }) =>
      model === 'qwen-3-coder-480b' ||
      model === 'glm-5.2' ||
      (model ?? '').endsWith(':free') ||
      (model === 'openai.gpt-5.6-luna' && body.usage !== undefined),
  },
]

function agrees(book: PriceBook, real: RealUsage): boolean {
  const reference = pricedReferenceOf(real)
  const usage = parseUsage(real.body)
  const found = book.find(real.model ?? '', reference?.provider_id)
  if (reference === undefined || usage === undefined || found.kind !== 'found') return false
  const price = found.entry.priceAt(AT, 'standard')
  const cost = price === undefined ? undefined : listCostNanoUsd(price, usage)
  const recorded = Number(
    reference.total_price ?? Number(reference.input_price) + Number(reference.output_price),
  )
  // Costs are rounded up to a nano-dollar, which is more than 1 % of the smallest.
  return cost !== undefined && Math.abs(cost - recorded * 1e9) <= recorded * 1e9 * 0.01 + 1
}

describe.skipIf(!hasRealUsage || !hasRealBooks)(
  'the cost of usage objects that providers really answered',
  () => {
    const objects = hasRealUsage ? readRealUsage() : []
    const priced = objects.filter((real) => pricedReferenceOf(real) !== undefined)
    const differing = hasRealBooks
      ? priced.filter(
          (
            (book) => (real) =>
              !agrees(book, real)
          )(realBook(GENAI_PRICES)),
        )
      : []

    it('has no recorded price where the object names no model, or one that the recorder did not know', () => {
      const unpriced = objects.filter((real) => !priced.includes(real))
      expect(unpriced.filter(({ model }) => model === undefined).length).toBe(256)
      expect(unpriced.filter(({ model }) => model !== undefined).length).toBe(28)
    })

    it('is the recorded price within 1 %, or for a stated reason not', () => {
      const unexplained = differing.filter((real) => !DISAGREEMENTS.some(({ is }) => is(real)))
      expect(unexplained.map((real) => [real.model, real.body])).toEqual([])
      expect(DISAGREEMENTS.map(({ is }) => differing.filter(is).length)).toEqual(
        DISAGREEMENTS.map(({ objects: stated }) => stated),
      )
    })

    it('agrees for 1,276 of the 1,293 objects that have one', () => {
      expect([priced.length - differing.length, priced.length]).toEqual([1276, 1293])
    })
  },
)
