import { describe, expect, it } from 'vitest'
import { currencyRates, fileAndDate } from '../../../src/cli/price-option.js'
import { listedModels, lookUp, type ChosenBook } from '../../../src/logs/prices/chosen-book.js'
import { parsePriceBook } from '../../../src/logs/prices/parse-price-book.js'

const equals = (id: string, prices: unknown): object => ({ id, match: { equals: id }, prices })
const TEXT = JSON.stringify([
  {
    id: 'one',
    models: [
      equals('plain', { input_mtok: 1, output_mtok: 2 }),
      equals('dated', [
        { prices: { input_mtok: 1, output_mtok: 2 } },
        { constraint: { start_date: '2026-09-01' }, prices: { input_mtok: 3, output_mtok: 4 } },
      ]),
      equals('hourly', [
        { prices: { input_mtok: 1, output_mtok: 2 } },
        {
          constraint: { start_time: '08:00:00Z', end_time: '09:00:00Z' },
          prices: { input_mtok: 5, output_mtok: 6 },
        },
      ]),
      equals('both', { input_mtok: 1, output_mtok: 2 }),
    ],
  },
  { id: 'two', models: [equals('both', { input_mtok: 7, output_mtok: 8 })] },
])

function chosen(more: Partial<ChosenBook> = {}): ChosenBook {
  const book = parsePriceBook(TEXT, { file: 'book.json', rates: new Map() })
  return { book, name: 'book.json', date: undefined, service: 'standard', aliases: new Map(), ...more }
}

describe('what a policy takes of a price book', () => {
  it('is the price of the day that was named, else of the last call', () => {
    const lastCall = Date.parse('2026-09-01T17:00:00Z')
    const named = chosen({ date: Date.parse('2026-08-31T00:00:00Z') })
    const [before, after] = [named, chosen()].map((one) => listedModels(one, ['dated'], lastCall))
    expect(before).toMatchObject({ prices: { book: 'book.json', date: '2026-08-31' } })
    expect(before?.priceBook?.('dated')?.pricing.promptPer1m).toBe(1)
    expect(after).toMatchObject({ prices: { date: '2026-09-01' } })
    expect(after?.priceBook?.('dated')?.pricing.promptPer1m).toBe(3)
  })

  it('is the dearest price of the day, where the price changes within it', () => {
    const { priceBook } = listedModels(chosen({ date: 0 }), ['hourly'], undefined)
    expect(priceBook?.('hourly')?.pricing).toEqual({ promptPer1m: 5, completionPer1m: 6 })
  })

  it('needs a day only for prices that have one, and names none that nobody knows', () => {
    const { prices, notes } = listedModels(chosen(), ['plain'], undefined)
    expect(prices).toBeUndefined()
    expect(notes.join('\n')).toMatch(/does not say of when its prices are/)
    expect(() => listedModels(chosen(), ['dated'], undefined)).toThrow(/--prices book\.json@2026-08-06/)
  })

  it('refuses a name with several prices and shows the way out, which works', () => {
    expect(() => listedModels(chosen(), ['both'], 0)).toThrow(
      /several prices of both: one\/both, two\/both; say which, such as --price-as both=one\/both/,
    )
    const aliases = new Map([['both', 'two/both']])
    expect(lookUp(chosen({ aliases }), 'both')).toMatchObject({
      entry: { id: 'two/both' },
      rule: 'both -> two/both: --price-as',
    })
  })

  it('says what it does not have', () => {
    const { priceBook, notes } = listedModels(chosen({ service: 'batch' }), ['plain', 'plian'], 0)
    expect(priceBook?.('plain')).toBeUndefined()
    expect(notes.slice(0, 2)).toEqual([
      'book.json has no batch price of plain',
      'book.json has no price of plian; did you mean plain?',
    ])
  })
})

describe('--prices FILE[@DATE]', () => {
  it.each([
    ['a.json', { file: 'a.json', date: undefined }],
    ['a.json@2026-09-01', { file: 'a.json', date: Date.parse('2026-09-01T00:00:00Z') }],
    ['me@home/a.json', { file: 'me@home/a.json', date: undefined }],
  ])('reads %s', (text, read) => expect(fileAndDate(text)).toEqual(read))

  it.each(['a.json@', 'a.json@2026', 'a.json@2026-13-01'])('refuses %s', (text) => {
    expect(() => fileAndDate(text)).toThrow(/after the @ comes a day such as 2026-08-06/)
  })

  it('reads rates, and refuses what is none', () => {
    expect(currencyRates(['cny=0.14'])).toEqual(new Map([['CNY', 0.14]]))
    for (const wrong of ['CNY', 'CNY=', 'CNY=-1', 'yuan=0.14'])
      expect(() => currencyRates([wrong])).toThrow(/such as CNY=0\.14, got/)
  })
})
