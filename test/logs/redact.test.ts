import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { messagesToLearnFrom } from '../../src/cli/messages-of.js'
import { importLog, jsonl, load, otherExtractorTable, workdir } from './workdir.js'

const dir = workdir()
const SECRET = 'the launch code is quetzalcoatl'
const LOG = jsonl(
  {
    id: 'a',
    at: '2026-06-01T12:00:00Z',
    prompt: SECRET,
    chosen: 'm',
    outcomes: [{ model: 'm', costUsd: 0.1 }],
  },
  {
    id: 'b',
    at: '2026-06-01T12:00:01Z',
    prompt: 'plain',
    inputTokensEstimate: 9,
    chosen: 'm',
    outcomes: [{ model: 'm' }],
  },
)
const BROKEN = `{"id":"c","promt":"${SECRET}"}\n`

describe('--redact', () => {
  it('keeps no text, and everything that is measured of it', async () => {
    const file = dir.file('log.jsonl', LOG + BROKEN)
    await importLog({ log: dir.path('whole.db'), files: [file] })
    const result = await importLog({ log: dir.path('x.db'), files: [file], redact: true })
    expect(result).toMatchObject({ read: 3, stored: 2, rejected: { 'unknown-field': 1 } })
    expect(readFileSync(dir.path('x.db')).includes('quetzalcoatl')).toBe(false)
    expect(readFileSync(dir.path('whole.db')).includes('quetzalcoatl')).toBe(true)
    const [whole, redacted] = [load(dir.path('whole.db')), load(dir.path('x.db'))]
    expect(redacted.features).toEqual(whole.features)
    expect(redacted.inputTokensEstimate).toEqual(whole.inputTokensEstimate)
    expect(redacted.inputTokensBound).toEqual(whole.inputTokensBound)
  })

  it('knows the same rows again, and notes changed texts by their hashes', async () => {
    const log = dir.path('x.db')
    await importLog({ log, files: [dir.file('1.jsonl', LOG)], redact: true })
    const again = await importLog({ log, files: [dir.file('2.jsonl', `${LOG}\n`)], redact: true })
    expect(again).toMatchObject({ read: 2, stored: 0, duplicates: 2 })
    const changed = LOG.replace('plain', SECRET)
    expect(await importLog({ log, files: [dir.file('3.jsonl', changed)], redact: true })).toMatchObject({
      stored: 1,
    })
    expect(readFileSync(log).includes('quetzalcoatl')).toBe(false)
  })

  it('has no features for another keyword list, and says why train cannot learn', async () => {
    await importLog({ log: dir.path('x.db'), files: [dir.file('1.jsonl', LOG)], redact: true })
    expect(otherExtractorTable(dir.path('x.db')).features[0]![0]).toBeNaN()
    expect(() => messagesToLearnFrom(dir.path('x.db'), load(dir.path('x.db')))).toThrow(
      /imported with --redact/,
    )
  })
})
