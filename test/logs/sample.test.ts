import { describe, expect, it } from 'vitest'
import type { LogTable } from '../../src/core/log-table.js'
import type { ImportResult } from '../../src/logs/store-import.js'
import { parseSample, type Sample } from '../../src/logs/store-sample.js'
import { openLog } from '../../src/logs/store.js'
import { importLog, jsonl, load, workdir } from './workdir.js'

const files = workdir()
const LOG = 'log.db'

/** Five requests to one model; the third names it, the fourth has no quality. */
async function aLog(name = LOG): Promise<string> {
  const lines = Array.from({ length: 5 }, (_, index) => ({
    id: `r${index}`,
    at: new Date(Date.UTC(2026, 10, 2, index)).toISOString(),
    prompt: `question ${index}`,
    ...(index === 2 && { chosen: 'large' }),
    outcomes: [{ model: 'large', costUsd: 0.01, ...(index !== 3 && { quality: 1 }) }],
  }))
  await importLog({ files: [files.file(`${name}.jsonl`, jsonl(...lines))], log: files.path(name) })
  return load(files.path(name)).hash
}

const CARD = { tollgateSample: 1, seed: 1, requests: 5, models: ['small'] }
const drawn = (id: string, probability = 0.4, models = ['small']): object => ({ id, models, probability })

function aSample(logHash: string, ...requests: readonly object[]): Sample {
  return parseSample(jsonl({ ...CARD, logHash }, ...requests), 'sample.jsonl')
}

function attach(sample: Sample, ...answers: readonly object[]): Promise<ImportResult> {
  const file = files.file('answers.jsonl', jsonl(...answers))
  return importLog({ files: [file], log: files.path(LOG), attach: sample })
}

const answer = (id: string, model = 'small', quality = 1): object => ({ id, outcomes: [{ model, quality }] })

const loaded = (): LogTable => load(files.path(LOG))

function rejects(): unknown[] {
  const store = openLog(files.path(LOG))
  try {
    return store.db.prepare('select line, reason, raw from rejects order by line').raw().all()
  } finally {
    store.close()
  }
}

describe('an attached sample', () => {
  it('gives every request of the log its chance, and the answers stand beside the calls made', async () => {
    const hash = await aLog()
    const { stored, warnings } = await attach(
      aSample(hash, drawn('r1', 0.4), drawn('r3', 0.25)),
      answer('r1', 'small', 0.5),
      answer('r3'),
    )
    expect(stored).toBe(2)
    expect(warnings).toEqual([])
    const { sampled, chosen, outcomes, hash: after } = loaded()
    expect(sampled).toEqual({ models: ['small'], probability: Float64Array.of(0, 0.4, 0, 0.25, 0) })
    expect(outcomes.map(({ model }) => model)).toEqual(['large', 'small'])
    // Also where two outcomes would no longer say which of them was the call.
    expect([...chosen]).toEqual([0, 0, 0, 0, 0])
    expect([...outcomes[1]!.quality]).toEqual([NaN, 0.5, NaN, 1, NaN])
    expect(after).not.toBe(hash)
  })

  it('takes nothing but outcomes from the answers: times, calls and labels stay those of the log', async () => {
    const hash = await aLog()
    const before = loaded()
    await attach(aSample(hash, drawn('r2')), {
      id: 'r2',
      at: '2027-01-01T00:00:00Z',
      chosen: 'small',
      propensity: 0.1,
      task: 'other',
      prompt: 'another text',
      outcomes: [{ model: 'small', quality: 0, basis: 'logged' }],
    })
    const { at, chosen, propensity, task, inputTokensEstimate } = loaded()
    const own = { at, chosen, propensity, task, inputTokensEstimate }
    expect(before).toMatchObject(own)
  })

  it('waits for answers that are to come, says how many, and takes them from further files', async () => {
    const hash = await aLog()
    const sample = aSample(hash, drawn('r0'), drawn('r1'), drawn('r4'))
    const first = await attach(sample, answer('r0'), { id: 'r1', outcomes: [{ model: 'small', costUsd: 1 }] })
    expect(first.warnings).toMatchObject([{ code: 'missing-answers', count: 2 }])
    expect(first.warnings[0]!.message).toMatch(/^2 of 3 answers of sample.jsonl have no quality yet/)
    const second = await attach(sample, answer('r1'), answer('r4'))
    expect(second.warnings).toEqual([])
    expect([...loaded().sampled!.probability]).toEqual([0.4, 0.4, 0, 0, 0.4])
  })

  it('attached again changes nothing', async () => {
    const sample = aSample(await aLog(), drawn('r0'))
    await attach(sample, answer('r0'))
    const before = loaded()
    const again = await attach(sample, answer('r0'))
    expect(again).toMatchObject({ stored: 0, duplicates: 1 })
    expect(loaded()).toEqual(before)
  })

  it('keeps rows that it did not ask for as rejects, each with its reason, and none of them counts', async () => {
    const hash = await aLog()
    const sample = aSample(hash, drawn('r0'), drawn('r1'))
    const result = await attach(
      sample,
      answer('r0'),
      answer('nobody'),
      answer('r3'),
      answer('r1', 'medium'),
      {
        id: 'r1',
        outcomes: [
          { model: 'small', quality: 1 },
          { model: 'large', quality: 0 },
        ],
      },
    )
    expect(result).toMatchObject({
      read: 5,
      stored: 1,
      duplicates: 0,
      rejected: { 'unknown-request': 1, 'not-drawn': 1, 'not-asked': 2 },
      requests: 5,
    })
    expect(result.firstRejects.map(({ message }) => message)).toEqual([
      'unknown-request: the log has no request nobody',
      'not-drawn: sample.jsonl does not ask for r3',
      'not-asked: sample.jsonl asks small for r1, not medium',
      'not-asked: sample.jsonl asks small for r1, not large',
    ])
    expect(rejects()).toMatchObject([
      [2, 'unknown-request', expect.stringContaining('"nobody"')],
      [3, 'not-drawn', expect.stringContaining('"r3"')],
      [4, 'not-asked', expect.stringContaining('"medium"')],
      [5, 'not-asked', expect.stringContaining('"r1"')],
    ])
    const { outcomes, size } = loaded()
    expect(size).toBe(5)
    expect(outcomes.map(({ model, quality }) => [model, ...quality])).toEqual([
      ['large', 1, 1, 1, NaN, 1],
      ['small', 1, NaN, NaN, NaN, NaN],
    ])
  })

  it('is not attached where no row of the answers can be taken', async () => {
    const hash = await aLog()
    await expect(attach(aSample(hash, drawn('r0')), answer('nobody'))).rejects.toThrow('nothing was imported')
    expect(loaded().sampled).toBeUndefined()
    expect(loaded().hash).toBe(hash)
  })

  it('of another log, or of this one before more was imported, is refused', async () => {
    const hash = await aLog()
    await expect(attach(aSample('sha256:other', drawn('r0')), answer('r0'))).rejects.toThrow(
      'is not the log that sample.jsonl was drawn from',
    )
    const more = files.file('more.jsonl', jsonl({ id: 'r9', outcomes: [{ model: 'large', quality: 1 }] }))
    await importLog({ files: [more], log: files.path(LOG) })
    await expect(attach(aSample(hash, drawn('r0')), answer('r0'))).rejects.toThrow(
      'attach before anything else is imported',
    )
    await expect(attach(aSample(loaded().hash, drawn('r7')), answer('r7'))).rejects.toThrow(
      /names a request that .* does not have: r7/,
    )
    expect(loaded().sampled).toBeUndefined()
  })

  it('is the only one of its log', async () => {
    const hash = await aLog()
    await attach(aSample(hash, drawn('r0')), answer('r0'))
    await expect(attach(aSample(hash, drawn('r1')), answer('r1'))).rejects.toThrow(
      'another sample is attached to',
    )
    expect([...loaded().sampled!.probability]).toEqual([0.4, 0, 0, 0, 0])
  })
})

describe('the file of a sample', () => {
  const card = { ...CARD, logHash: 'sha256:x' }

  it.each([
    ['', 'sample.jsonl:1 is no JSON'],
    ['{"id":"r0"}\n', 'sample.jsonl:1 is no line of a sample (tollgateSample'],
    [jsonl(card), 'sample.jsonl names no request'],
    [jsonl(card, drawn('r0', 0)), 'sample.jsonl:2 is no line of a sample (probability'],
    [jsonl(card, drawn('r0', 1.5)), 'sample.jsonl:2 is no line of a sample (probability'],
    [jsonl(card, drawn('r0'), { id: 'r1', probability: 1 }), 'sample.jsonl:3 is no line of a sample (models'],
    [jsonl(card, drawn('r0'), drawn('r0')), 'sample.jsonl:3 names r0 a second time'],
    [`${jsonl(card)}nonsense\n`, 'sample.jsonl:2 is no JSON'],
  ])('%j is refused: %s', (text, message) => {
    expect(() => parseSample(text, 'sample.jsonl')).toThrow(message)
  })
})
