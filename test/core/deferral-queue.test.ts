import { describe, expect, it } from 'vitest'
import { createDeferralQueue, poolKey } from '../../src/core/deferral-queue.js'

describe('the deferral queue', () => {
  it('gives the most important first, then the oldest, then the one that came first', () => {
    const queue = createDeferralQueue<string>()
    queue.add('p', { item: 'old', priority: 1, since: 1 })
    queue.add('p', { item: 'young', priority: 1, since: 9 })
    queue.add('p', { item: 'important', priority: 3, since: 20 })
    queue.add('p', { item: 'twin', priority: 1, since: 1 })
    queue.add('other', { item: 'x', priority: 0, since: 0 })
    const order: string[] = []
    for (let next = queue.first('p'); next !== undefined; next = queue.first('p')) {
      order.push(next.item)
      queue.remove('p', next.item)
    }
    expect(order).toEqual(['important', 'old', 'twin', 'young'])
    expect(queue.size).toBe(1)
  })

  it('removes what waits and ignores what does not', () => {
    const queue = createDeferralQueue<number>()
    queue.add('p', { item: 1, priority: 0, since: 0 })
    queue.remove('p', 2)
    queue.remove('q', 1)
    expect(queue.size).toBe(1)
    queue.remove('p', 1)
    expect([queue.size, queue.first('p')]).toEqual([0, undefined])
  })

  it('keys tell budgets and labels apart', () => {
    expect(poolKey({ budgetId: 'a', label: 'bc' })).not.toBe(poolKey({ budgetId: 'ab', label: 'c' }))
  })
})
