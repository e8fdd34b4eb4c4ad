import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import type { LogRecord } from '../../src/core/log-record.js'
import { parseDecisionLog } from '../../src/logs/decision-log.js'
import { readRecords } from '../../src/logs/store-records.js'
import { openLog } from '../../src/logs/store.js'
import { importLog, jsonl, load, workdir } from './workdir.js'

const dir = workdir()

const request = (id: string, session: string | undefined, parts: object = {}): object => ({
  id,
  at: `2026-11-02T09:00:0${id.slice(-1)}Z`,
  ...(session === undefined ? {} : { scope: { org: 'acme', session } }),
  prompt: 'hi',
  chosen: 'm',
  outcomes: [{ model: 'm', costUsd: 0.01, basis: 'logged' }],
  ...parts,
})

async function imported(...files: readonly (readonly object[])[]): Promise<string> {
  const log = dir.path('log.db')
  for (const [index, lines] of files.entries())
    await importLog({ log, files: [dir.file(`${index}.jsonl`, jsonl(...lines))] })
  return log
}

function conflicts(log: string): unknown[] {
  const db = new Database(log, { readonly: true })
  try {
    return db.prepare('select id, field, earlier, later from conflicts order by id, field').raw().all()
  } finally {
    db.close()
  }
}

describe('sessionOutcome', () => {
  const merged = { quality: 1, source: 'pr-merged', at: '2026-11-03T12:00:00Z' }

  it('belongs to every request of its session, on whichever line it stands', async () => {
    const log = await imported([
      request('r1', 's1'),
      request('r2', 's1', { sessionOutcome: merged }),
      request('r3', 's2'),
      request('r4', undefined),
    ])
    expect([...load(log).sessionQuality!]).toEqual([1, 1, NaN, NaN])
  })

  const alone = { id: 'x', scope: { session: 's1' }, sessionOutcome: { quality: 0.5 } }
  it.each([
    ['in a later file', [[request('r1', 's1')], [alone]]],
    ['in an earlier one', [[alone], [request('r1', 's1')]]],
  ])('may come by itself %s, and is no request', async (_, files) => {
    const table = load(await imported(...files))
    expect(table.ids).toEqual(['r1'])
    expect(table.arrivals).toBe('logged')
    expect([...table.sessionQuality!]).toEqual([0.5])
  })

  it('of several the one known last counts, whatever the order of files, and the other is kept', async () => {
    const say = (quality: number, at: string): object => ({
      id: 'x',
      scope: { session: 's1' },
      sessionOutcome: { quality, at },
    })
    const log = await imported(
      [request('r1', 's1', { sessionOutcome: { quality: 0.2 } })],
      [say(1, '2026-11-05')],
      [say(0, '2026-11-04')],
    )
    expect([...load(log).sessionQuality!]).toEqual([1])
    expect(conflicts(log)).toEqual([
      ['s1', 'sessionOutcome', '0.2', '1'],
      ['s1', 'sessionOutcome', '0', '1'],
    ])
  })

  it('is part of what the log is: another hash', async () => {
    const log = await imported([request('r1', 's1')])
    const before = load(log).hash
    await importLog({
      log,
      files: [
        dir.file('late.jsonl', jsonl({ id: 'x', scope: { session: 's1' }, sessionOutcome: { quality: 1 } })),
      ],
    })
    expect(load(log).hash).not.toBe(before)
  })

  it('is written again with the records of its session, once', async () => {
    const log = await imported([request('r1', 's1'), request('r2', 's1', { sessionOutcome: merged })])
    const store = openLog(log)
    const records = [...readRecords(store)] as LogRecord[]
    store.close()
    expect(records.map(({ sessionOutcome }) => sessionOutcome)).toEqual([
      { quality: 1, source: 'pr-merged', at: Date.parse(merged.at) },
      undefined,
    ])
  })

  it.each([
    [
      { sessionOutcome: { quality: 2 } },
      'quality-out-of-range',
      'sessionOutcome.quality must be in [0, 1], got 2',
    ],
    [
      { sessionOutcome: {} },
      'missing-quality',
      'sessionOutcome.quality is missing: give a number from 0 to 1',
    ],
    [{ sessionOutcome: true }, 'wrong-type', 'sessionOutcome must be an object such as {"quality": 1'],
    [{ sessionOutcome: { quality: '1' } }, 'wrong-type', 'sessionOutcome.quality must be a number, got "1"'],
    [
      { sessionOutcome: { quality: 1, at: 'soon' } },
      'bad-time',
      'sessionOutcome.at must be an ISO 8601 time',
    ],
    [{ sessionOutcome: { quality: 1, by: 'ci' } }, 'unknown-field', 'unknown field "sessionOutcome.by"'],
    [{ sessionOutcome: { quality: 1 }, scope: {} }, 'no-session', 'sessionOutcome needs scope.session'],
    [{ feedback: { quality: -1 } }, 'quality-out-of-range', 'feedback.quality must be in [0, 1], got -1'],
  ])('%j is rejected with its place', async (parts, reason, says) => {
    const log = dir.path('bad.db')
    const file = dir.file('bad.jsonl', jsonl(request('r1', 's1'), request('r2', 's1', parts)))
    const { rejected, firstRejects } = await importLog({ log, files: [file] })
    expect(rejected).toEqual({ [reason]: 1 })
    expect(firstRejects[0]!.path).toMatch(/bad\.jsonl:2$/)
    expect(firstRejects[0]!.message).toContain(says)
  })
})

describe('feedback', () => {
  const thumb = (id: string, quality: number, parts: object = {}): object => ({
    id,
    feedback: { quality, source: 'thumbs', ...parts },
  })
  const qualities = (log: string): number[] => [...load(log).outcomes[0]!.quality]

  it('is the quality of the answer that was served, before its line, after it, or in another file', async () => {
    expect(
      qualities(await imported([thumb('r1', 1), request('r1', 's1'), thumb('r2', 0), request('r2', 's1')])),
    ).toEqual([1, 0])
  })

  it('in a later file finds its request, and one of an unknown id waits for it', async () => {
    const log = await imported([request('r1', 's1')])
    const { warnings, stored } = await importLog({
      log,
      files: [dir.file('late.jsonl', jsonl(thumb('r1', 0.5), thumb('r2', 1)))],
    })
    expect(stored).toBe(2)
    expect(warnings.find(({ code }) => code === 'waiting-feedback')).toMatchObject({ count: 1 })
    expect(load(log).ids).toEqual(['r1'])
    expect(qualities(log)).toEqual([0.5])
    const next = await importLog({ log, files: [dir.file('next.jsonl', jsonl(request('r2', 's1')))] })
    expect(next.warnings.map(({ code }) => code)).not.toContain('waiting-feedback')
    expect(qualities(log)).toEqual([0.5, 1])
  })

  it('takes the place of an earlier label, which is kept; the later of two counts', async () => {
    const labelled = request('r1', 's1', {
      outcomes: [{ model: 'm', quality: 1, qualitySource: 'judge', basis: 'logged' }],
    })
    const log = await imported(
      [labelled],
      [thumb('r1', 0, { at: '2026-11-04' })],
      [thumb('r1', 0.5, { at: '2026-11-03' })],
    )
    expect(qualities(log)).toEqual([0])
    expect(conflicts(log)).toEqual([
      ['r1', 'feedback', '0.5', '0'],
      ['r1', 'quality', '1', '0'],
    ])
  })

  it('said twice is a duplicate', async () => {
    const log = await imported([request('r1', 's1'), thumb('r1', 1)])
    const again = dir.file('again.jsonl', jsonl(thumb('r1', 1), { id: 'zz', feedback: { quality: 1 } }))
    expect(await importLog({ log, files: [again] })).toMatchObject({ read: 2, stored: 1, duplicates: 1 })
  })

  it('makes an outcome where the line of the request had none', async () => {
    const log = await imported([request('r1', 's1', { outcomes: [] }), thumb('r1', 1)])
    expect(qualities(log)).toEqual([1])
  })

  it('decides nothing: a decision log is read without its labels', () => {
    const run = { life: 'a', seed: 1, attempts: [], deferrals: [] }
    const text = jsonl({ id: 'r1', at: 1, run }, thumb('r1', 1), {
      id: 's',
      scope: { session: 's1' },
      sessionOutcome: { quality: 1 },
    })
    expect(parseDecisionLog(text, 'log')).toEqual([{ records: [{ id: 'r1', at: 1, run }], changes: [] }])
  })
})
