import { describe, expect, it } from 'vitest'
import { parsePolicy, type Policy } from '../../../src/core/policy.js'
import { isRenamed, renameReplayable } from '../../../src/replay/packed/rename.js'
import {
  packReplayable,
  unpackReplayable,
  type ReplaySettings,
} from '../../../src/replay/packed/replayable.js'
import { replay } from '../../../src/replay/replay.js'
import { aBudget, aPolicy } from '../../builders/a-policy.js'
import { aTable } from '../../builders/a-table.js'

/** Every third call is of jane's, who has a cap of her own; acme may not ask the large model. */
const table = aTable(
  Array.from({ length: 60 }, (_, row) => ({
    at: 1.76e12 + row * 60_000,
    id: `secret-${row}`,
    scope: { org: row % 2 === 0 ? 'acme' : 'a/b%', user: ['jane', 'jack', 'joe'][row % 3]! },
    difficulty: (row % 10) / 10,
    inputTokens: 900,
    outcomes: { small: {}, medium: {}, large: {} },
  })),
)
const FREE = aPolicy()
const SINGLING_OUT = aPolicy({
  budgets: [
    aBudget('org', 0.9, { overrides: { 'a/b%': 0.2, '*': 1 } }),
    aBudget('user', 0.5, {
      scope: ['org', 'user'],
      overrides: { 'acme/jane': 0.05, 'a%2Fb%25/jane': 0.02, 'acme/nobody': 9 },
    }),
  ],
  denyModels: { 'org:acme': ['large'] },
})
const DRAWN = aPolicy({ selector: { kind: 'mix', shares: { small: 0.5, large: 0.5 } } })

/** `org 1`, `org 2`, … as they are asked for. */
function numbered(): (label: string, value: string) => string {
  const known = new Map<string, string>()
  return (label, value) => {
    const key = `${label}:${value}`
    const name = known.get(key) ?? `${label} ${known.size + 1}`
    known.set(key, name)
    return name
  }
}

function packed(policies: readonly Policy[], settings: ReplaySettings = { seed: 3 }): Uint8Array {
  return packReplayable({
    policies,
    tableOf: () => table,
    baseline: 0,
    settings,
    clusterLabels: ['user'],
    mostRequests: 50_000,
  })
}

describe('a packed comparison in which nobody is named', () => {
  const bytes = renameReplayable(packed([FREE, SINGLING_OUT, DRAWN]), numbered())!
  const renamed = unpackReplayable(bytes)

  it('has no name and no id of the log, in columns or policies', () => {
    expect(Buffer.from(bytes).toString('latin1')).not.toMatch(/secret|acme|jane|jack|joe|a\/b|nobody/)
    expect(renamed.table.ids[7]).toBe('7')
    expect(isRenamed(bytes)).toBe(true)
    expect(isRenamed(packed([FREE]))).toBe(false)
  })

  it('replays to the same columns: caps and bans of single labels still are of the same ones', () => {
    const policy = parsePolicy(renamed.policies[1]!.file)
    const own = { ...renamed.table, features: renamed.features(policy.classifier.extractor.key) }
    const [before, after] = [replay(table, SINGLING_OUT), replay(own, policy)]
    expect(after.steps).toEqual(before.steps)
    expect(after.poolWindows.map(({ capNanoUsd }) => capNanoUsd)).toEqual(
      before.poolWindows.map(({ capNanoUsd }) => capNanoUsd),
    )
    // Each of the rules binds, or this would prove nothing.
    const lax = replay(table, aPolicy({ budgets: [aBudget('org', 0.9)] }))
    expect(before.steps.model).not.toEqual(lax.steps.model)
    expect(new Set(before.poolWindows.map(({ capNanoUsd }) => capNanoUsd)).size).toBe(5)
  })

  it('says what each policy lacks', () => {
    expect(renamed.policies.map(({ lacks }) => lacks)).toEqual([undefined, 'names', 'ids'])
  })

  it('is itself when it is renamed again', () => expect(renameReplayable(bytes, numbered())).toBe(bytes))

  it('is none where chance of every run, or of the baseline, is drawn by ids', () => {
    expect(renameReplayable(packed([FREE], { seed: 3, faults: 'abort=0.1' }), numbered())).toBeUndefined()
    expect(renameReplayable(packed([FREE], { seed: 3, scorerError: 0.1 }), numbered())).toBeUndefined()
    expect(renameReplayable(packed([DRAWN, FREE]), numbered())).toBeUndefined()
  })
})
