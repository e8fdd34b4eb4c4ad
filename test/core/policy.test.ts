import { describe, expect, it } from 'vitest'
import { InputError, type Issue } from '../../src/core/errors.js'
import { parsePolicy, policyJsonSchema, sealPolicy } from '../../src/core/policy.js'
import { aLearnedSpec } from '../builders/a-learned-spec.js'
import { aBudget, aCachedModel, aPolicy, aPolicyFile, LARGE, SMALL } from '../builders/a-policy.js'

function issuesOf(value: unknown): readonly Issue[] {
  try {
    parsePolicy(value)
  } catch (error) {
    if (error instanceof InputError) return error.issues
    throw error
  }
  return []
}

const paths = (value: unknown): string[] => issuesOf(value).map(({ path }) => path)
const message = (value: unknown): string =>
  issuesOf(value)
    .map(({ message }) => message)
    .join('\n')
const file = (parts: Record<string, unknown>): Record<string, unknown> => ({ ...aPolicyFile(), ...parts })
const withBudget = (parts: Record<string, unknown>): Record<string, unknown> =>
  file({ budgets: [{ id: 'b', scope: 'org', maxBudget: 1, window: { kind: 'lifetime' }, ...parts }] })

const classifier = { kind: 'learned', learned: aLearnedSpec(['small', 'medium', 'large']) }
/** Budgets of every kind, and a classifier that knows chances of success. */
const pacedFile = (selector: unknown): Record<string, unknown> =>
  file({
    classifier,
    selector,
    budgets: [
      aBudget('day', 1, { window: { kind: 'fixed', budgetDuration: '1d' } }),
      aBudget('ever', 1),
      aBudget('request', 1, { scope: 'request' }),
      {
        id: 'drip',
        scope: 'org',
        window: { kind: 'tokenBucket', capacity: 1, refillRate: { usd: 1, per: '1h' } },
      },
    ],
  })

const CACHED = aCachedModel('cached', 0)
const CASCADE = {
  kind: 'cascade',
  rungs: [{ model: 'small', accept: 0.5 }, { model: 'large' }],
  scorer: { kind: 'external', costUsd: 0, timeoutMs: 1000 },
}

describe('a policy with problems', () => {
  it('has five errors and shows five, each with its path and a way out', () => {
    const bad = {
      formatVersion: 1,
      policyId: 'bad',
      models: [
        { ...SMALL, id: 'small', tire: 0 },
        { ...LARGE, pricing: { promptPer1m: -1, completionPer1m: 2 } },
      ],
      selector: { kind: 'cheapestCapible' },
      budgets: [{ id: 'b', scope: 'org', maxBudget: 1, window: { kind: 'slidng', budgetDuration: '1h' } }],
      onExceed: { critical: 'defer' },
    }
    expect(paths(bad)).toEqual([
      'models[0].tire',
      'models[1].pricing.promptPer1m',
      'selector.kind',
      'budgets[0].window.kind',
      'onExceed.critical',
    ])
    const text = message(bad)
    for (const hint of [
      'did you mean tier?',
      'did you mean cheapestCapable?',
      'did you mean sliding?',
      'downgrade',
    ])
      expect(text).toContain(hint)
    expect(() => parsePolicy(bad)).toThrow(/the policy has 5 problems/)
  })

  it.each([
    ['a missing field', { policyId: undefined }, 'policyId', /is missing/],
    ['no models', { models: [] }, 'models', /.+/],
    ['an unknown field', { seeed: 1 }, 'seeed', /did you mean seed\?/],
    ['another format', { formatVersion: 2 }, 'formatVersion', /expected 1/],
    [
      'a model that is not there',
      { selector: { kind: 'fixed', model: 'smal' } },
      'selector.model',
      /did you mean small\?/,
    ],
    [
      'a mix without shares',
      { selector: { kind: 'mix', shares: { small: 0 } } },
      'selector.shares',
      /above 0/,
    ],
    ['too few boundaries', { tierBoundaries: [0.5] }, 'tierBoundaries', /2 boundaries/],
    ['boundaries that fall', { tierBoundaries: [0.7, 0.4] }, 'tierBoundaries', /must not decrease/],
    [
      'a quantile above all that are stored',
      { reservation: { estimate: { quantile: 0.999 } } },
      'reservation.estimate.quantile',
      /0.99/,
    ],
    [
      'an estimate that is none',
      { reservation: { estimate: 'median' } },
      'reservation.estimate',
      /expected "mean" or \{ "quantile": q \}.*got "median"/,
    ],
    [
      'a quantile that no model has learned',
      { reservation: { mode: 'estimateWithMargin', estimate: { quantile: 0.9 } } },
      'reservation.estimate',
      /outputTokens of every model, and small, medium, large has none: tollgate init/,
    ],
    ['a model twice', { models: [SMALL, SMALL], tierBoundaries: [] }, 'models', /occurs twice/],
    ['a denial of nobody', { denyModels: { acme: ['small'] } }, 'denyModels.acme', /label:value/],
    [
      'a denial of an unknown model',
      { denyModels: { 'org:acme': ['lage'] } },
      'denyModels.org:acme',
      /did you mean large/,
    ],
  ])('%s', (_name, parts, path, says) => {
    expect(paths(file(parts))).toEqual([path])
    expect(message(file(parts))).toMatch(says)
  })

  it.each([
    ['names no budget of the policy', { budget: 'dya' }, 'selector.budget', /did you mean day\?/],
    ['follows one that is never replenished', { budget: 'ever' }, 'selector.budget', /never replenished/],
    ['follows that of one request', { budget: 'request' }, 'selector.budget', /many requests share/],
    ['has a profile of nothing', { profile: [0, 0] }, 'selector.profile', /above 0/],
    ['has a profile without a window’s end', { budget: 'drip', profile: [1] }, 'selector.profile', /fixed/],
    ['weighs costs at nothing', { costWeight: 0 }, 'selector.costWeight', /greater than 0|>0/],
  ])('a paced selector that %s', (_name, parts, path, says) => {
    const selector = { kind: 'paced', budget: 'day', costWeight: 1, ...parts }
    expect(paths(pacedFile(selector))).toEqual([path])
    expect(message(pacedFile(selector))).toMatch(says)
  })

  it.each([
    [
      'pins a cascade',
      { selector: CASCADE, sessionAffinity: { mode: 'pin' } },
      'sessionAffinity.mode',
      /use penalty/,
    ],
    [
      'counts switches without a pin',
      { models: [CACHED], sessionAffinity: { maxSwitches: 1 } },
      'sessionAffinity.maxSwitches',
      /leave it out/,
    ],
    [
      'is about caches that no model has',
      { sessionAffinity: {} },
      'sessionAffinity.mode',
      /no model has a promptCache/,
    ],
    [
      'has a cache without a price',
      { models: [{ ...CACHED, pricing: undefined }] },
      'models[0].promptCache',
      /needs pricing/,
    ],
  ])('a policy that %s', (_name, parts, path, says) => {
    const file = aPolicyFile(parts as object) as unknown as Record<string, unknown>
    expect(paths(file)).toEqual([path])
    expect(message(file)).toMatch(says)
  })

  it('a paced selector without a chance of success to weigh', () => {
    const { classifier: _, ...rest } = pacedFile({ kind: 'paced', budget: 'day', costWeight: 1 })
    expect(paths(rest)).toEqual(['selector.kind'])
    expect(message(rest)).toContain('tollgate train')
  })

  it.each([
    ['no cap', { maxBudget: undefined }, 'budgets[0].maxBudget'],
    [
      'a cap beside a capacity',
      { window: { kind: 'tokenBucket', capacity: 1, refillRate: { usd: 1, per: '1h' } } },
      'budgets[0].maxBudget',
    ],
    ['a cap that integers cannot hold', { maxBudget: 1e7 }, 'budgets[0].maxBudget'],
    [
      'no such time zone',
      { window: { kind: 'fixed', budgetDuration: '1d', timeZone: 'Mars/Base' } },
      'budgets[0].window.timeZone',
    ],
    [
      'an anchor in words',
      { window: { kind: 'fixed', budgetDuration: '1d', anchor: 'January 5, 2026' } },
      'budgets[0].window.anchor',
    ],
    [
      'an anchor that is only a year',
      { window: { kind: 'fixed', budgetDuration: '1d', anchor: '2026' } },
      'budgets[0].window.anchor',
    ],
    [
      'months without a calendar',
      { window: { kind: 'sliding', budgetDuration: '1mo' } },
      'budgets[0].window.budgetDuration',
    ],
    ['no duration', { window: { kind: 'fixed', budgetDuration: '0d' } }, 'budgets[0].window.budgetDuration'],
    [
      'linear release without an end',
      { priorityReserve: { share: 0.1, minPriority: 'high', release: 'linear' } },
      'budgets[0].priorityReserve.release',
    ],
    ['a request within a scope', { scope: ['org', 'request'] }, 'budgets[0].scope'],
    [
      'a request that slides',
      { scope: 'request', window: { kind: 'sliding', budgetDuration: '1h' } },
      'budgets[0].window.kind',
    ],
  ])('a budget with %s', (_name, parts, path) => expect(paths(withBudget(parts))).toEqual([path]))

  it.each([
    [
      'digits below a pico-dollar',
      { promptPer1m: 1e-7, completionPer1m: 1 },
      'models[0].pricing.promptPer1m',
    ],
    [
      'a fee below a nano-dollar',
      { promptPer1m: 1, completionPer1m: 1, perRequest: 4e-10 },
      'models[0].pricing.perRequest',
    ],
    [
      'a fee that integers cannot hold',
      { promptPer1m: 1, completionPer1m: 1, perRequest: 1e10 },
      'models[0].pricing.perRequest',
    ],
    ['NaN', { promptPer1m: NaN, completionPer1m: 1 }, 'models[0].pricing.promptPer1m'],
  ])('a price with %s', (_name, pricing, path) => {
    expect(paths(file({ models: [{ ...SMALL, pricing }], tierBoundaries: [] }))).toEqual([path])
  })

  it.each([null, 7, 'x', [], undefined])('that is not an object: %j', (value) => {
    expect(() => parsePolicy(value)).toThrow(InputError)
  })
})

describe('a seal', () => {
  it('is checked when it is there, and its absence is said', () => {
    const sealed = sealPolicy({ ...aPolicyFile() })
    expect(parsePolicy(sealed).sealed).toBe(true)
    expect(parsePolicy(sealed).contentHash).toBe(sealed.contentHash)
    expect(aPolicy().sealed).toBe(false)
    expect(paths({ ...sealed, seed: 2 })).toEqual(['contentHash'])
    expect(message({ ...sealed, seed: 2 })).toContain('tollgate seal')
    expect(parsePolicy(sealPolicy({ ...sealed, seed: 2 })).sealed).toBe(true)
  })
})

describe('a policy', () => {
  it('fills in defaults', () => {
    const { file } = aPolicy()
    expect(file.onExceed).toEqual({
      low: 'downgrade',
      normal: 'downgrade',
      high: 'downgrade',
      critical: 'downgrade',
    })
    expect(file.reservation.mode).toBe('worstCase')
    expect(file.unknownPrice).toBe('reject')
  })

  it('knows each tier’s dearest rates', () => {
    const other = { ...SMALL, id: 'other', pricing: { promptPer1m: 0.5, completionPer1m: 9 } }
    const free = { ...SMALL, id: 'free', pricing: undefined }
    const { tierMaximumPrices } = aPolicy({ models: [SMALL, other, free], tierBoundaries: [] })
    expect(tierMaximumPrices[0]).toMatchObject({ inputPico: 1_000_000, outputPico: 9_000_000 })
  })

  it('keeps token buckets by their capacity', () => {
    const window = { kind: 'tokenBucket' as const, capacity: 2, refillRate: { usd: 1, per: '1h' } }
    expect(aPolicy({ budgets: [{ id: 'b', scope: 'org', window }] }).budgets[0]!.capNanoUsd).toBe(2e9)
  })
})

interface Node {
  readonly type?: string
  readonly properties?: Readonly<Record<string, Node>>
  readonly required?: readonly string[]
  readonly additionalProperties?: Node | boolean
  readonly oneOf?: readonly Node[]
  readonly anyOf?: readonly Node[]
  readonly const?: unknown
}

/** The part of JSON Schema that tells known from unknown fields and missing ones: enough to compare with the parser. */
function accepts(node: Node, value: unknown): boolean {
  const choices = node.oneOf ?? node.anyOf
  if (choices !== undefined) return choices.some((choice) => accepts(choice, value))
  if (node.const !== undefined) return node.const === value
  if (node.properties === undefined || typeof value !== 'object' || value === null) {
    return node.type !== 'object' || (typeof value === 'object' && value !== null)
  }
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined)
  const missing = (node.required ?? []).some((key) => entries.every(([name]) => name !== key))
  return (
    !missing &&
    entries.every(([name, inner]) => {
      const known = node.properties?.[name]
      return known === undefined ? node.additionalProperties !== false : accepts(known, inner)
    })
  )
}

describe('the JSON Schema', () => {
  const schema = policyJsonSchema() as Node
  it.each([
    ['the example', aPolicyFile({ budgets: [aBudget('b', 1)] }), true],
    ['a sealed one', sealPolicy({ ...aPolicyFile() }), true],
    ['an unknown field', file({ seeed: 1 }), false],
    ['a missing id', file({ policyId: undefined }), false],
    ['an unknown selector', file({ selector: { kind: 'best' } }), false],
    ['a critical that waits', file({ onExceed: { critical: 'defer' } }), false],
    ['another format', file({ formatVersion: 3 }), false],
  ])('agrees with the parser on %s', (_name, value, valid) => {
    expect(issuesOf(value).length === 0).toBe(valid)
    expect(accepts(schema, value)).toBe(valid)
  })
})
