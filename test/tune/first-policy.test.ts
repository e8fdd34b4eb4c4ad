import { describe, expect, it } from 'vitest'
import { createHeuristic } from '../../src/core/classify/heuristic.js'
import { heuristicSchema } from '../../src/core/classify/heuristic-schema.js'
import type { LogTable } from '../../src/core/log-table.js'
import { firstPolicy } from '../../src/tune/first-policy.js'
import { aTable, type TableRow } from '../builders/a-table.js'

/** Costs in nano-dollars a request: by price, `large` would be the lowest tier. */
const COSTS = { small: 3000, medium: 2000, large: 1000 }
type Name = keyof typeof COSTS
const MODELS = Object.keys(COSTS) as Name[]

const row = (at: number, qualities: Partial<Record<Name, number>>): TableRow => ({
  at,
  outcomes: Object.fromEntries(
    Object.entries(qualities).map(([name, quality]) => [name, { quality, costNanoUsd: COSTS[name as Name] }]),
  ),
})

/**
 * As leaderboards publish them: every model answered the `shared` requests, of which `small` gets a third right, `medium`
 * two and `large` all. Beside them `small` has 200 easy requests of its own and `large` 200 hard ones: over whatever each
 * model answered, `small` looks best and `large` worst.
 */
function withMissingRows(shared: number): LogTable {
  const rows = [
    ...Array.from({ length: shared }, (_, i) =>
      row(i, { small: i % 3 === 0 ? 1 : 0, medium: i % 3 === 2 ? 0 : 1, large: 1 }),
    ),
    ...Array.from({ length: 200 }, (_, i) => row(shared + i, { small: 1 })),
    ...Array.from({ length: 200 }, (_, i) => row(shared + 200 + i, { large: 0 })),
  ]
  const table = aTable(rows)
  const features = table.features.map((column, index) => column.map((_, i) => (index === 0 ? i : 0) / 500))
  return { ...table, features }
}

const first = (table: LogTable, models: readonly string[] = MODELS) =>
  firstPolicy({ policyId: 'first', table, models, budget: undefined, priceBook: undefined })
const tiers = ({ policy }: ReturnType<typeof first>): unknown =>
  Object.fromEntries(policy.models.map(({ id, tier }) => [id, tier]))

describe('the tiers of a first policy', () => {
  it('follow the quality on the requests that every model answered', () => {
    const made = first(withMissingRows(60))
    expect(tiers(made)).toEqual({ small: 0, medium: 1, large: 2 })
    expect(made.notes.join('\n')).toContain(
      'tiers from the quality on the 60 requests where it is known for every model: small = 0, medium = 1, large = 2',
    )
  })

  it('do so for the models that are named, whatever others miss', () => {
    const made = first(withMissingRows(60), ['large', 'small'])
    expect(tiers(made)).toEqual({ large: 1, small: 0 })
    const table = withMissingRows(60)
    const rare = { ...table.outcomes[0]!, model: 'rare', quality: new Float64Array(table.size).fill(NaN) }
    expect(tiers(first({ ...table, outcomes: [...table.outcomes, rare] }))).toEqual(
      tiers(first(withMissingRows(60))),
    )
  })

  it('get the share of those requests that needs them', () => {
    const table = withMissingRows(60)
    const { policy } = first(table)
    const classifier = createHeuristic({ kind: 'heuristic', heuristic: heuristicSchema.parse({}) })
    const difficulties = [...classifier.difficulties(table.features, table.size)].sort((a, b) => a - b)
    const at = (share: number): number => Number(difficulties[Math.floor(share * table.size)]!.toFixed(4))
    expect(policy.tierBoundaries).toEqual([at(1 / 3), at(2 / 3)])
    expect(new Set(policy.tierBoundaries).size).toBe(2)
  })

  it('follow the price where too few requests are shared, and say so', () => {
    const made = first(withMissingRows(49))
    expect(tiers(made)).toEqual({ small: 2, medium: 1, large: 0 })
    expect(made.notes.join('\n')).toContain(
      'tiers from price, since only 49 requests have the quality of every model (50 are needed)',
    )
  })
})
