import { describe, expect, it } from 'vitest'
import type { LogTable } from '../../src/core/log-table.js'
import type { Policy } from '../../src/core/policy.js'
import { compare } from '../../src/metrics/compare.js'
import type { RunMetrics } from '../../src/metrics/result.js'
import { choosesOncePerSession, differences, trajectoryOf } from '../../src/metrics/trajectory.js'
import { loggedOnly } from '../../src/replay/rows.js'
import { aPolicy, SMALL } from '../builders/a-policy.js'
import { aLottery } from './estimators/a-lottery.js'
import { uniform } from './estimators/known-matrix.js'
import { aComparison, anOutcome, aRun, aTable, aText } from './builders.js'

const [CHEAP, DEAR] = [0, 1]

/** Sessions of `turns` requests that arrive in turn; each was answered by `dear`. Both models are always right. */
function aLog(sessions: number, turns: number, parts: Partial<LogTable> = {}): LogTable {
  const size = sessions * turns
  const ones = Array.from({ length: size }, () => 1)
  return aTable({
    outcomes: [anOutcome('cheap', ones, 0.001), anOutcome('dear', ones, 0.01)],
    labels: { session: aText(ones.map((_, row) => `s${row % sessions}`)) },
    chosen: new Int32Array(size).fill(DEAR),
    ...parts,
  })
}

function judged(table: LogTable, choose: (row: number) => number, policy?: Policy): RunMetrics {
  const input = aComparison(table, [aRun(table, () => DEAR), aRun(table, choose)])
  return compare({ ...input, runs: input.runs.map((run, i) => (i === 0 ? run : { ...run, policy })) })
    .runs[1]!
}

describe('the share of requests off the trajectory', () => {
  it('counts what comes after the first answer of another model in a session', () => {
    const table = aLog(2, 4)
    // Rows 0, 2, 4, 6 are session s0; it is left at row 2.
    const { steps } = aRun(table, (row) => (row === 2 ? CHEAP : DEAR))
    expect([...differences(table, steps)]).toEqual([0, 0, 1, 0, 0, 0, 0, 0])
    const found = trajectoryOf(table, steps, undefined)
    expect([...found!.off]).toEqual([0, 0, 0, 0, 1, 0, 1, 0])
    expect(found!.share).toBe(0.25)
  })

  it('takes a refusal for a difference, unless the log refused too', () => {
    const refused = Uint8Array.from([0, 0, 1, 0])
    const table = aLog(1, 4, { chosen: Int32Array.from([DEAR, DEAR, -1, DEAR]), rejected: refused })
    const off = (choose: (row: number) => number): number[] => [
      ...trajectoryOf(table, aRun(table, choose).steps, undefined)!.off,
    ]
    expect(off((row) => (row === 2 ? -1 : DEAR))).toEqual([0, 0, 0, 0])
    expect(off(() => DEAR)).toEqual([0, 0, 0, 1])
    expect(off((row) => (row === 0 ? -1 : DEAR))).toEqual([0, 1, 1, 1])
  })

  it('is no question without sessions of several requests, or where the log names no call', () => {
    const single = aLog(4, 1)
    const noSessions = aLog(2, 2, { labels: {} })
    const unnamed = aLog(2, 2, { chosen: new Int32Array(4).fill(-1) })
    for (const table of [single, noSessions, unnamed]) {
      expect(trajectoryOf(table, aRun(table, () => CHEAP).steps, undefined)).toBeUndefined()
      expect(judged(table, () => CHEAP)).not.toHaveProperty('offTrajectoryShare')
    }
  })

  it('leaves requests without a session alone', () => {
    const session = aText(['s', undefined, 's', undefined])
    const table = aLog(1, 4, { labels: { session } })
    expect([...trajectoryOf(table, aRun(table, () => CHEAP).steps, undefined)!.off]).toEqual([0, 0, 1, 0])
  })
})

describe('quality off the trajectory', () => {
  it('stays where the matrix answered the logged prompts, with a word on it', () => {
    const run = judged(aLog(50, 4), () => CHEAP)
    expect(run).toMatchObject({ offTrajectoryShare: 0.75, quality: 1 })
    expect(run.evidence.identification).toBe('recorded')
    expect(run.evidence.sentences.join(' ')).toContain('quality holds for these prompts')
  })

  /** The log of a team: one outcome a request, here with the cheap model called last in each session. */
  const mixed = (sessions: number, turns: number): LogTable => {
    const chosen = Int32Array.from({ length: sessions * turns }, (_, row) =>
      row >= sessions * (turns - 1) ? CHEAP : DEAR,
    )
    return loggedOnly(aLog(sessions, turns, { chosen }))
  }

  it('is not identified above 5 %: what was recorded belongs to other conversations', () => {
    const table = mixed(100, 10)
    // The second turn of three sessions in four is refused: 72 % of the calls of that session are the log's own, yet off.
    const run = judged(table, (row) => (row >= 100 && row < 175 ? -1 : table.chosen[row]!))
    expect(run.offTrajectoryShare).toBeCloseTo(0.6, 10)
    expect(run).toMatchObject({
      quality: null,
      qualityCi: null,
      qualityDelta: null,
      routingSkill: 'no evidence',
    })
    expect(run.evidence.identification).toBe('not identified')
    expect(run.evidence.qualityBounds[0]).toBeCloseTo(0.4 - 0.075, 10)
    expect(run.evidence.sentences.join(' ')).toMatch(/Quality is not identified: more than 5 % .* mode `pin`/)
  })

  it('is taken as it is up to 5 %', () => {
    const table = mixed(100, 10)
    const run = judged(table, (row) => (row >= 100 && row < 105 ? -1 : table.chosen[row]!))
    expect(run.offTrajectoryShare).toBeCloseTo(0.04, 10)
    expect(run.quality).toBeCloseTo(0.995, 10)
    expect(run.evidence.sentences.join(' ')).toContain('At most 5 % of the requests come after')
  })

  it('is estimated from lots for a policy that chooses once per session, and else not', () => {
    const table = aLottery(aLog(400, 3), uniform(2), 1)
    const fixed = aPolicy({ selector: { kind: 'fixed', model: SMALL.id } })
    expect(judged(table, () => CHEAP, fixed).evidence.identification).toBe('estimated')
    const perTurn = judged(table, (row) => row % 2, aPolicy())
    expect(perTurn.offTrajectoryShare).toBeGreaterThan(0.05)
    expect(perTurn).toMatchObject({ quality: null, evidence: { identification: 'not identified' } })
    expect(perTurn.estimators!.refused.quality).toContain('another conversation')
    // What calls cost is estimated all the same.
    expect(perTurn.estimators!.refused.cost).toBeNull()
  })

  it('stands for an attached sample, whose answers are to the logged prompts', () => {
    const table = {
      ...loggedOnly(aLog(400, 3)),
      sampled: { models: ['cheap'], probability: new Float64Array(1200).fill(0.5) },
    }
    expect(trajectoryOf(table, aRun(table, () => CHEAP).steps, undefined)!.effect).toBe('logged prompts')
  })
})

describe('a policy that chooses once per session', () => {
  const model = SMALL.id
  it('has one model, or keeps to the first', () => {
    expect(choosesOncePerSession(aPolicy({ selector: { kind: 'fixed', model } }))).toBe(true)
    expect(choosesOncePerSession(aPolicy({ models: [SMALL] }))).toBe(true)
    expect(choosesOncePerSession(aPolicy({ sessionAffinity: { mode: 'pin' } }))).toBe(true)
  })

  it('does not where it may move, explores, or follows another label', () => {
    expect(choosesOncePerSession(undefined)).toBe(false)
    expect(choosesOncePerSession(aPolicy())).toBe(false)
    expect(choosesOncePerSession(aPolicy({ sessionAffinity: { mode: 'pin', maxSwitches: 1 } }))).toBe(false)
    expect(choosesOncePerSession(aPolicy({ sessionAffinity: { mode: 'pin', scope: 'user' } }))).toBe(false)
    const fixed = { kind: 'fixed', model } as const
    expect(choosesOncePerSession(aPolicy({ selector: fixed, exploration: { epsilon: 0.1 } }))).toBe(false)
  })

  it('does not where budgets part a session', () => {
    const table = loggedOnly(aLog(100, 4))
    const pinned = aPolicy({ sessionAffinity: { mode: 'pin' } })
    const parted = aRun(table, (row) => (row < 100 ? CHEAP : DEAR)).steps
    expect(trajectoryOf(table, parted, pinned)!.effect).toBe('not identified')
    expect(trajectoryOf(table, aRun(table, () => CHEAP).steps, pinned)!.effect).toBe('once a session')
  })
})
