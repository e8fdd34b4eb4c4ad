import { describe, expect, it } from 'vitest'
import { BASES, NO_OUTCOME } from '../../src/core/log-table.js'
import { PRIORITIES, type Message } from '../../src/core/request.js'
import { openLog } from '../../src/logs/store.js'
import { extractor, otherExtractor, wordCounter } from './measuring.js'
import { measure, promptMessages } from '../../src/core/measure.js'
import { importLog, jsonl, load, workdir } from './workdir.js'

const dir = workdir()

async function table(lines: readonly object[], options: object = {}): Promise<ReturnType<typeof load>> {
  await importLog({ log: dir.path('x.db'), files: [dir.file('l.jsonl', jsonl(...lines))], ...options })
  return load(dir.path('x.db'))
}

describe('loadTable', () => {
  it('orders rows by time, then id, and interns texts', async () => {
    const log = await table([
      { id: 'c', at: '2026-11-02T09:00:01Z', scope: { org: 'acme' }, priority: 'high' },
      { id: 'b', at: '2026-11-02T09:00:00Z', scope: { org: 'acme', user: 'u' }, needs: ['vision', 'tools'] },
      { id: 'a', at: '2026-11-02T09:00:01Z', task: 'x' },
    ])
    expect(log.ids).toEqual(['b', 'a', 'c'])
    expect(log.arrivals).toBe('logged')
    expect(log.labels['org']?.values).toEqual(['acme'])
    expect([...(log.labels['org']?.codes ?? [])]).toEqual([0, -1, 0])
    expect([...(log.labels['user']?.codes ?? [])]).toEqual([0, -1, -1])
    expect([...log.priority].map((one) => PRIORITIES[one])).toEqual(['normal', 'normal', 'high'])
    expect(log.needs.values).toEqual(['["tools","vision"]'])
    expect([...log.task.codes]).toEqual([-1, 0, -1])
  })

  it('keeps the unknown unknown', async () => {
    const log = await table([{ id: 'a', outcomes: [{ model: 'm' }] }, { id: 'b' }])
    const [outcome] = log.outcomes
    expect([...(outcome?.costNanoUsd ?? [])]).toEqual([NaN, NaN])
    expect([...(outcome?.quality ?? [])]).toEqual([NaN, NaN])
    expect([...(outcome?.inputTokens ?? [])]).toEqual([-1, -1])
    expect([...(outcome?.basis ?? [])].sort()).toEqual([BASES.indexOf('logged'), NO_OUTCOME])
    expect([...log.inputTokensEstimate]).toEqual([-1, -1])
    expect([...log.inputTokensBound]).toEqual([-1, -1])
    expect([...log.maxOutputTokens]).toEqual([-1, -1])
    expect([...log.propensity]).toEqual([NaN, NaN])
    expect(log.features.every((column) => column.every(Number.isNaN))).toBe(true)
  })

  it('measures text as the runtime does, and falls back to recorded usage', async () => {
    const log = await table([
      { id: 'a', at: 1793610000000, prompt: 'fix the import' },
      {
        id: 'b',
        at: 1793610000001,
        chosen: 'm',
        outcomes: [
          { model: 'm', inputTokens: 50 },
          { model: 'n', inputTokens: 60 },
        ],
      },
      { id: 'c', at: 1793610000002, prompt: 'x', inputTokensEstimate: 900 },
    ])
    const measured = measure(promptMessages('fix the import'), wordCounter, extractor)
    expect(log.inputTokensEstimate[0]).toBe(measured.inputTokensEstimate)
    expect(log.inputTokensBound[0]).toBe(measured.inputTokensBound)
    expect(log.features.map((column) => column[0])).toEqual([...measured.features])
    expect([log.inputTokensEstimate[1], log.inputTokensBound[1]]).toEqual([50, 60])
    expect([log.inputTokensEstimate[2], log.inputTokensBound[2]]).toEqual([900, 900])
  })

  it('keeps every field of a message, so that import and runtime measure the same', async () => {
    const call = {
      id: 'c1',
      type: 'function',
      function: { name: 'read_file', arguments: '{"path": "a b c"}' },
    }
    const conversations = [
      [
        { role: 'user', content: 'read the file' },
        { role: 'assistant', content: null, tool_calls: [call] },
        { role: 'tool', tool_call_id: 'c1', content: [{ type: 'text', text: 'its text' }] },
      ],
      [{ role: 'user', name: 'ann of the team', content: 'hello' }],
      [{ role: 'user', content: 'hello' }],
    ]
    const lines = conversations.map((messages, at) => ({ id: `r${at}`, at: 1793610000000 + at, messages }))
    const log = await table(lines)
    const atRuntime = conversations.map((messages) =>
      measure(messages as unknown as Message[], wordCounter, extractor),
    )
    expect([...log.inputTokensEstimate]).toEqual(atRuntime.map((one) => one.inputTokensEstimate))
    expect([...log.inputTokensBound]).toEqual(atRuntime.map((one) => one.inputTokensBound))
  })

  it('computes features again for another extractor and keeps them under its key', async () => {
    await table([{ id: 'a', prompt: 'arr, refactor this' }])
    const expected = measure(promptMessages('arr, refactor this'), wordCounter, otherExtractor).features
    for (let time = 0; time < 2; time++) {
      const log = load(dir.path('x.db'), otherExtractor)
      expect(log.features.map((column) => column[0])).toEqual([...expected])
    }
    const store = openLog(dir.path('x.db'))
    expect(store.db.prepare('select count(*) as n from features').get()).toEqual({ n: 2 })
    store.close()
    expect(otherExtractor.key).not.toBe(extractor.key)
  })

  it('takes features that were logged instead of the text', async () => {
    const values = extractor.names.map((_, i) => i / 10)
    const log = await table([{ id: 'a', features: { key: extractor.key, values } }])
    expect(log.features.map((column) => column[0])).toEqual(values)
  })

  it('infers the model of a single call, and tells logged from matrix outcomes', async () => {
    const log = await table([
      { id: 'a', at: 1793610000000, outcomes: [{ model: 'm' }] },
      { id: 'b', at: 1793610000001, chosen: 'n', outcomes: [{ model: 'm' }, { model: 'n' }] },
      { id: 'c', at: 1793610000002, outcomes: [{ model: 'm' }, { model: 'n' }] },
    ])
    expect(log.outcomes.map(({ model }) => model)).toEqual(['m', 'n'])
    expect([...log.chosen]).toEqual([0, 1, -1])
    expect([...(log.outcomes[0]?.basis ?? [])]).toEqual([0, 1, 1])
    expect([...(log.outcomes[1]?.basis ?? [])]).toEqual([NO_OUTCOME, 0, 1])
  })

  it('draws seeded Poisson arrivals for a log without times', async () => {
    const lines = Array.from({ length: 2000 }, (_, i) => ({ id: `r${i}` }))
    const log = await table(lines, { arrivals: { perSecond: 5, seed: 7 } })
    expect(log.arrivals).toBe('synthetic')
    const gaps = Array.from(log.at.subarray(1), (at, i) => at - (log.at[i] ?? 0))
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length
    expect(mean).toBeGreaterThan(185)
    expect(mean).toBeLessThan(215)
    // Exponential gaps: the standard deviation equals the mean.
    const deviation = Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length)
    expect(deviation / mean).toBeGreaterThan(0.9)
    expect(deviation / mean).toBeLessThan(1.1)
    expect(Array.from(log.at)).toEqual(Array.from(load(dir.path('x.db')).at))
  })

  it('puts rows without a time one a second when no arrivals were asked for', async () => {
    const log = await table([{ id: 'a' }, { id: 'b' }, { id: 'c' }])
    expect(Array.from(log.at.subarray(1), (at, i) => at - (log.at[i] ?? 0))).toEqual([1000, 1000])
  })

  it('keeps what the card says', async () => {
    const log = await table([{ tollgateLog: 1, synthetic: true, requestsPerDay: 50_000 }, { id: 'a' }])
    expect(log.syntheticData).toBe(true)
    expect(log.requestsPerDay).toBe(50_000)
  })
})
