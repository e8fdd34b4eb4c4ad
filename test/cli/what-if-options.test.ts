import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import {
  parsePriceEdit,
  parseShift,
  parseTraffic,
  readChange,
  type ChangeArguments,
} from '../../src/cli/what-if-options.js'
import { aPolicy } from '../builders/a-policy.js'
import { aTable } from '../builders/a-table.js'

const folder = mkdtempSync(join(tmpdir(), 'tollgate-whatif-'))
afterAll(() => rmSync(folder, { recursive: true }))

const TABLE = aTable([{ at: 0, task: 'debug', outcomes: { small: { quality: 1 } } }])
const change = (args: ChangeArguments): ReturnType<typeof readChange> => readChange(args, [aPolicy()], TABLE)

describe('options of whatif', () => {
  it('reads prices of models with dots in their names', () => {
    expect(parsePriceEdit('gpt-4.1.promptPer1m=1.25')).toEqual({
      model: 'gpt-4.1',
      field: 'promptPer1m',
      value: 1.25,
      isFactor: false,
    })
    expect(parsePriceEdit('m.perRequest=x2')).toMatchObject({ value: 2, isFactor: true })
  })

  it.each(['m=1', 'm.promptPer1M=1', 'm.promptPer1m=', 'm.promptPer1m=-1', 'm.promptPer1m=free'])(
    'refuses the price %s',
    (text) => {
      expect(() => parsePriceEdit(text)).toThrow(/must look like gpt-4o\.promptPer1m=1\.25/)
    },
  )

  it('reads factors and shares', () => {
    expect([parseTraffic('x3'), parseTraffic('x0.5'), parseTraffic(undefined)]).toEqual([3, 0.5, 1])
    expect(parseShift('task=a:b:+20%')).toEqual({ task: 'a:b', factor: 1.2 })
    expect(parseShift('task=debug:-100%').factor).toBe(0)
    for (const wrong of ['3', 'x0', 'x101', 'x-1']) expect(() => parseTraffic(wrong)).toThrow(/such as x3/)
    for (const wrong of ['debug:+20%', 'task=debug:20%', 'task=debug:-101%'])
      expect(() => parseShift(wrong)).toThrow(/must look like task=debug:\+20%/)
  })

  it('edits one field of a price and keeps the rest', () => {
    const { prices } = change({ price: ['small.promptPer1m=x0.5', 'small.cachedInputPer1m=0.1'] }).change
    expect(prices.get('small')).toMatchObject({ promptPer1m: 0.5, completionPer1m: 2, cachedInputPer1m: 0.1 })
  })

  it('takes the prices of a book for the models of the policies', () => {
    const path = join(folder, 'book.json')
    writeFileSync(
      path,
      JSON.stringify({ small: { input_cost_per_token: 7e-6, output_cost_per_token: 8e-6 } }),
    )
    const { change: read, notes } = change({ prices: `${path}@2026-08-06` })
    expect([...read.prices]).toEqual([['small', { promptPer1m: 7, completionPer1m: 8 }]])
    expect(notes).toContain('book.json has no price of large')
    expect(notes).toContain('small: exact')
  })

  it.each<[ChangeArguments, RegExp]>([
    [{}, /nothing would change: give --price/],
    [{ price: ['smal.promptPer1m=1'] }, /unknown smal; did you mean small/],
    [{ removeModel: ['larg'] }, /--remove-model: unknown larg; did you mean large/],
    [{ shift: ['task=debgu:+20%'] }, /--shift: unknown debgu; did you mean debug/],
    [{ addModel: 'nowhere.json' }, /nowhere\.json does not exist/],
  ])('refuses %j', (args, message) => {
    expect(() => change(args)).toThrow(message)
  })

  it('needs to know how good an added model is', () => {
    const path = join(folder, 'model.json')
    writeFileSync(
      path,
      JSON.stringify({ id: 'new', tier: 0, pricing: { promptPer1m: 1, completionPer1m: 2 } }),
    )
    expect(() => change({ addModel: path })).toThrow(/no outcome of new: .*--stated-quality/)
    expect(change({ addModel: path, statedQuality: 0.8 }).change.addModels).toMatchObject([
      { spec: { id: 'new' }, quality: { kind: 'stated', quality: 0.8 } },
    ])
    writeFileSync(path, JSON.stringify({ id: 'new' }))
    expect(() => change({ addModel: path })).toThrow(/must be an entry of a policy's models/)
  })
})
