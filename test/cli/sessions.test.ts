import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Comparison } from '../../src/metrics/result.js'
import { aBudget, aModel, aPolicyFile } from '../builders/a-policy.js'
import { jsonl } from '../logs/workdir.js'
import { runHere } from './in-process.js'

const folder = mkdtempSync(join(tmpdir(), 'tollgate-sessions-'))
const path = (name: string): string => join(folder, name)
afterAll(() => rmSync(folder, { recursive: true }))

const SESSIONS = 60

/** Three turns a session, of which `dear` answered the first two and `cheap` the last; two sessions in three were merged. */
const LINES = Array.from({ length: 3 * SESSIONS }, (_, index) => {
  const [session, turn] = [Math.floor(index / 3), index % 3]
  const chosen = turn < 2 ? 'dear' : 'cheap'
  return {
    id: `r${index}`,
    at: new Date(Date.UTC(2026, 10, 2) + index * 600_000).toISOString(),
    scope: { org: 'acme', session: `s${session}` },
    prompt: 'hi',
    chosen,
    outcomes: [{ model: chosen, quality: 1, costUsd: chosen === 'dear' ? 0.02 : 0.01, basis: 'logged' }],
    ...(turn === 2 ? { sessionOutcome: { quality: session % 3 === 0 ? 0 : 1, source: 'pr-merged' } } : {}),
  }
})

beforeAll(async () => {
  writeFileSync(path('log.jsonl'), jsonl(...LINES))
  writeFileSync(path('plain.jsonl'), jsonl(...LINES.map(({ sessionOutcome: _, ...line }) => line)))
  for (const name of ['log', 'plain'])
    expect((await runHere('import', path(`${name}.jsonl`), '--log', path(`${name}.db`))).code).toBe(0)
})

describe('sessions on the command line', () => {
  it('inspect says how many have an outcome', async () => {
    const { out } = await runHere('inspect', '--log', path('log.db'))
    expect(out).toContain('60 sessions, 60 with an outcome of their own (mean 0.6667; --quality-unit')
    const told = JSON.parse((await runHere('inspect', '--log', path('log.db'), '--json')).out) as object
    expect(told).toMatchObject({ sessions: { count: 60, withOutcome: 60 } })
    expect((await runHere('inspect', '--log', path('plain.db'))).out).not.toContain('outcome of their own')
  })

  it('replay says what is off the trajectory, and shows it in the report', async () => {
    const report = path('report.html')
    const args = ['replay', '--log', path('plain.db'), '--policy', 'model:cheap', '--out', report]
    const { out } = await runHere(...args, '--json')
    const { runs } = JSON.parse(out) as Comparison
    // Of `dear` for everything the last turn differs, and nothing comes after it.
    expect(runs.map(({ offTrajectoryShare }) => offTrajectoryShare)).toEqual([0, 2 / 3])
    expect(readFileSync(report, 'utf8')).toContain('Off trajectory')
    expect((await runHere(...args)).out).toContain('had answered in their session: 66.7 % with model:cheap')
  })

  it('--quality-unit session judges by what sessions came to', async () => {
    const args = ['replay', '--log', path('log.db'), '--policy', 'model:cheap', '--quality-unit', 'session']
    const { runs, qualityUnit } = JSON.parse((await runHere(...args, '--json')).out) as Comparison
    expect(qualityUnit).toBe('session')
    expect(runs.map(({ quality, knownShare }) => [quality, knownShare])).toEqual([
      [null, 0],
      [null, 0],
    ])
    const gate = ['gate', '--log', path('log.db'), '--policy', 'model:cheap', '--against', 'model:dear']
    const gated = await runHere(...gate, '--quality-unit', 'session', '--json')
    expect(gated.code).toBe(3)
    expect(JSON.parse(gated.out)).toMatchObject({
      qualityUnit: 'session',
      sessions: 60,
      verdict: 'inconclusive',
    })
  })

  it('--headroom says that nobody knows what is left to win of sessions', async () => {
    const models = [
      aModel('cheap', 0, { inputUsd: 1, outputUsd: 2 }),
      aModel('dear', 1, { inputUsd: 10, outputUsd: 50 }),
    ]
    writeFileSync(path('capped.json'), JSON.stringify(aPolicyFile({ models, budgets: [aBudget('org', 9)] })))
    const args = ['replay', '--log', path('log.db'), '--policy', path('capped.json'), '--headroom', '--json']
    const { runs } = JSON.parse((await runHere(...args, '--quality-unit', 'session')).out) as Comparison
    expect(runs.at(-1)!.headroom).toMatchObject({ bound: null, share: null })
    expect(runs.at(-1)!.headroom!.because).toContain('quality is by session')
  })

  it.each([
    [['replay', '--policy', 'model:cheap']],
    [['gate', '--policy', 'model:cheap', '--against', 'model:dear']],
  ])('%j by session without outcomes of sessions is refused with the way out', async (args) => {
    const { code, err } = await runHere(...args, '--log', path('plain.db'), '--quality-unit', 'session')
    expect(code).toBe(2)
    expect(err).toContain('none of the 60 sessions has one: put "sessionOutcome"')
    expect(err).not.toContain('    at ')
  })

  it('--label-delay leaves out what is too young, and says how much', async () => {
    const args = ['replay', '--log', path('log.db'), '--policy', 'model:dear', '--label-delay', '5h']
    const { log, filters } = JSON.parse((await runHere(...args, '--json')).out) as Comparison
    const filter = 'label delay 5h (30 requests left out, whose labels may still be on their way)'
    expect(log).toMatchObject({ requests: 150, leftOutYoung: { delay: '5h', requests: 30 } })
    expect(filters).toEqual([filter])
    expect((await runHere(...args)).out.replace(/\s+/g, ' ')).toContain(`Only a part of the log: ${filter}.`)
    // A quarter of an hour reaches into the last session, whose outcome is then not counted.
    const short = ['--label-delay', '15m', '--quality-unit', 'session', '--json']
    const bySession = JSON.parse((await runHere(...args.slice(0, -2), ...short)).out) as Comparison
    expect(bySession.log.requests).toBe(178)
    expect(bySession.runs[0]!.evidence.sentences[0]).toContain('the mean over 59 sessions')
  })

  it.each([
    ['1mo', '--label-delay: a month has no fixed length'],
    ['soon', '--label-delay: duration must look like 90s, 15m'],
    ['52w', 'is left after label delay 52w (180 requests left out'],
  ])('--label-delay %s is refused', async (delay, says) => {
    const args = ['--log', path('log.db'), '--policy', 'model:dear', '--label-delay', delay]
    const { code, err } = await runHere('replay', ...args)
    expect(code).toBe(2)
    expect(err).toContain(says)
  })

  it.each([
    ['--quality-unit', 'session'],
    ['--label-delay', '3d'],
  ])('a log to be replayed as recorded takes no %s', async (option, value) => {
    const args = ['--log', path('log.jsonl'), '--policy', 'model:cheap', '--as-recorded']
    const { code, err } = await runHere('replay', ...args, option, value)
    expect(code).toBe(2)
    expect(err).toContain(option)
  })
})
