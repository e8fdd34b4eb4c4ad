import { expect, it } from 'vitest'
import { defaultCounter } from '../../src/router/default-counter.js'

it('is one counter of o200k_base', () => {
  expect(defaultCounter()).toBe(defaultCounter())
  expect(defaultCounter().name).toBe('o200k_base')
  expect(defaultCounter().count('hello world')).toBe(2)
})
