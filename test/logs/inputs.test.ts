import { mkdirSync } from 'node:fs'
import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import * as zlib from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { importLog, jsonl, workdir } from './workdir.js'

const dir = workdir()
const row = (id: string): string => jsonl({ id, chosen: 'm', outcomes: [{ model: 'm', costUsd: 0.1 }] })
const requests = async (files: readonly string[], stdin?: Readable): Promise<number> =>
  (await importLog({ log: dir.path('x.db'), files, ...(stdin !== undefined && { stdin }) })).requests

describe('inputs', () => {
  it('reads several files, packed or not', async () => {
    const files = [dir.file('a.jsonl', row('a')), dir.file('b.jsonl.gz', gzipSync(row('b')))]
    expect(await requests(files)).toBe(2)
  })

  it('reads the logs of a folder and of the folders in it, and says what it passed over', async () => {
    mkdirSync(dir.path('logs/day'), { recursive: true })
    dir.file('logs/a.jsonl', row('a'))
    dir.file('logs/day/b.jsonl.gz', gzipSync(row('b')))
    dir.file('logs/notes.txt', 'nothing')
    const result = await importLog({ log: dir.path('x.db'), files: [dir.path('logs')] })
    expect(result.requests).toBe(2)
    expect(result.warnings.find(({ code }) => code === 'passed-over')?.message).toContain('notes.txt')
  })

  it('takes a pattern that the shell left as it is', async () => {
    dir.file('one-1.jsonl', row('a'))
    dir.file('one-2.jsonl', row('b'))
    dir.file('two.jsonl', row('c'))
    expect(await requests([dir.path('one-*.jsonl')])).toBe(2)
    await expect(requests([dir.path('none-*.jsonl')])).rejects.toThrow(/no file matches/)
  })

  it('takes a file whose name looks like a pattern', async () => {
    expect(await requests([dir.file('a[1].jsonl', row('a'))])).toBe(1)
  })

  it('reads stdin, packed too, and says its name', async () => {
    const result = await importLog({
      log: dir.path('x.db'),
      files: ['-'],
      stdin: Readable.from([gzipSync(row('a'))]),
    })
    expect(result.files.map(({ file }) => file)).toEqual(['stdin'])
    expect(result.requests).toBe(1)
    await expect(requests(['-', '-'], Readable.from([row('b')]))).rejects.toThrow(/only once/)
  })

  it('unpacks zstd where this Node can, and says what to do where it cannot', async () => {
    const compress = (zlib as { zstdCompressSync?: (text: string) => Buffer }).zstdCompressSync
    if (compress !== undefined) {
      expect(await requests([dir.file('a.jsonl.zst', compress(row('a')))])).toBe(1)
      return
    }
    const file = dir.file('a.jsonl.zst', Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, 0]))
    await expect(requests([file])).rejects.toThrow(/Node reads from 22\.15 .* unpack it first \(zstd -d\)/)
  })

  it('names the package that Parquet needs where it is not installed', async () => {
    const file = dir.file('a.parquet', 'PAR1 and so on')
    await expect(requests([file])).rejects.toThrow(/npm install @duckdb\/node-api|cannot be read as Parquet/)
  })

  it('reads a JSON list and values on several lines', async () => {
    const records = [
      { id: 'a', chosen: 'm' },
      { id: 'b', chosen: 'm' },
    ]
    expect(await requests([dir.file('l.json', JSON.stringify(records, null, 2))])).toBe(2)
    const pretty = records.map((record) => JSON.stringify({ ...record, id: `${record.id}2` }, null, 2))
    expect(await requests([dir.file('p.json', pretty.join('\n'))])).toBe(4)
  })

  it('keeps what stands before and after a broken value of a list', async () => {
    const text = '[{"id":"a","chosen":"m"},{"id":"b","chosen":oops},{"id":"c","chosen":"m"}'
    const result = await importLog({ log: dir.path('x.db'), files: [dir.file('b.json', text)] })
    expect(result).toMatchObject({ read: 3, stored: 2, rejected: { 'bad-json': 1 } })
  })
})
