import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createByteWriter } from '../../../src/replay/packed/bytes.js'
import { packCosts, unpackCosts } from '../../../src/replay/packed/cost-column.js'
import { packNumbers, unpackNumbers } from '../../../src/replay/packed/number-column.js'

function again(values: Float64Array): { readonly kind: string; readonly values: Float64Array } {
  const writer = createByteWriter()
  writer.floats(Float64Array.of(1, 2)) // Columns need not begin at 0.
  const column = packNumbers(writer, values)
  return { kind: column.kind, values: unpackNumbers(writer.bytes(), column, values.length) }
}

describe('packed costs', () => {
  const tokens = fc.integer({ min: -1, max: 200_000 })
  const call = fc.record({
    input: tokens,
    output: tokens,
    own: fc.option(fc.oneof(fc.integer({ min: 0, max: 9_007_000_000_000_000 }), fc.constantFrom(NaN, 0.1)), {
      nil: undefined,
    }),
  })
  const rates = fc.record({
    input: fc.integer({ min: 0, max: 60_000_000 }),
    output: fc.integer({ min: 0, max: 200_000_000 }),
  })

  it('come back to the nano-dollar, whatever explains them', () => {
    fc.assert(
      fc.property(fc.array(call, { minLength: 1, maxLength: 60 }), rates, (calls, { input, output }) => {
        const usage = {
          inputTokens: Int32Array.from(calls, (one) => one.input),
          outputTokens: Int32Array.from(calls, (one) => one.output),
        }
        const costs = Float64Array.from(
          calls,
          (one) =>
            one.own ?? Math.ceil((Math.max(0, one.input) * input + Math.max(0, one.output) * output) / 1000),
        )
        const writer = createByteWriter()
        const column = packCosts(writer, costs, usage)
        expect(unpackCosts(writer.bytes(), column, usage)).toEqual(costs)
      }),
    )
  })

  it('take no room where list prices explain them', () => {
    const usage = {
      inputTokens: Int32Array.from({ length: 500 }, (_, row) => 100 + ((row * 7919) % 5000)),
      outputTokens: Int32Array.from({ length: 500 }, (_, row) => 20 + ((row * 104_729) % 900)),
    }
    const costs = Float64Array.from(usage.inputTokens, (input, row) =>
      Math.ceil((input * 75_000 + (usage.outputTokens[row] ?? 0) * 300_000) / 1000),
    )
    const column = packCosts(createByteWriter(), costs, usage)
    expect(column).toEqual({ inputPico: 75_000, outputPico: 300_000, rest: { kind: 'same', value: 0 } })
  })
})

describe('a packed column of numbers', () => {
  const SPECIAL = [NaN, -1, 0, -0, 1, 255, 256, 65_535, 65_536, 0.1, 1e-320, Infinity, -Infinity, 2 ** 53 - 1]
  const number = fc.oneof(
    fc.constantFrom(...SPECIAL),
    fc.integer(),
    fc.double(),
    fc.integer({ min: 0, max: 9_007_199_254_740_991 }),
  )

  it('gives back every number to the bit', () => {
    fc.assert(
      fc.property(fc.array(number, { maxLength: 80 }), (list) => {
        const values = Float64Array.from(list)
        const read = again(values).values
        expect(read.length).toBe(values.length)
        values.forEach((value, row) => expect(Object.is(read[row], value)).toBe(true))
      }),
    )
  })

  it.each([
    ['same', Float64Array.from({ length: 900 }, () => NaN)],
    ['few', Float64Array.from({ length: 900 }, (_, row) => (row % 7) / 7)],
    ['few', Float64Array.from({ length: 9000 }, (_, row) => (row % 700) / 7)],
    ['whole', Float64Array.from({ length: 900 }, (_, row) => (row % 9 === 0 ? NaN : 1e9 + row * row * 7919))],
    ['rising', Float64Array.from({ length: 900 }, (_, row) => 1.7e12 + row * 130)],
    ['any', Float64Array.from({ length: 900 }, (_, row) => Math.sqrt(row + 2))],
  ])('is packed as %s where that is smallest', (kind, values) => {
    expect(again(values)).toEqual({ kind, values })
  })
})
