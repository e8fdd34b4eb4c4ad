import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { JsonValues } from '../../src/logs/formats/json-values.js'
import { seed } from '../properties/seed.js'

function valuesOf(text: string, cuts: readonly number[] = []): string[] {
  const values = new JsonValues()
  const found: string[] = []
  const places = [0, ...[...cuts].sort((a, b) => a - b).filter((cut) => cut < text.length), text.length]
  for (let i = 1; i < places.length; i++) {
    for (const value of values.add(text.slice(places[i - 1], places[i]))) found.push(value.text)
  }
  const open = values.end()
  return open === undefined ? found : [...found, open.text]
}

describe('JsonValues', () => {
  it(`cuts a list, a document and values in a row, wherever the text is cut (FC_SEED=${seed})`, () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.jsonValue().filter((value) => typeof value === 'object' && value !== null),
          { minLength: 1 },
        ),
        fc.array(fc.nat(500)),
        fc.boolean(),
        fc.constantFrom(undefined, 2),
        (values, cuts, asList, indent) => {
          const texts = values.map((value) => JSON.stringify(value, null, indent))
          const text = asList
            ? `[${texts.join(',\n')}]`
            : texts.filter((one) => one.startsWith('{')).join('\n')
          const expected = asList ? values : values.filter((value) => !Array.isArray(value))
          expect(valuesOf(text, cuts).map((one) => JSON.parse(one) as unknown)).toEqual(
            expected.map((value) => JSON.parse(JSON.stringify(value)) as unknown),
          )
        },
      ),
      { seed, numRuns: 300 },
    )
  })

  it('knows the line on which a value ends', () => {
    const values = new JsonValues()
    expect([...values.add('[\n{"a":1},\n{"b":\n"]}"}\n]')]).toEqual([
      { text: '{"a":1}', line: 2 },
      { text: '{"b":\n"]}"}', line: 4 },
    ])
  })

  it('gives scalars of a list one by one, and what is never closed at the end', () => {
    expect(valuesOf('[1, "a,b", null]')).toEqual(['1', '"a,b"', 'null'])
    expect(valuesOf('{"a": [1, 2')).toEqual(['{"a": [1, 2'])
  })
})
