import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../../../src/core/random.js'
import { changePoints } from '../../../src/logs/lint/change-points.js'
import { lint, type LintFinding } from '../../../src/logs/lint/lint.js'
import { personalKinds } from '../../../src/logs/lint/personal-data.js'
import { sameAnswers } from '../../../src/logs/lint/same-answers.js'
import { storeFacts } from '../../../src/logs/store-facts.js'
import { openLog } from '../../../src/logs/store.js'
import { createFixes } from '../../../src/logs/lint/fixes.js'
import { writeFixed } from '../../../src/cli/write-fixed.js'
import { importLog, jsonl, load, workdir } from '../workdir.js'
import type { LogTable } from '../../../src/core/log-table.js'

const dir = workdir()

interface Call {
  readonly at?: number
  readonly user?: string
  readonly prompt?: string
  readonly task?: string
  readonly model?: string
  readonly quality?: number
  readonly costUsd?: number
}

const MONDAY = Date.UTC(2026, 10, 2)
const line = (
  id: string,
  { at = 0, user, prompt = `do ${id}.`, task, model = 'm', quality = 1, costUsd = 0.01 }: Call,
): object => ({
  id,
  at: new Date(MONDAY + at).toISOString(),
  ...(user === undefined ? {} : { scope: { user } }),
  prompt,
  ...(task === undefined ? {} : { task }),
  chosen: model,
  outcomes: [{ model, costUsd, quality, inputTokens: 100, outputTokens: 50, latencyMs: 5 }],
})

async function findings(calls: readonly object[]): Promise<readonly LintFinding[]> {
  const log = dir.path('x.db')
  await importLog({ log, files: [dir.file('l.jsonl', jsonl(...calls))] })
  const store = openLog(log)
  const facts = storeFacts(store)
  store.close()
  return lint(load(log), facts)
}

async function aTable(calls: readonly object[]): Promise<LogTable> {
  await importLog({ log: dir.path('x.db'), files: [dir.file('l.jsonl', jsonl(...calls))] })
  return load(dir.path('x.db'))
}

const named = (found: readonly LintFinding[], code: string): readonly LintFinding[] =>
  found.filter((one) => one.code === code)

describe('a model that changes under its name', () => {
  const days = (count: number, call: (i: number, random: () => number) => Call): object[] => {
    const random = createRandom(3)
    return Array.from({ length: count }, (_, i) =>
      line(`r${i}`, { at: i * 600_000, ...call(i, random.next) }),
    )
  }

  it('is found with its day, and means before and after', async () => {
    const table = await aTable(
      days(600, (i, random) => ({
        quality: random() < (i < 400 ? 0.85 : 0.5) ? 1 : 0,
        costUsd: (i < 300 ? 0.01 : 0.03) * (0.5 + random()),
      })),
    )
    const [quality, cost] = changePoints(table)
    expect(quality).toMatchObject({ model: 'm', what: 'quality' })
    expect(Math.abs(quality!.outcomes - 200)).toBeLessThan(40)
    expect(quality!.before - quality!.after).toBeGreaterThan(0.25)
    expect(cost).toMatchObject({ what: 'cost' })
    expect(Math.abs(cost!.at - (MONDAY + 300 * 600_000))).toBeLessThan(20 * 600_000)
    expect(cost!.after / cost!.before).toBeGreaterThan(2.5)
  })

  it('is not found where the tasks change, where nothing does, or where times are made up', async () => {
    const tasks = days(600, (i, random) => {
      const task = random() < (i < 300 ? 0.9 : 0.1) ? 'easy' : 'hard'
      return { task, quality: random() < (task === 'easy' ? 0.95 : 0.4) ? 1 : 0 }
    })
    expect(changePoints(await aTable(tasks))).toEqual([])
    const quiet = days(2000, (_, random) => ({
      quality: random() < 0.7 ? 1 : 0,
      costUsd: 0.01 * (0.5 + random()),
    }))
    const table = await aTable(quiet)
    expect(changePoints(table)).toEqual([])
    expect(changePoints({ ...table, arrivals: 'synthetic' })).toEqual([])
  })

  it('is quiet in 97 of 100 logs in which nothing changes', () => {
    const random = createRandom(11)
    let found = 0
    for (let log = 0; log < 100; log++) {
      const size = 400
      const floats = (value: () => number): Float64Array => Float64Array.from({ length: size }, value)
      const outcome = {
        model: 'm',
        basis: new Uint8Array(size),
        costNanoUsd: floats(() => 1e6 * Math.exp(2 * random.next())),
        quality: floats(() => (random.next() < 0.6 ? 1 : 0)),
      }
      const table = {
        arrivals: 'logged',
        at: Float64Array.from({ length: size }, (_, i) => i),
        ids: Array.from({ length: size }, (_, i) => `r${i}`),
        task: { values: [], codes: new Int32Array(size).fill(-1) },
        outcomes: [outcome],
      } as unknown as LogTable
      found += changePoints(table).length > 0 ? 1 : 0
    }
    expect(found).toBeLessThanOrEqual(3)
  })
})

describe('personal data', () => {
  it.each([
    ['write to jane.doe@corp.io please', ['e-mail addresses']],
    ['call +49 170 1234567 now', ['phone numbers']],
    ['card 4111 1111 1111 1111', ['payment cards']],
    ['pay to DE89 3704 0044 0532 0130 00', ['IBANs']],
    [`key sk-proj-${'a1B2'.repeat(8)}`, ['access keys']],
    ['AKIAIOSFODNN7EXAMPLE', ['access keys']],
  ] as const)('%s', (text, kinds) => {
    expect(personalKinds(text)).toEqual(kinds)
  })

  it.each([
    'git clone git@github.com:a/b is no address of a person at example.com',
    'card 4111 1111 1111 1112',
    'DE89 3704 0044 0532 0130 01',
    '1234567890123456',
    'x = y + 12345678901',
    'user@example.com',
    'mask-sk-short',
  ])('none in: %s', (text) => {
    expect(personalKinds(text).filter((kind) => kind !== 'e-mail addresses')).toEqual([])
  })

  it('is counted with ids, and no text of it is shown', async () => {
    const found = await findings([
      line('a', { prompt: 'mail bob@corp.io' }),
      line('b', { prompt: 'nothing' }),
    ])
    expect(named(found, 'personal-data')).toMatchObject([{ count: 1, examples: ['a'] }])
    expect(JSON.stringify(found)).not.toContain('bob@')
  })
})

describe('texts', () => {
  it('that end at one common length in mid-sentence were cut off', async () => {
    const long = (i: number): string => `${i} ${'word '.repeat(200)}`.slice(0, 500).replace(/\s$/, 'x')
    const cut = Array.from({ length: 8 }, (_, i) => line(`c${i}`, { prompt: long(i) }))
    const whole = Array.from({ length: 8 }, (_, i) =>
      line(`w${i}`, { prompt: `${long(i).slice(0, 300 + i)}.` }),
    )
    expect(named(await findings([...cut, ...whole]), 'truncated-texts')).toMatchObject([{ count: 8 }])
  })

  it('that one user sends again within a minute are retries', async () => {
    const found = await findings([
      line('a', { user: 'u', prompt: 'same' }),
      line('b', { user: 'u', prompt: 'same', at: 30_000 }),
      line('c', { user: 'v', prompt: 'same', at: 31_000 }),
      line('d', { user: 'u', prompt: 'same', at: 200_000 }),
    ])
    expect(named(found, 'repeated-requests')).toMatchObject([{ count: 1, examples: ['b'] }])
  })
})

describe('two names', () => {
  it('with the same outcomes are told, others not', async () => {
    const random = createRandom(5)
    const rows = Array.from({ length: 80 }, (_, i) => {
      const quality = random.next() < 0.5 ? 1 : 0
      const usage = { inputTokens: 10, outputTokens: 10 + random.below(90) }
      const costUsd = usage.outputTokens / 1e5
      return {
        id: `r${i}`,
        prompt: `p ${i}`,
        outcomes: [
          { model: 'a', quality, costUsd, ...usage },
          { model: 'a-2026', quality, costUsd, ...usage },
          { model: 'b', quality: 1 - quality, costUsd, ...usage },
        ],
      }
    })
    expect(sameAnswers(await aTable(rows))).toMatchObject([{ models: ['a', 'a-2026'], shared: 80 }])
  })
})

describe('judges that disagree', () => {
  it('are told with the requests', async () => {
    const found = await findings([line('a', { quality: 1 }), line('a', { quality: 0 }), line('b', {})])
    expect(named(found, 'judge-noise')).toMatchObject([{ count: 1, examples: ['a'] }])
  })
})

describe('--fix', () => {
  it('writes two names of one model as the first of them, with what either outcome knows', () => {
    const fix = createFixes({
      sameEntries: [{ entry: 'gpt-4o', models: ['gpt-4o', 'openai/gpt-4o'] }],
      costUnits: [{ model: 'openai/gpt-4o', factor: 100, count: 30, unit: 'cents' }],
      priced: new Set(['gpt-4o', 'openai/gpt-4o']),
    })
    const { record, changes } = fix({
      id: 'r1',
      chosen: 'openai/gpt-4o',
      outcomes: [
        { model: 'openai/gpt-4o', costUsd: 2, outputTokens: 5 },
        { model: 'gpt-4o', quality: 1 },
        { model: 'other', costUsd: 0 },
      ],
    })
    expect(record).toEqual({
      id: 'r1',
      chosen: 'gpt-4o',
      outcomes: [
        { model: 'gpt-4o', costUsd: 0.02, outputTokens: 5, quality: 1 },
        { model: 'other', costUsd: 0 },
      ],
    })
    expect(changes.map(({ field, before, after, code }) => [field, before, after, code])).toEqual([
      ['model', 'openai/gpt-4o', 'gpt-4o', 'one-model-two-names'],
      ['costUsd', 2, 0.02, 'cost-unit'],
    ])
    const bare = { id: 'r2', chosen: 'openai/gpt-4o' }
    expect(fix(bare)).toEqual({
      record: { id: 'r2', chosen: 'gpt-4o' },
      changes: [
        {
          id: 'r2',
          model: 'openai/gpt-4o',
          field: 'chosen',
          before: 'openai/gpt-4o',
          after: 'gpt-4o',
          code: 'one-model-two-names',
        },
      ],
    })
  })

  it('writes a log that is quiet about what was mended, with every change, and leaves the store alone', async () => {
    const calls = Array.from({ length: 30 }, (_, i) =>
      line(`r${i}`, { costUsd: i % 5 === 0 ? 0 : 0.02, at: -i * 1000 }),
    )
    const before = await findings(calls)
    expect(named(before, 'zero-cost')).toMatchObject([{ count: 6 }])
    const log = dir.path('x.db')
    const hash = load(log).hash
    const fixed = writeFixed(log, dir.path('fixed.jsonl'))
    expect(fixed).toMatchObject({ requests: 30, changes: { 'zero-cost': 6 } })
    expect(load(log).hash).toBe(hash)
    const lines = readFileSync(fixed.file, 'utf8').trimEnd().split('\n')
    const ids = lines.map((text) => (JSON.parse(text) as { id: string }).id)
    // In order of time.
    expect(ids).toEqual(calls.map((_, i) => `r${29 - i}`))
    const changes = readFileSync(fixed.changesFile, 'utf8').trimEnd().split('\n')
    expect(JSON.parse(changes[0]!)).toEqual({
      id: 'r25',
      model: 'm',
      field: 'costUsd',
      before: 0,
      after: null,
      code: 'zero-cost',
    })
    const again = dir.path('again.db')
    await importLog({ log: again, files: [fixed.file] })
    const store = openLog(again)
    const after = lint(load(again), storeFacts(store))
    store.close()
    expect(named(after, 'zero-cost')).toEqual([])
    expect(after.map(({ code }) => code)).toEqual(
      before.map(({ code }) => code).filter((code) => code !== 'zero-cost'),
    )
  })
})
