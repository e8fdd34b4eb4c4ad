import Database from 'better-sqlite3'
import { existsSync, readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { InputError } from '../../src/core/errors.js'
import { openLog } from '../../src/logs/store.js'
import { importLog, jsonl, load, workdir } from './workdir.js'

const dir = workdir()

const MATRIX = [
  'query_id,task,model,quality,cost_usd',
  'q1,t,a,1,0.5',
  'q1,t,b,0,',
  'q2,t,a,,0.25',
  'q2,t,b,1,0',
].join('\n')
const QUERIES = jsonl(
  { query_id: 'q1', task: 't', prompt: 'one two' },
  { query_id: 'q2', task: 't', prompt: 'three' },
)
const LOG = jsonl(
  {
    id: 'r1',
    at: '2026-11-02T09:00:00Z',
    prompt: 'a',
    chosen: 'm',
    outcomes: [{ model: 'm', costUsd: 0.1 }],
  },
  {
    id: 'r2',
    at: '2026-11-02T09:00:01Z',
    prompt: 'b',
    chosen: 'm',
    outcomes: [{ model: 'm', costUsd: 0.2 }],
  },
)

describe('importFiles', () => {
  it('counts what it read and what the store holds', async () => {
    const log = dir.path('x.db')
    const result = await importLog({
      log,
      files: [dir.file('m.csv', MATRIX)],
      queries: [dir.file('q.jsonl', QUERIES)],
    })
    expect(result).toMatchObject({
      read: 6,
      stored: 6,
      duplicates: 0,
      rejected: {},
      requests: 2,
      outcomes: 4,
      models: 2,
    })
  })

  it('adds nothing when the same file, or its rows in another file, come again', async () => {
    const log = dir.path('x.db')
    const first = await importLog({ log, files: [dir.file('m.csv', MATRIX)] })
    const { hash } = load(log)
    const again = await importLog({ log, files: [dir.path('m.csv')] })
    expect(again).toMatchObject({
      read: 4,
      stored: 0,
      duplicates: 4,
      requests: first.requests,
      outcomes: first.outcomes,
    })
    const zipped = await importLog({ log, files: [dir.file('m.csv.gz', gzipSync(MATRIX))] })
    expect(zipped).toMatchObject({ read: 4, stored: 0, duplicates: 4 })
    expect(load(log).hash).toBe(hash)
  })

  it('gives one hash for plain and gzipped files, and for any order of files', async () => {
    const [matrix, queries, log] = [
      dir.file('m.csv', MATRIX),
      dir.file('q.jsonl', QUERIES),
      dir.file('l.jsonl', LOG),
    ]
    await importLog({ log: dir.path('1.db'), files: [matrix, queries, log] })
    await importLog({ log: dir.path('2.db'), files: [log] })
    await importLog({ log: dir.path('2.db'), files: [queries] })
    await importLog({ log: dir.path('2.db'), files: [dir.file('m.gz', gzipSync(MATRIX))] })
    expect(load(dir.path('2.db')).hash).toBe(load(dir.path('1.db')).hash)
  })

  it('changes the hash when any content changes', async () => {
    await importLog({ log: dir.path('1.db'), files: [dir.file('a.jsonl', LOG)] })
    await importLog({ log: dir.path('2.db'), files: [dir.file('b.jsonl', LOG.replace('"a"', '"aa"'))] })
    expect(load(dir.path('2.db')).hash).not.toBe(load(dir.path('1.db')).hash)
  })

  it('merges by id: the later value wins, the earlier is kept as a conflict', async () => {
    const log = dir.path('x.db')
    await importLog({ log, files: [dir.file('l.jsonl', LOG)] })
    const label = jsonl({
      id: 'r1',
      outcomes: [{ model: 'm', quality: 1, qualitySource: 'thumbs', costUsd: 0.3 }],
    })
    expect(await importLog({ log, files: [dir.file('label.jsonl', label)] })).toMatchObject({
      stored: 1,
      requests: 2,
    })
    const table = load(log)
    expect(table.outcomes[0]?.quality[0]).toBe(1)
    expect(table.outcomes[0]?.costNanoUsd[0]).toBe(0.3e9)
    const store = openLog(log)
    expect(store.db.prepare('select id, model, field, earlier, later from conflicts').all()).toEqual([
      { id: 'r1', model: 'm', field: 'cost_usd', earlier: '0.1', later: '0.3' },
    ])
    store.close()
  })

  it('does not bring old values back when an old file is imported again', async () => {
    const log = dir.path('x.db')
    await importLog({ log, files: [dir.file('l.jsonl', LOG)] })
    await importLog({
      log,
      files: [dir.file('new.jsonl', jsonl({ id: 'r1', task: 'x', outcomes: [{ model: 'm', costUsd: 9 }] }))],
    })
    const { hash } = load(log)
    await importLog({ log, files: [dir.path('l.jsonl')] })
    expect(load(log).hash).toBe(hash)
  })

  it('keeps rejected rows with file, line, reason and text', async () => {
    const log = dir.path('x.db')
    const file = dir.file('m.csv', `${MATRIX}\nq3,t,"a ""x""",2,0.1\nq3,t,a,1,-1\nq3,t,a,NaN,1\n`)
    const result = await importLog({ log, files: [file] })
    expect(result.rejected).toEqual({ 'quality-out-of-range': 1, 'negative-cost': 1, 'not-a-number': 1 })
    expect(result).toMatchObject({ read: 7, stored: 4 })
    const store = openLog(log)
    expect(store.db.prepare('select file, line, reason, raw from rejects').all()).toEqual([
      { file, line: 6, reason: 'quality-out-of-range', raw: 'q3,t,"a ""x""",2,0.1' },
      { file, line: 7, reason: 'negative-cost', raw: 'q3,t,a,1,-1' },
      { file, line: 8, reason: 'not-a-number', raw: 'q3,t,a,NaN,1' },
    ])
    store.close()
    expect((await importLog({ log, files: [file] })).rejected).toEqual(result.rejected)
  })

  it('under strict, changes nothing and lists the rows', async () => {
    const log = dir.path('x.db')
    await importLog({ log, files: [dir.file('m.csv', MATRIX)] })
    const before = readFileSync(log)
    const bad = dir.file('bad.jsonl', `${LOG}{"id":"r3","promt":"x"}\n`)
    await expect(importLog({ log, files: [bad], strict: true })).rejects.toThrow(
      /bad\.jsonl:3: unknown-field.*prompt/,
    )
    expect(readFileSync(log).equals(before)).toBe(true)
  })

  it('refuses a file without any good row, and leaves no store behind', async () => {
    const log = dir.path('x.db')
    const bad = dir.file('bad.jsonl', '{"id":"r","x":1}\n')
    await expect(importLog({ log, files: [bad] })).rejects.toThrow(/nothing was imported/)
    expect(existsSync(log)).toBe(false)
  })

  it('says that a gzip file is truncated', async () => {
    const rows = Array.from({ length: 5000 }, (_, i) => `q${i},t,m,${i % 2},0.${i}`)
    const whole = gzipSync(['query_id,task,model,quality,cost_usd', ...rows].join('\n'))
    const file = dir.file('cut.csv.gz', whole.subarray(0, whole.length - 500))
    await expect(importLog({ log: dir.path('x.db'), files: [file] })).rejects.toThrow(/truncated gzip/)
    expect(existsSync(dir.path('x.db'))).toBe(false)
  })

  it.each([
    ['a missing file', () => dir.path('none.csv'), /there is no file/],
    ['a folder without a log', () => dir.path('.'), /holds no log/],
    ['binary data', () => dir.file('b.bin', Buffer.from([0x7f, 0x45, 0, 1, 2, 3])), /not a log.*not text/],
    ['an empty file', () => dir.file('e.csv', ''), /not a log.*empty/],
    ['a CSV of something else', () => dir.file('s.csv', 'a,b\n1,2\n'), /--format matrix/],
    ['a misspelt column', () => dir.file('c.csv', 'id,model,qualty\nr,m,1\n'), /did you mean "quality"/],
  ])('refuses %s', async (_, file, message) => {
    dir.file('keep', '')
    const importing = importLog({ log: dir.path('x.db'), files: [file()] })
    await expect(importing).rejects.toThrow(InputError)
    await expect(importing).rejects.toThrow(message)
    expect(existsSync(dir.path('x.db'))).toBe(false)
  })

  it('warns of columns it does not read and of times it makes up', async () => {
    const file = dir.file('m.csv', 'query_id,model,quality,cost_us\nq,m,1,2\n')
    const { warnings } = await importLog({ log: dir.path('x.db'), files: [file] })
    expect(warnings.map(({ code }) => code)).toEqual(['ignored-column', 'synthetic-times'])
    expect(warnings[0]?.message).toMatch(/did you mean cost_usd/)
  })

  it('takes stray quotes as text, and refuses a file that ends inside a quoted cell', async () => {
    const header = 'id,prompt,model,quality\n'
    const stray = dir.file('stray.csv', `${header}a,say "hi",m,1\nb,"x"y,m,1\n`)
    expect(await importLog({ log: dir.path('x.db'), files: [stray] })).toMatchObject({
      stored: 2,
      rejected: {},
    })
    const open = dir.file('open.csv', `${header}a,x,m,1\nb,"never closed,m,1\nc,x,m,1\n`)
    await expect(importLog({ log: dir.path('x.db'), files: [open] })).rejects.toThrow(
      /a quote that opens after row 2 is not closed/,
    )
  })
})

describe('openLog', () => {
  it.each([
    [99, /newer Tollgate \(schema 99.*update/],
    [1, /older Tollgate \(schema 1;.*tollgate import/],
  ])('refuses a store of version %d', async (version, says) => {
    const log = dir.path('x.db')
    await importLog({ log, files: [dir.file('m.csv', MATRIX)] })
    const db = new Database(log)
    db.pragma(`user_version = ${version}`)
    db.close()
    expect(() => openLog(log)).toThrow(says)
    await expect(importLog({ log, files: [dir.file('l.jsonl', LOG)] })).rejects.toThrow(says)
  })

  it('refuses other databases, other files and missing ones', () => {
    const db = new Database(dir.path('other.db'))
    db.exec('create table t (x)')
    db.close()
    expect(() => openLog(dir.path('other.db'))).toThrow(/not a log store of Tollgate/)
    expect(() => openLog(dir.file('text.db', 'hello, this is not a database at all'))).toThrow(
      /not a log store/,
    )
    expect(() => openLog(dir.path('none.db'))).toThrow(/tollgate import/)
  })

  it('refuses to make a store where it may not write', async () => {
    const matrix = dir.file('m.csv', MATRIX)
    // Root may write anywhere but here.
    await expect(importLog({ log: '/proc/tollgate.db', files: [matrix] })).rejects.toThrow(InputError)
    await expect(importLog({ log: dir.path('no/folder/x.db'), files: [matrix] })).rejects.toThrow(
      /folder does not exist/,
    )
  })
})
