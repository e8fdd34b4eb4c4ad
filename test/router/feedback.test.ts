import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { parseDecisionLog } from '../../src/logs/decision-log.js'
import { readRecorded } from '../../src/logs/store-records.js'
import { openLog } from '../../src/logs/store.js'
import { replayAsRecorded } from '../../src/replay/as-recorded.js'
import { decisionLine } from '../../src/router/decision-log.js'
import { createRouter } from '../../src/router/router.js'
import type { Router } from '../../src/router/router-api.js'
import { aBudget, aPolicy } from '../builders/a-policy.js'
import { importLog, load, workdir } from '../logs/workdir.js'

const dir = workdir()
const POLICY = aPolicy({ budgets: [aBudget('org', 10)] })
const START = Date.UTC(2026, 10, 2)

/** A router whose clock moves on by a second at each look, with the lines that it wrote. */
async function aRouter(): Promise<{ readonly router: Router; readonly lines: string[] }> {
  const lines: string[] = []
  let now = START
  const router = await createRouter(POLICY, {
    now: () => (now += 1000),
    onDecision: (record) => lines.push(decisionLine(record)),
  })
  return { router, lines }
}

async function serve(router: Router, id: string): Promise<void> {
  const scope = { org: 'acme', session: 's1' }
  const decision = await router.route({ id, prompt: 'hi', scope, assessment: { difficulty: 0 } })
  expect(decision.kind).toBe('route')
  await router.settle(id, { inputTokens: 10, outputTokens: 20, latencyMs: 5 })
}

describe('router.feedback', () => {
  it('is a line of the decision log, that of a session another', async () => {
    const { router, lines } = await aRouter()
    lines.length = 0
    router.feedback('r1', { quality: 0.5, source: 'thumbs', at: START })
    router.feedback('long-gone', { quality: 1 })
    router.sessionFeedback('s1', { quality: 1, source: 'pr-merged', at: START })
    expect(lines.map((line) => JSON.parse(line) as object)).toEqual([
      { id: 'r1', feedback: { quality: 0.5, source: 'thumbs', at: '2026-11-02T00:00:00.000Z' } },
      {
        id: 'long-gone',
        feedback: { quality: 1, at: expect.stringMatching(/^2026-11-02T00:00:0\d/) as string },
      },
      {
        id: 'session:s1',
        scope: { session: 's1' },
        sessionOutcome: { quality: 1, source: 'pr-merged', at: '2026-11-02T00:00:00.000Z' },
      },
    ])
    await router.close()
  })

  it('becomes the quality of the answer when the log is imported, in whatever order, and changes no decision', async () => {
    const { router, lines } = await aRouter()
    await serve(router, 'r1')
    router.feedback('r1', { quality: 0 })
    await serve(router, 'r2')
    await serve(router, 'r3')
    await router.close()
    // Known only after the router is gone, and better than what was thought first.
    router.feedback('r1', { quality: 1, source: 'reviewed' })
    router.feedback('r2', { quality: 0.25 })
    router.sessionFeedback('s1', { quality: 1 })
    for (const [name, told] of Object.entries({ forwards: lines, backwards: lines.toReversed() })) {
      const log = dir.path(`${name}.db`)
      await importLog({ log, files: [dir.file(`${name}.jsonl`, `${told.join('\n')}\n`)] })
      const table = load(log)
      expect(table.ids).toEqual(['r1', 'r2', 'r3'])
      expect([...table.outcomes[0]!.quality]).toEqual([1, 0.25, NaN])
      expect([...table.sessionQuality!]).toEqual([1, 1, 1])
      const db = new Database(log, { readonly: true })
      expect(db.prepare('select field, earlier, later from conflicts').raw().all()).toEqual([
        ['feedback', '0', '1'],
      ])
      db.close()
      const store = openLog(log)
      const recorded = replayAsRecorded(readRecorded(store), [POLICY])
      store.close()
      expect(recorded).toMatchObject({ requests: 3, mismatches: [] })
    }
    const text = `${lines.join('\n')}\n`
    expect(replayAsRecorded(parseDecisionLog(text, 'log'), [POLICY])).toMatchObject({
      requests: 3,
      mismatches: [],
    })
  })

  it.each([
    [{ quality: '1' }, TypeError, 'quality must be a number, got string'],
    [{ quality: 1.5 }, RangeError, 'quality must be in [0, 1], got 1.5'],
    [{ quality: NaN }, RangeError, 'quality must be in [0, 1], got NaN'],
    [{ quality: 1, source: '' }, RangeError, 'source must not be empty'],
    [{ quality: 1, source: 7 }, TypeError, 'source must be a string, got number'],
    [{ quality: 1, at: '2026-11-02' }, TypeError, 'at must be epoch milliseconds, got string'],
    [{ quality: 1, at: START / 1000 }, RangeError, 'at must be epoch milliseconds such as'],
  ])('refuses %j', async (given, kind, says) => {
    const { router } = await aRouter()
    for (const give of [router.feedback.bind(router, 'r1'), router.sessionFeedback.bind(router, 's1')]) {
      const wrong = (): void => give(given as Parameters<typeof give>[0])
      expect(wrong).toThrow(kind)
      expect(wrong).toThrow(says)
    }
    await router.close()
  })

  it('refuses what it cannot keep: no id, no session, no log', async () => {
    const { router } = await aRouter()
    expect(() => router.feedback('', { quality: 1 })).toThrow('id must not be empty')
    expect(() => router.sessionFeedback('', { quality: 1 })).toThrow('session must not be empty')
    await router.close()
    const unlogged = await createRouter(POLICY)
    expect(() => unlogged.feedback('r1', { quality: 1 })).toThrow(/feedback needs onDecision/)
    await unlogged.close()
  })
})
