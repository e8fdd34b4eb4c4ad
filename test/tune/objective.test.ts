import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { InputError } from '../../src/core/errors.js'
import type { Linear } from '../../src/tune/expression.js'
import { parseConstraint, parseConstraints, parseObjective } from '../../src/tune/objective.js'
import { seed } from '../properties/seed.js'

/** A text and what it is worth. */
type Tree = readonly [string, number]

describe('parseObjective', () => {
  it.each([
    ['min cost', 'min', 'costUsd'],
    ['min costUsd', 'min', 'costUsd'],
    ['max quality', 'max', 'quality'],
    [' max   servedShare ', 'max', 'servedShare'],
    ['min deferDelayP95Ms', 'min', 'deferDelayP95Ms'],
  ])('reads %s', (text, direction, metric) => {
    expect(parseObjective(text)).toMatchObject({ direction, constant: 0, terms: [{ factor: 1, metric }] })
  })

  it.each([
    ['minimise cost', /position 1 \(minimise\): expected min or max/],
    ['min costs', /position 5 \(costs\).*did you mean cost\?/],
    ['min', /at its end: expected a metric/],
    ['min cost now', /position 10 \(now\): expected nothing more/],
    ['min 3 + 0 * cost', /at its end: no metric is in it/],
    ['min cost * quality', /position 10 \(\*\): one side of \* must be a number/],
    ['min 1 / cost', /position 7 \(\/\): what is divided by must be a number other than 0/],
    ['min cost / (2 - 2)', /position 10 \(\/\): what is divided by/],
    ['min (cost + 1', /at its end: expected \+ or - or \* or \/ or \)/],
    ['min cost + ', /at its end: expected a metric/],
    ['min cost + )', /position 12 \(\)\): expected a metric, a number or \(/],
    ['min cost + 2% * quality', /position 12 \(2%\): expected a metric, a number or \(/],
    ['min cost - baseline', /position 12 \(baseline\): expected a metric/],
    ['min cost + quality[task]', /task/],
  ])('says what is wrong with %s', (text, message) => {
    expect(() => parseObjective(text)).toThrow(InputError)
    expect(() => parseObjective(text)).toThrow(message)
  })

  it('writes the text as it was read, with blanks where they belong', () => {
    expect(parseObjective('max  quality-5*(cost+ .1*quality[ task=debug ])').text).toBe(
      'max quality - 5 * (cost + .1 * quality[task=debug])',
    )
  })
})

/** What an expression is worth where the metrics are. */
function worth({ constant, terms }: Linear, at: Readonly<Record<string, number>>): number {
  return terms.reduce((sum, { factor, metric }) => sum + factor * (at[metric] ?? NaN), constant)
}

describe(`the expression of an objective (FC_SEED=${seed})`, () => {
  const at = { costUsd: 0.004, quality: 0.9, latencyP95Ms: 3000 }

  it.each([
    ['costUsd + 0.02 * (1 - quality)', 0.004 + 0.02 * (1 - 0.9)],
    ['quality - 5 * costUsd', 0.9 - 5 * 0.004],
    ['2 * (3 - (quality - 1) * 4) / 8', (2 * (3 - (0.9 - 1) * 4)) / 8],
    ['-quality - -costUsd', -0.9 + 0.004],
    ['1e-3 * latencyP95Ms + 2', 5],
    ['quality + quality', 1.8],
  ])('%s', (text, value) => {
    expect(worth(parseObjective(`min ${text}`), at)).toBeCloseTo(value, 12)
  })

  it('is worth what its tree is, however it is nested', () => {
    const tree = fc.letrec<{ sum: Tree; factor: Tree }>((tie) => ({
      factor: fc.oneof(
        { depthSize: 'small' },
        fc
          .constantFrom('costUsd', 'quality', 'latencyP95Ms')
          .map((metric): Tree => [metric, at[metric as keyof typeof at]]),
        tie('sum').map(([text, value]): Tree => [`(${text})`, value]),
        tie('factor').map(([text, value]): Tree => [`-${text}`, -value]),
        fc
          .tuple(tie('factor'), fc.integer({ min: 1, max: 9 }))
          .map(([[text, value], by]): Tree => [`${by} * ${text} / 4`, (by * value) / 4]),
      ),
      sum: fc
        .array(fc.tuple(fc.constantFrom('+', '-'), tie('factor')), { minLength: 1, maxLength: 4 })
        .map((parts): Tree => [
          `0 ${parts.map(([sign, [text]]) => `${sign} ${text}`).join(' ')}`,
          parts.reduce((sum, [sign, [, value]]) => (sign === '+' ? sum + value : sum - value), 0),
        ]),
    })).sum
    fc.assert(
      fc.property(tree, ([text, value]) => {
        const parsed = parseObjective(`max ${text} + quality * 1000000`)
        expect(worth(parsed, at)).toBeCloseTo(value + 900_000, 5)
        const again = parseObjective(parsed.text)
        expect([again.text, again.terms]).toEqual([parsed.text, parsed.terms])
      }),
      { seed },
    )
  })

  it('is read or refused with a place, whatever stands in it', () => {
    const word = fc.constantFrom(
      'min',
      'cost',
      'quality',
      '(',
      ')',
      '+',
      '-',
      '*',
      '/',
      '0.5',
      '[task=a]',
      '>=',
      '%',
      'x',
    )
    fc.assert(
      fc.property(fc.array(word, { maxLength: 8 }), (words) => {
        try {
          parseObjective(words.join(' '))
        } catch (error) {
          expect(error).toBeInstanceOf(InputError)
          expect(String(error)).toMatch(/at position \d+ \(|at its end/)
        }
      }),
      { seed },
    )
  })
})

describe('parseConstraint', () => {
  it.each([
    ['quality >= 0.98 * baseline', { metric: 'quality', op: '>=', limit: 0.98, ofBaseline: true }],
    ['quality>=.98*baseline', { metric: 'quality', op: '>=', limit: 0.98, ofBaseline: true }],
    ['costUsd <= baseline * 0.5', { metric: 'costUsd', op: '<=', limit: 0.5, ofBaseline: true }],
    ['servedShare >= baseline', { metric: 'servedShare', op: '>=', limit: 1, ofBaseline: true }],
    ['rejectShare <= 1e-2', { metric: 'rejectShare', op: '<=', limit: 0.01, ofBaseline: false }],
    ['latencyP95Ms[task=a] <= 9', { text: 'latencyP95Ms[task=a] <= 9', metric: 'latencyP95Ms', limit: 9 }],
    ['quality >= -0.5', { limit: -0.5, ofBaseline: false }],
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
