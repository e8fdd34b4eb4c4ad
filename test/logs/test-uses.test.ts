import { describe, expect, it, vi } from 'vitest'
import { noteTestUse } from '../../src/cli/test-uses.js'
import { countTestUse, type TestUse } from '../../src/logs/store-test-uses.js'
import { importLog, jsonl, load, workdir } from './workdir.js'

const files = workdir()

async function aLog(requests = 3): Promise<string> {
  const lines = Array.from({ length: requests }, (_, index) => ({ id: `r${index}`, prompt: 'q' }))
  await importLog({ files: [files.file('log.jsonl', jsonl(...lines))], log: files.path('log.db') })
  return load(files.path('log.db')).hash
}

const use = (command: string, key: string): TestUse => ({ command, key })

describe('looks at the test part', () => {
  it('are counted by question: asking again shows nothing new', async () => {
    const hash = await aLog()
    const count = (one: TestUse): readonly TestUse[] => countTestUse(files.path('log.db'), hash, one)
    expect(count(use('tune', 'a'))).toEqual([])
    expect(count(use('tune', 'a'))).toEqual([])
    expect(count(use('tune', 'b'))).toEqual([use('tune', 'a')])
    expect(count(use('train', 'c'))).toEqual([use('tune', 'a'), use('tune', 'b')])
    expect(count(use('tune', 'a'))).toEqual([use('tune', 'b'), use('train', 'c')])
  })

  it('leave the hash of the log as it is, and begin anew with other requests', async () => {
    const hash = await aLog()
    countTestUse(files.path('log.db'), hash, use('tune', 'a'))
    expect(load(files.path('log.db')).hash).toBe(hash)
    const grown = await aLog(4)
    expect(grown).not.toBe(hash)
    expect(countTestUse(files.path('log.db'), grown, use('tune', 'b'))).toEqual([])
  })

  it('that cannot be counted take nothing of the answer back', async () => {
    await aLog()
    const args = {
      log: files.path('gone.db'),
      where: undefined,
      completeCases: false,
      imputeCost: undefined,
    }
    const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    try {
      noteTestUse(args, load(files.path('log.db')), 'tune', { seed: 1 })
      expect(said.mock.calls.join('')).toContain('was not counted: there is no log store')
    } finally {
      said.mockRestore()
    }
  })
})
