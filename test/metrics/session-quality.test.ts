import { describe, expect, it } from 'vitest'
import { InputError } from '../../src/core/errors.js'
import type { LogTable } from '../../src/core/log-table.js'
import { compare } from '../../src/metrics/compare.js'
import type { Comparison, RunMetrics } from '../../src/metrics/result.js'
import { sessionClusters, sessionContributions } from '../../src/metrics/session-quality.js'
import { requireSessionOutcomes, sessionsOf } from '../../src/metrics/sessions.js'
import { describe as clustersOf, labelClusters } from '../../src/metrics/clusters.js'
import { loggedOnly } from '../../src/replay/rows.js'
import { FLAG_TRUNCATED } from '../../src/replay/steps.js'
import { renderText } from '../../src/report/terminal.js'
import { aComparison, anOutcome, aRun, aTable, aText } from './builders.js'

const [CHEAP, DEAR] = [0, 1]
const SESSIONS = 40
const TURNS = 3

/** Rows of `SESSIONS` sessions that take turns, all answered by `dear`; every second session came to something. */
function aLog(parts: Partial<LogTable> = {}): LogTable {
  const rows = Array.from({ length: SESSIONS * TURNS }, (_, row) => row)
  const ones = rows.map(() => 1)
  return aTable({
    outcomes: [anOutcome('cheap', ones, 0.001), anOutcome('dear', ones, 0.01)],
    labels: { session: aText(rows.map((row) => `s${row % SESSIONS}`)) },
    chosen: new Int32Array(rows.length).fill(DEAR),
    sessionQuality: Float64Array.from(rows, (row) => (row % SESSIONS) % 2),
    ...parts,
  })
}

const bySession = (table: LogTable, choose: (row: number) => number, parts = {}): Float64Array =>
  sessionContributions(table, requireSessionOutcomes(table), {
    steps: aRun(table, choose, parts).steps,
    unservedQuality: 0.25,
  }).quality

describe('what a session adds to the quality of a run', () => {
  it('is what it came to, where the run answers all of it as logged', () => {
    expect([...bySession(aLog(), () => DEAR)]).toEqual(Array.from({ length: SESSIONS }, (_, s) => s % 2))
  })

  it('is unknown where one answer is another, or cut short, or nobody says who answered', () => {
    const last = 2 * SESSIONS
    const quality = bySession(aLog(), (row) => (row === last + 3 ? CHEAP : row === last + 5 ? -1 : DEAR))
    expect([...quality].flatMap((value, session) => (Number.isNaN(value) ? [session] : []))).toEqual([3, 5])
    const flags = new Uint8Array(SESSIONS * TURNS)
    flags[7] = FLAG_TRUNCATED
    expect(bySession(aLog(), () => DEAR, { flags })[7]).toBeNaN()
    const chosen = new Int32Array(SESSIONS * TURNS).fill(DEAR)
    chosen[9] = -1
    expect(bySession(aLog({ chosen }), () => DEAR)[9]).toBeNaN()
  })

  it('is that of no answer where none is given, and unknown where the log does not say what it came to', () => {
    expect(bySession(aLog(), (row) => (row % SESSIONS === 1 ? -1 : DEAR))[1]).toBe(0.25)
    const { sessionQuality } = aLog()
    const partly = sessionQuality!.map((value, row) => (row % SESSIONS === 4 ? NaN : value))
    expect(bySession(aLog({ sessionQuality: partly }), () => DEAR)[4]).toBeNaN()
  })

  it('is what the log came to where both refused', () => {
    const chosen = new Int32Array(SESSIONS * TURNS).fill(DEAR)
    const rejected = new Uint8Array(SESSIONS * TURNS)
    chosen[1] = -1
    rejected[1] = 1
    expect(bySession(aLog({ chosen, rejected }), (row) => (row === 1 ? -1 : DEAR))[1]).toBe(1)
    expect(bySession(aLog({ chosen, rejected }), () => DEAR)[1]).toBeNaN()
  })
})

describe('sessions of a log', () => {
  it('are numbered as they begin; rows without one are in none', () => {
    const table = aLog({
      labels: {
        session: aText(Array.from({ length: SESSIONS * TURNS }, (_, row) => (row < 3 ? 'ba'[row] : 'b'))),
      },
    })
    const sessions = sessionsOf(table)!
    expect([sessions.count, ...sessions.first]).toEqual([2, 0, 1])
    expect([...sessions.of.slice(0, 5)]).toEqual([0, 1, -1, 0, 0])
  })

  it('are needed, and so are their outcomes', () => {
    expect(() => requireSessionOutcomes(aLog({ labels: {} }))).toThrow(InputError)
    expect(() => requireSessionOutcomes(aLog({ labels: {} }))).toThrow(
      /the log has none: give requests scope.session/,
    )
    const open = aLog({ sessionsOpen: new Uint8Array(SESSIONS * TURNS).fill(1) })
    expect(() => requireSessionOutcomes(open)).toThrow(/all of them went on within the label delay/)
    const none = aLog({ sessionQuality: undefined })
    expect(() => requireSessionOutcomes(none)).toThrow(
      /none of the 40 sessions has one: put "sessionOutcome"/,
    )
  })

  it('are drawn as a whole, or with the window that they begin in', () => {
    const table = aLog()
    const sessions = sessionsOf(table)!
    const own = sessionClusters(labelClusters(table), sessions)
    expect(own).toMatchObject({ unit: 'sessions', units: SESSIONS, sufficient: true })
    const windows = clustersOf(
      'windows',
      Int32Array.from(table.ids, (_, row) => Math.floor(row / 10)),
      'budgets bind',
    )
    const drawn = sessionClusters(windows, sessions)
    expect(drawn).toMatchObject({ unit: 'windows', units: 4, sufficient: false, note: 'budgets bind' })
  })
})

describe('a comparison by session', () => {
  const compared = (table: LogTable, ...choices: ((row: number) => number)[]): Comparison =>
    compare({
      ...aComparison(
        table,
        choices.map((choose) => aRun(table, choose)),
      ),
      qualityUnit: 'session',
    })
  const second = ({ runs }: Comparison): RunMetrics => runs[1]!

  it('has the mean over sessions, its interval, and differences session by session', () => {
    const table = loggedOnly(aLog())
    // Session 1 is not answered at all: it came to 1, and counts 0.
    const run = second(
      compared(
        table,
        () => DEAR,
        (row) => (row % SESSIONS === 1 ? -1 : DEAR),
      ),
    )
    expect(run).toMatchObject({ knownShare: 1, servedShare: 1 - 1 / SESSIONS, qualityDeltaKnownShare: 1 })
    expect(run.quality).toBeCloseTo(19 / 40, 10)
    expect(run.qualityDelta).toBeCloseTo(-1 / 40, 10)
    expect(run.qualityCi![0]).toBeLessThan(19 / 40)
    expect(run.qualityCi![1]).toBeGreaterThan(19 / 40)
    expect(run.routingSkillBecause).toContain('judged by the session')
    expect(run.evidence).toMatchObject({ identification: 'recorded', mode: 'logged-deterministic' })
    expect(run.evidence.sentences[0]).toContain('the mean over 40 sessions of what each came to')
  })

  it('is not identified where sessions go another way, on a full matrix too, with bounds', () => {
    const run = second(
      compared(
        aLog(),
        () => DEAR,
        (row) => (row < 10 ? CHEAP : DEAR),
      ),
    )
    expect(run).toMatchObject({ quality: null, qualityCi: null, qualityDelta: null, knownShare: 0.75 })
    expect(run.evidence.identification).toBe('not identified')
    // Of the 30 that are known, 15 came to something.
    expect(run.evidence.qualityBounds).toEqual([15 / 40, 25 / 40])
    expect(run.control.gain).toBeNull()
    expect(run.gainOverHull.points).toBeNull()
  })

  it('says what its quality is of, and is another run than that by request', () => {
    const table = loggedOnly(aLog())
    const comparison = compared(
      table,
      () => DEAR,
      (row) => (row < 10 ? CHEAP : DEAR),
    )
    const text = renderText(comparison, { width: 1000, color: false })
    expect(text).toContain('Quality is by session: the mean of what sessions came to')
    expect(text).toContain('what a session came to is known for 75.0 % of the sessions')
    const input = aComparison(table, [aRun(table, () => DEAR)])
    expect(compare(input)).not.toHaveProperty('qualityUnit')
    expect(compare({ ...input, qualityUnit: 'session' }).runId).not.toBe(compare(input).runId)
  })

  it('leaves requests without a session out of quality and in the costs', () => {
    const session = aText(
      Array.from({ length: SESSIONS * TURNS }, (_, row) => (row < 12 ? undefined : `s${row % SESSIONS}`)),
    )
    const run = second(
      compared(
        loggedOnly(aLog({ labels: { session } })),
        () => DEAR,
        () => DEAR,
      ),
    )
    expect(run.knownShare).toBe(1)
    expect(run.costUsd).toBeCloseTo(SESSIONS * TURNS * 0.01, 10)
    expect(run.evidence.sentences).toContain(
      '10 % of the requests belong to no session, or to one that is too young: they are in the costs and in no quality.',
    )
  })
})
