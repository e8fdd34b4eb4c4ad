import fc from 'fast-check'
import { rmSync } from 'node:fs'
import { expect, it } from 'vitest'
import { openLog } from '../../src/logs/store.js'
import { importLog, jsonl, load, workdir } from './workdir.js'

const dir = workdir()

/** Rows that never disagree: each value follows from the ids, each row tells a part of it. */
const row = fc.record({
  request: fc.nat(6),
  model: fc.nat(3),
  tellsTask: fc.boolean(),
  tellsCost: fc.boolean(),
  tellsText: fc.boolean(),
})

it('the order of rows and files leaves no trace in the hash', { timeout: 60_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 25 }), fc.nat(1000), async (rows, seed) => {
      const lines = rows.map(({ request, model, tellsTask, tellsCost, tellsText }) => ({
        id: `r${request}`,
        ...(tellsTask && { task: `t${request}`, scope: { user: `u${request}`, org: 'o' } }),
        ...(tellsText && { prompt: `text ${request}` }),
        outcomes: [{ model: `m${model}`, quality: 1, ...(tellsCost && { costUsd: request + model / 10 }) }],
      }))
      const shuffled = lines
        .map((line, i) => ({ line, key: (i * 7919 + seed * 104_729) % 1009 }))
        .sort((a, b) => a.key - b.key)
        .map(({ line }) => line)
      const cut = seed % shuffled.length
      const hashes = await Promise.all([
        hashOf('a', [lines]),
        hashOf('b', [shuffled.slice(cut), shuffled.slice(0, cut)]),
      ])
      expect(hashes[1]).toBe(hashes[0])
    }),
    { numRuns: 40 },
  )
})

async function hashOf(name: string, files: readonly (readonly object[])[]): Promise<string> {
  const log = dir.path(`${name}.db`)
  rmSync(log, { force: true })
  const paths = files
    .filter(({ length }) => length > 0)
    .map((lines, i) => dir.file(`${name}${i}.jsonl`, jsonl(...lines)))
  for (const path of paths) await importLog({ log, files: [path] })
  return load(log).hash
}

it('rejects name the line in files with blank lines, line breaks in cells and stray quotes', async () => {
  const lines = [
    'id,prompt,model,quality',
    'a,"one',
    'two",m,1',
    '',
    'b,x,m,7',
    'c,"x"y,m,1',
    'd,x,m,8',
    'e,x,m,1',
    'f,x,m,9',
  ]
  const log = dir.path('x.db')
  const result = await importLog({ log, files: [dir.file('x.csv', lines.join('\r\n'))] })
  expect(result.rejected).toEqual({ 'quality-out-of-range': 3 })
  const store = openLog(log)
  expect(store.db.prepare('select line, reason from rejects order by line').raw().all()).toEqual([
    [5, 'quality-out-of-range'],
    [7, 'quality-out-of-range'],
    [9, 'quality-out-of-range'],
  ])
  store.close()
})
