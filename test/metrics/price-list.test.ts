import { describe, expect, it } from 'vitest'
import { priceList } from '../../src/metrics/price-list.js'
import { aModel, aPolicy, SMALL } from '../builders/a-policy.js'

const { pricing: _none, ...unpriced } = SMALL

describe('the prices of the policies', () => {
  it('stand once for policies that agree, with the books and days that they are from', () => {
    const prices = { book: 'litellm.json', date: '2026-08-06' }
    const list = priceList([
      aPolicy({ policyId: 'a', models: [SMALL], prices }),
      aPolicy({ policyId: 'b', models: [SMALL], createdAt: '2026-11-23T00:00:00Z' }),
      aPolicy({ policyId: 'c', models: [SMALL], prices }),
    ])
    expect(list).toEqual([
      {
        ...{ model: 'small', promptPer1m: 1, completionPer1m: 2 },
        ...{ cachedInputPer1m: null, cacheWritePer1m: null },
        ...{ policyIds: ['a', 'b', 'c'], books: [prices], madeAt: ['2026-11-23T00:00:00Z'] },
      },
    ])
  })

  it('stand apart where policies disagree, or name none', () => {
    const dearer = aModel('small', 0, { inputUsd: 2, outputUsd: 2 })
    const list = priceList([
      aPolicy({ models: [SMALL] }),
      aPolicy({ models: [dearer] }),
      aPolicy({ models: [unpriced] }),
    ])
    expect(list.map(({ promptPer1m }) => promptPer1m)).toEqual([1, 2, null])
  })
})
