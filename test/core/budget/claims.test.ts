import { describe, expect, it } from 'vitest'
import { claimsFor } from '../../../src/core/budget/claims.js'
import { createLedger } from '../../../src/core/budget/ledger.js'
import type { PolicyFileInput } from '../../../src/core/policy-schema.js'
import { aBudget, aPolicy } from '../../builders/a-policy.js'

type BudgetInput = NonNullable<PolicyFileInput['budgets']>[number]

const claims = (budgets: BudgetInput[], scope: Record<string, string>) =>
  claimsFor(aPolicy({ budgets }).budgets, scope)
const labels = (budgets: BudgetInput[], scope: Record<string, string>): string[] => {
  const found = claims(budgets, scope)
  return found.kind === 'claims' ? found.pools.map(({ label }) => label) : [found.kind]
}
const both: BudgetInput = aBudget('both', 1, { scope: ['org', 'user'] })

describe('a missing label', () => {
  it('falls into the shared pool by default', () => {
    expect(labels([both], { org: 'acme' })).toEqual(['acme/*'])
    expect(labels([both], {})).toEqual(['*/*'])
  })

  it('is refused, or its budget left out, where the budget says so', () => {
    const rejecting = { ...both, onMissingLabel: 'reject' as const }
    expect(claims([aBudget('org', 1), rejecting], { org: 'acme' })).toEqual({
      kind: 'missingLabel',
      budgetId: 'both',
      label: 'user',
    })
    expect(labels([{ ...both, onMissingLabel: 'skip' }, aBudget('org', 1)], { org: 'acme' })).toEqual([
      'acme',
    ])
  })
})

describe('a label named like an inherited property', () => {
  it('is missing all the same', () => {
    expect(labels([aBudget('b', 1, { scope: 'constructor' })], {})).toEqual(['*'])
  })
})

describe('pool labels', () => {
  it.each([
    [
      { org: 'a/b', user: 'c' },
      { org: 'a', user: 'b/c' },
    ],
    [{ org: '*', user: 'u' }, { user: 'u' }],
    [
      { org: 'a%2Fb', user: 'c' },
      { org: 'a/b', user: 'c' },
    ],
    [
      { org: '%', user: 'c' },
      { org: '%25', user: 'c' },
    ],
    [{ org: '', user: 'c' }, { user: 'c' }],
  ])('never stand for two scopes: %j and %j', (one, two) => {
    expect(labels([both], one as Record<string, string>)).not.toEqual(
      labels([both], two as Record<string, string>),
    )
  })
})

describe('overrides', () => {
  const cap = (
    overrides: Record<string, number>,
    scope: Record<string, string>,
    parts: Partial<BudgetInput> = {},
  ) => {
    const found = claims([aBudget('b', 1, { overrides, ...parts })], scope)
    return found.kind === 'claims' ? found.pools[0]?.capNanoUsd : undefined
  }

  it('are caps by label, as the label is written', () => {
    expect(cap({ acme: 5 }, { org: 'acme' })).toBe(5e9)
    expect(cap({ acme: 5 }, { org: 'other' })).toBe(1e9)
    for (const label of ['core/infra', '50%', 'a*b']) expect(cap({ [label]: 5 }, { org: label })).toBe(5e9)
  })

  it('of composite scopes are joined, and * is the shared pool', () => {
    expect(cap({ 'acme/u1': 5 }, { org: 'acme', user: 'u1' }, { scope: ['org', 'user'] })).toBe(5e9)
    expect(cap({ 'acme/*': 5 }, { org: 'acme' }, { scope: ['org', 'user'] })).toBe(5e9)
    expect(cap({ '*': 5 }, {})).toBe(5e9)
    expect(cap({ '*': 5 }, { org: '*' })).toBe(1e9)
  })
})

describe('a request budget', () => {
  it('is the tightest of several and no pool', () => {
    const found = claims([aBudget('a', 2, { scope: 'request' }), aBudget('b', 1, { scope: 'request' })], {})
    expect(found).toEqual({ kind: 'claims', pools: [], requestCap: { budgetId: 'b', capNanoUsd: 1e9 } })
    expect(createLedger(aPolicy({ budgets: [aBudget('a', 2, { scope: 'request' })] }).budgets).slots).toEqual(
      [],
    )
  })
})
