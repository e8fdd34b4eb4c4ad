import { describe, expect, it } from 'vitest'
import { InputError } from '../../src/core/errors.js'
import { filterRows } from '../../src/replay/rows.js'
import { parseWhere } from '../../src/replay/where.js'
import { importLog, jsonl, load, workdir } from '../logs/workdir.js'

const dir = workdir()

async function select(expression: string): Promise<string> {
  const lines = jsonl(
    {
      id: 'rb5:mbpp.1',
      at: '2026-11-02T09:00:00Z',
      task: 'mbpp',
      split: 'train',
      priority: 'low',
      scope: { user: 'u 1' },
      inputTokensEstimate: 10,
    },
    {
      id: 'rb5:wino.2',
      at: '2026-11-02T10:00:00Z',
      task: 'winogrande',
      split: 'test',
      priority: 'high',
      chosen: 'gpt-4',
      inputTokensEstimate: 20,
    },
    { id: 'rb0:mbpp.3', at: '2026-11-03T09:00:00Z', task: 'mbpp', priority: 'critical' },
  )
  await importLog({ log: dir.path('x.db'), files: [dir.file('l.jsonl', lines)] })
  const table = filterRows(load(dir.path('x.db')), parseWhere(expression))
  return table.ids.map((id) => id.slice(-1)).join('')
}

describe('parseWhere', () => {
  it.each([
    ['task=mbpp', '13'],
    ['task=mbpp and id^=rb5:', '1'],
    ['task!=mbpp', '2'],
    ['split!=test', '13'],
    ['split=""', '3'],
    ['id$=.2 or id*=rb0', '23'],
    ['not task=mbpp', '2'],
    ['not (task=mbpp and split=train)', '23'],
    ['task=mbpp and split=train or chosen=gpt-4', '12'],
    ['task=mbpp and (split=train or chosen=gpt-4)', '1'],
    ['priority>=high', '23'],
    ['priority < normal', '1'],
    ['inputTokens>10', '2'],
    ['inputTokens<=20', '12'],
    ['at>=2026-11-02T10:00Z', '23'],
    ["user='u 1'", '1'],
    ['scope.user="u 1"', '1'],
    ['TASK=mbpp or task=mbpp', ''],
    ['task=mbpp AND split=train', '1'],
  ])('%s', async (expression, expected) => {
    if (expected === '') await expect(select(expression)).rejects.toThrow(/unknown field "TASK"/)
    else expect(await select(expression)).toBe(expected)
  })

  it.each([
    ['', /at 1: expected a field/],
    ['task', /at 5: expected one of/],
    ['task=', /at 6: expected a value, got the end/],
    ['task=a b', /at 8: expected "and" or "or", got "b"/],
    ['(task=a', /at 8: expected "\)"/],
    ['task="a', /at 6: this quote is not closed/],
    ['task=a and', /at 11: expected a field/],
  ])('says where %j is wrong', (expression, message) => {
    expect(() => parseWhere(expression)).toThrow(InputError)
    expect(() => parseWhere(expression)).toThrow(message)
  })

  it.each([
    ['tsak=a', /unknown field "tsak"; did you mean "task"/],
    ['usr=a', /did you mean "user"/],
    ['zzz=a', /this log has id, task/],
    ['inputTokens=many', /at 13: expected a number/],
    ['inputTokens^=1', /is a number/],
    ['priority=urgent', /priority is one of low/],
    ['at>yesterday', /at needs a time/],
  ])('checks %j against the log', async (expression, message) => {
    await expect(select(expression)).rejects.toThrow(message)
  })
})
