import { describe, expect, it } from 'vitest'
import { InputError } from '../../src/core/errors.js'
import { parseConstraint, parseConstraints, parseObjective } from '../../src/tune/objective.js'

describe('parseObjective', () => {
  it.each([
    ['min cost', 'min', 'costUsd'],
    ['min costUsd', 'min', 'costUsd'],
    ['max quality', 'max', 'quality'],
    [' max   servedShare ', 'max', 'servedShare'],
  ])('reads %s', (text, direction, metric) => {
    expect(parseObjective(text)).toMatchObject({ direction, metric })
  })

  it.each([
    ['minimise cost', /position 1 \(minimise\): expected min or max/],
    ['min costs', /position 5 \(costs\).*did you mean cost\?/],
    ['min', /at its end: expected a metric/],
    ['min cost now', /position 10 \(now\): expected nothing more/],
  ])('says what is wrong with %s', (text, message) => {
    expect(() => parseObjective(text)).toThrow(InputError)
    expect(() => parseObjective(text)).toThrow(message)
  })
})

describe('parseConstraint', () => {
  it.each([
    ['quality >= 0.98 * baseline', { metric: 'quality', op: '>=', limit: 0.98, ofBaseline: true }],
    ['quality>=.98*baseline', { metric: 'quality', op: '>=', limit: 0.98, ofBaseline: true }],
    ['costUsd <= baseline * 0.5', { metric: 'costUsd', op: '<=', limit: 0.5, ofBaseline: true }],
    ['servedShare >= baseline', { metric: 'servedShare', op: '>=', limit: 1, ofBaseline: true }],
    ['rejectShare <= 1e-2', { metric: 'rejectShare', op: '<=', limit: 0.01, ofBaseline: false }],
    ['latencyP95Ms <= 4000', { metric: 'latencyP95Ms', op: '<=', limit: 4000, ofBaseline: false }],
    [
      ' quality [ task=debug and user!=u1 ]>=0.9*baseline',
      { text: 'quality[task=debug and user!=u1] >= 0.9 * baseline', limit: 0.9, ofBaseline: true },
    ],
  ])('reads %s', (text, expected) => {
    expect(parseConstraint(text)).toMatchObject(expected)
  })

  it.each([
    ['qualty >= 0.9', /position 1 \(qualty\).*did you mean quality\?/],
    ['quality > 0.9', /position 9 \(>\): expected >= or <=/],
    ['quality >= 98%', /position 12 \(98%\): expected a number or baseline/],
    ['quality >= 0.9 * baselin', /position 18 \(baselin\).*did you mean baseline\?/],
    ['quality >= 0.9 * 0.9', /NUMBER \* baseline/],
    ['quality >= 0.9 baseline', /position 16 \(baseline\): expected nothing more/],
    ['quality >=', /at its end: expected a number or baseline/],
    ['quality[task=a] > 0.9', /position 17 \(>\): expected >= or <=/],
    ['quality[task] >= 0.9', /task/],
    ['quality[task=a >= 0.9', /expected >= or <=/],
    ['latencyP95Ms[task=a] <= 9', /is of a whole run and has no \[task=a\]/],
    ['', /at its end: expected a metric/],
  ])('says what is wrong with “%s”', (text, message) => {
    expect(() => parseConstraint(text)).toThrow(InputError)
    expect(() => parseConstraint(text)).toThrow(message)
  })
})

describe('parseConstraints', () => {
  it('adds that as many are served as by the baseline, unless servedShare is named', () => {
    expect(parseConstraints(['quality >= 0.9']).map(({ text }) => text)).toEqual([
      'quality >= 0.9',
      'servedShare >= baseline',
    ])
    expect(parseConstraints(['servedShare >= 0.9']).map(({ text }) => text)).toEqual(['servedShare >= 0.9'])
    expect(parseConstraints(['servedShare[task=a] >= 0.9']).map(({ text }) => text)).toEqual([
      'servedShare[task=a] >= 0.9',
      'servedShare >= baseline',
    ])
  })
})
