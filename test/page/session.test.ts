import { readdirSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { contentHash } from '../../src/core/content-hash.js'
import { parsePolicy, type Policy } from '../../src/core/policy.js'
import { compare } from '../../src/metrics/compare.js'
import { loggedOnly } from '../../src/replay/rows.js'
import type { LogTable } from '../../src/core/log-table.js'
import type { QualityUnit } from '../../src/metrics/session-quality.js'
import type { RunMetrics } from '../../src/metrics/result.js'
import { policyDownload } from '../../src/page/policy-download.js'
import { createSession, type Session } from '../../src/page/session.js'
import { packReplayable, unpackReplayable } from '../../src/replay/packed/replayable.js'
import { replay } from '../../src/replay/replay.js'
import { aLearnedSpec } from '../builders/a-learned-spec.js'
import { aSampleLog, type SampleLog } from '../builders/a-sample-log.js'

/** What the page comes to is what the command line comes to: the same columns, the same figures, the same intervals. */

const read = (name: string): Policy => parsePolicy(JSON.parse(readFileSync(`policies/${name}`, 'utf8')))
const SHIPPED = readdirSync('policies').filter((name) => name.endsWith('.json') && name !== 'tuned.json')
const REPLICATES = 40

interface Judging {
  readonly tableOf?: (policy: Policy) => LogTable
  readonly qualityUnit?: QualityUnit
}

describe('a session in the page', () => {
  let log: SampleLog
  let policies: Policy[]
  let session: Session
  beforeAll(async () => {
    log = await aSampleLog()
    policies = [...SHIPPED.map(read), learnedPolicy(), tunedPolicy()]
    session = sessionOf(policies)
  })
  afterAll(() => log.remove())

  function learnedPolicy(): Policy {
    const { contentHash: _hash, ...file } = read('heuristic.json').file
    const learned = aLearnedSpec(file.models.map(({ id }) => id))
    return parsePolicy({ ...file, policyId: 'learned', classifier: { kind: 'learned', learned } })
  }

  /** Sealed, with what was found on a log, which does not travel into a page. */
  function tunedPolicy(): Policy {
    const { contentHash: _hash, ...file } = read('heuristic.json').file
    const tuned = { ...file, policyId: 'tuned', evidence: { split: 'by time' } }
    return parsePolicy({ ...tuned, contentHash: contentHash(tuned) })
  }

  function sessionOf(own: readonly Policy[], mostRequests = 50_000): Session {
    const bytes = packReplayable({
      policies: own,
      tableOf: (policy) => log.tableFor(policy),
      baseline: own.findIndex(({ policyId }) => policyId === 'all-frontier'),
      settings: { seed: 7 },
      clusterLabels: ['session', 'user'],
      mostRequests,
    })
    return createSession(unpackReplayable(bytes))
  }

  function byCommandLine(
    policy: Policy,
    { tableOf = (own) => log.tableFor(own), qualityUnit }: Judging = {},
  ): RunMetrics {
    const runs = [read('all-frontier.json'), policy].map((own) => ({
      result: replay(tableOf(own), own),
      policy: own,
      description: null,
      unservedQuality: own.file.unservedQuality,
      budgets: own.file.budgets,
    }))
    const [, row] = compare({
      table: tableOf(policy),
      runs,
      qualityUnit,
      baseline: { index: 0, label: 'all-frontier', rule: '' },
      seed: 7,
      replicates: REPLICATES,
      filters: [],
      syntheticData: false,
      scaleToRequestsPerDay: null,
      tuning: null,
    }).runs
    return row!
  }

  it.each([...SHIPPED.keys(), SHIPPED.length].map((index) => [SHIPPED[index] ?? 'learned', index] as const))(
    '%s replays to the same columns from packed ones',
    (_name, index) => {
      const { replayable } = session
      const policy = policies[index]!
      const packed = { ...replayable.table, features: replayable.features(policy.classifier.extractor.key) }
      const { ids, split, ...table } = log.tableFor(policy)
      // What is drawn by ids keeps them; the others are numbered.
      expect(replay({ ...packed }, policy)).toEqual(replay({ ids, split, ...table }, policy))
    },
  )

  it.each(['heuristic', 'priority-reserve', 'token-bucket', 'shuffled-control'])(
    '%s has the figures, intervals and controls of the command line, to the bit',
    (name) => {
      const policy = SHIPPED.indexOf(`${name}.json`)
      const row = byCommandLine(policies[policy]!)
      const figures = session.figures({ policy, moved: {} })
      expect(session.compared({ policy, moved: {} }, REPLICATES)).toEqual(row)
      for (const key of ['costUsd', 'savedByRouting', 'quality', 'served', 'rejected', 'deferred'] as const)
        expect([key, figures[key]]).toEqual([key, row[key]])
      expect(figures.budget).toEqual(row.budget)
    },
  )

  it('judges by sessions as the command line does: those that are over, also while the hand moves', () => {
    const own = ['all-frontier.json', 'worst-case-caps.json', 'heuristic.json'].map(read)
    const tableOf = (policy: Policy): LogTable => withOutcomes(log.tableFor(policy))
    const settings = { seed: 7, qualityUnit: 'session' } as const
    const bytes = packReplayable({
      policies: own,
      tableOf,
      baseline: 0,
      settings,
      clusterLabels: ['session', 'user'],
      mostRequests: 50_000,
    })
    const bySession = createSession(unpackReplayable(bytes))
    for (const [policy, { policyId }] of own.entries()) {
      const row = byCommandLine(own[policy]!, { tableOf, qualityUnit: 'session' })
      expect(bySession.compared({ policy, moved: {} }, REPLICATES), policyId).toEqual(row)
      expect(bySession.figures({ policy, moved: {} }).quality, policyId).toBe(row.quality)
    }
    expect(bySession.figures({ policy: 0, moved: {} }).quality).toBeCloseTo(0.75, 1)
    // What other models would have made of these sessions no log says.
    expect(bySession.figures({ policy: 2, moved: {} }).quality).toBeNull()
    expect(bySession.singles()).toEqual({ hull: [], singles: [] })
  })

  /** Three sessions in four were worth something; those of the last thousand requests went on after them. */
  function withOutcomes(table: LogTable): LogTable {
    const { codes } = table.labels['session']!
    return {
      ...table,
      sessionQuality: Float64Array.from(codes, (code) => (code < 0 ? NaN : code % 4 === 0 ? 0 : 1)),
      sessionsOpen: Uint8Array.from(codes, (_, row) => (row < table.size - 1000 ? 0 : 1)),
    }
  }

  it('knows no more than the command line of requests off the trajectory', () => {
    const tableOf = (policy: Policy): LogTable => loggedOnly(log.tableFor(policy))
    const own = ['all-frontier.json', 'heuristic.json'].map(read)
    const bytes = packReplayable({
      policies: own,
      tableOf,
      baseline: 0,
      settings: { seed: 7 },
      clusterLabels: ['session', 'user'],
      mostRequests: 50_000,
    })
    const logged = createSession(unpackReplayable(bytes))
    const row = byCommandLine(own[1]!, { tableOf })
    expect(row.offTrajectoryShare).toBeGreaterThan(0.05)
    expect(row.quality).toBeNull()
    expect(logged.figures({ policy: 1, moved: {} }).quality).toBeNull()
    expect(logged.compared({ policy: 1, moved: {} }, REPLICATES)).toEqual(row)
  })

  it('moves what a policy of its own would do: boundaries, caps, windows, reserves and models', () => {
    const policy = SHIPPED.indexOf('priority-reserve.json')
    const [budget] = policies[policy]!.file.budgets
    const moved = {
      'boundary:0': 0.2,
      [`cap:${budget!.id}`]: 3,
      [`window:${budget!.id}`]: 'sliding',
      [`reserve:${budget!.id}`]: 0.5,
      'model:anthropic/claude-haiku-4.5': false,
    }
    const { text } = policyDownload(session, { policy, moved })
    const downloaded = parsePolicy(JSON.parse(text))
    expect(downloaded.sealed).toBe(true)
    expect(downloaded.file.tierBoundaries[0]).toBe(0.2)
    expect(downloaded.file.budgets[0]).toMatchObject({
      maxBudget: 3,
      window: { kind: 'sliding' },
      priorityReserve: { share: 0.5 },
    })
    expect(downloaded.models).toHaveLength(3)
    const figures = session.figures({ policy, moved })
    const row = byCommandLine(downloaded)
    expect(figures.costUsd).toBe(row.costUsd)
    expect(figures.quality).toBe(row.quality)
    expect(figures.rejected).toBe(row.rejected)
    expect(figures.costUsd).not.toBe(session.figures({ policy, moved: {} }).costUsd)
  })

  it('says in the file that it was chosen by hand, and of which one it was made', () => {
    const policy = SHIPPED.indexOf('heuristic.json')
    const { name, text } = policyDownload(session, { policy, moved: { 'boundary:0': 0.3 } })
    expect(name).toBe('heuristic-by-hand.json')
    const { file } = parsePolicy(JSON.parse(text))
    expect(file.parentId).toBe('heuristic')
    expect(file.description).toContain('not validated')
    expect(file.evidence).toMatchObject({
      chosenBy: 'hand',
      validated: false,
      parentContentHash: policies[policy]!.contentHash,
      logHash: log.tableFor(policies[policy]!).hash,
    })
  })

  it('bills at moved prices, the baseline too', () => {
    const policy = SHIPPED.indexOf('heuristic.json')
    const opus = 'anthropic/claude-opus-4.1'
    const before = session.figures({ policy, moved: {} })
    const doubled = { [`inputPrice:${opus}`]: 30, [`outputPrice:${opus}`]: 150 }
    const after = session.figures({ policy, moved: doubled })
    expect(after.baselineCostUsd! / before.baselineCostUsd!).toBeCloseTo(2, 6)
    expect(after.costUsd!).toBeGreaterThan(before.costUsd!)
    // The world it left is as it was.
    expect(session.figures({ policy, moved: {} })).toEqual(before)
  })

  it('leaves a model out of what was learned of all', () => {
    const move = { policy: SHIPPED.length, moved: { 'model:openai/gpt-5-mini': false } }
    const figures = session.figures(move)
    expect(figures.offered).toBe(20_000)
    expect(figures.costUsd).not.toBe(session.figures({ ...move, moved: {} }).costUsd)
  })

  it('keeps the first requests of a longer log, which go as they go in the whole one', () => {
    const cut = sessionOf(policies, 5000)
    const policy = SHIPPED.indexOf('worst-case-caps.json')
    expect(cut.replayable.offered).toBe(20_000)
    expect(cut.replayable.table.size).toBe(5000)
    const own = policies[policy]!
    const whole = replay(log.tableFor(own), own).steps
    const { table, features } = cut.replayable
    const { steps } = replay({ ...table, features: features(own.classifier.extractor.key) }, own)
    // The last calls of the cut are still in flight, and what is deferred there is woken by nobody.
    expect(steps.model.slice(0, 4900)).toEqual(whole.model.slice(0, 4900))
    expect(steps.costNanoUsd.slice(0, 4900)).toEqual(whole.costNanoUsd.slice(0, 4900))
  })

  it('holds no prompt, no id, and no name that nothing is grouped by', () => {
    const bytes = packReplayable({
      policies: [read('heuristic.json')],
      tableOf: (policy) => log.tableFor(policy),
      baseline: 0,
      settings: { seed: 7 },
      clusterLabels: ['session', 'user'],
      mostRequests: 50_000,
    })
    const text = Buffer.from(bytes).toString('latin1')
    expect(text).toContain('northwind')
    expect(text).not.toMatch(/cw-00001|sakura-s01|docstring for/)
  })
})
