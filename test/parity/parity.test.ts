import { readdirSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import type { Decision } from '../../src/core/decision.js'
import type { LogRecord } from '../../src/core/log-record.js'
import type { Usage } from '../../src/core/usage.js'
import { parsePolicy, type Policy } from '../../src/core/policy.js'
import { draw } from '../../src/core/random.js'
import { parseDecisionLog, type RecordedLife } from '../../src/logs/decision-log.js'
import { storeFacts } from '../../src/logs/store-facts.js'
import { readRecorded } from '../../src/logs/store-records.js'
import { openLog } from '../../src/logs/store.js'
import { replayAsRecorded } from '../../src/replay/as-recorded.js'
import { decisionLine } from '../../src/router/decision-log.js'
import { createRouter } from '../../src/router/router.js'
import type { Router, SettleAnswer, SettleUsage } from '../../src/router/router-api.js'
import type { BudgetStore, StoreState } from '../../src/router/store.js'
import { memoryStore } from '../../src/router/stores/memory.js'
import { aLearnedSpec } from '../builders/a-learned-spec.js'
import { importLog, workdir } from '../logs/workdir.js'

/**
 * One core, two hosts: the runtime router over the shipped sample, with outcomes that arrive late, out of order, twice,
 * failed, aborted and never; then its decision log, fed as recorded to replay's state machine and ledger.
 */

const dir = workdir()
const SEED = 20261123
const SAMPLE = 'datasets/coding-week.jsonl.gz'

/** The first few places where two ledgers differ: a readable failure instead of two megabytes of JSON. */
function differences(a: unknown, b: unknown, path: string = ''): string[] {
  if (typeof a === 'object' && a !== null && typeof b === 'object' && b !== null) {
    const keys = new Set([...Object.keys(a), ...Object.keys(b)])
    const found: string[] = []
    for (const key of keys) {
      const [left, right] = [a, b].map((side) => (side as Record<string, unknown>)[key])
      found.push(...differences(left, right, `${path}.${key}`))
      if (found.length > 5) return found
    }
    return found
  }
  return Object.is(a, b) ? [] : [`${path}: ${String(a)} and ${String(b)}`]
}

interface SampleRequest extends LogRecord {
  readonly at: number
}

const sample: SampleRequest[] = gunzipSync(readFileSync(SAMPLE))
  .toString('utf8')
  .split('\n')
  .filter((line) => line.includes('"id"'))
  .map((line) => JSON.parse(line) as LogRecord & { at: string })
  .map((record) => ({ ...record, at: Date.parse(record.at) }))
  .sort((a, b) => a.at - b.at)

/** Things that will happen, in the order of virtual time. */
class Agenda {
  readonly #entries: { readonly at: number; readonly seq: number; readonly act: () => Promise<void> }[] = []
  #seq = 0
  now = 0

  plan(at: number, act: () => Promise<void>): void {
    const entry = { at, seq: this.#seq++, act }
    let low = 0
    let high = this.#entries.length
    while (low < high) {
      const middle = (low + high) >>> 1
      const other = this.#entries[middle]!
      if (other.at < at || (other.at === at && other.seq < entry.seq)) high = middle
      else low = middle + 1
    }
    this.#entries.splice(low, 0, entry)
  }

  async runUntil(time: number): Promise<void> {
    for (
      let next = this.#entries.at(-1);
      next !== undefined && next.at <= time;
      next = this.#entries.at(-1)
    ) {
      this.#entries.pop()
      this.now = Math.max(this.now, next.at)
      await next.act()
    }
  }
}

interface Drive {
  readonly router: Router
  readonly agenda: Agenda
  readonly counts: Record<string, number>
}

function chance(id: string, purpose: string): number {
  return draw(SEED, id, purpose)
}

function note({ counts }: Drive, what: string): void {
  counts[what] = (counts[what] ?? 0) + 1
}

async function ask(drive: Drive, record: SampleRequest): Promise<void> {
  const { id, scope, priority, maxOutputTokens, needs, messages, prompt, task } = record
  const decision = await drive.router.route({
    id,
    ...(messages === undefined ? { prompt: prompt ?? '' } : { messages }),
    ...(scope === undefined ? {} : { scope }),
    ...(priority === undefined ? {} : { priority }),
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
    ...(needs === undefined ? {} : { needs }),
    ...(task === undefined ? {} : { task }),
  })
  follow(drive, record, decision, 0)
}

function follow(drive: Drive, record: SampleRequest, decision: Decision, attempt: number): void {
  const { agenda } = drive
  note(drive, decision.kind)
  if (decision.kind === 'defer') agenda.plan(decision.retryAt, () => ask(drive, record))
  if (decision.kind === 'route') finishCall(drive, record, decision, attempt)
}

/** What becomes of a call, by lot: most are settled at their own time, the rest in every way that calls go wrong. */
function finishCall(
  drive: Drive,
  record: SampleRequest,
  decision: Extract<Decision, { kind: 'route' }>,
  attempt: number,
): void {
  const { agenda, router } = drive
  const { id } = record
  const lot = chance(`${id}#${attempt}`, 'ending')
  const latency = Math.floor(500 + 20_000 * chance(`${id}#${attempt}`, 'latency') ** 3)
  const outcome = record.outcomes?.find(({ model }) => model === decision.model)
  const usage = {
    inputTokens: outcome?.inputTokens ?? 500,
    outputTokens: Math.min(decision.maxOutputTokens, outcome?.outputTokens ?? 200),
  }
  const soon = agenda.now + latency
  const settled = decision.attempt === undefined ? usage : scoredUsage(id, decision.attempt, usage)
  if (lot < 0.8) {
    agenda.plan(soon, async () => climb(drive, record, await router.settle(id, settled), attempt))
  } else if (lot < 0.84) {
    note(drive, 'late')
    agenda.plan(agenda.now + 700_000 + latency, async () => void (await router.settle(id, settled)))
  } else if (lot < 0.87) {
    note(drive, 'lost')
  } else if (lot < 0.9) {
    note(drive, 'settledTwice')
    agenda.plan(soon, async () => climb(drive, record, await router.settle(id, settled), attempt))
    agenda.plan(soon + 50, async () => expect((await router.settle(id, settled)).status).toBe('duplicate'))
  } else if (lot < 0.93) {
    note(drive, 'aborted')
    agenda.plan(soon, async () => void (await router.abort(id, lot < 0.915 ? usage : undefined)))
  } else if (lot < 0.95) {
    note(drive, 'cancelled')
    agenda.plan(agenda.now + 5, async () => void (await router.cancel(id)))
  } else if (lot < 0.96) {
    note(drive, 'noUsage')
    const { attempt: own } = decision
    agenda.plan(soon, async () => {
      const answer = await router.settle(id, own === undefined ? undefined : { attempt: own })
      climb(drive, record, answer, attempt)
    })
  } else {
    note(drive, 'failed')
    agenda.plan(soon, async () => {
      const next = await router.fail(id, { retryable: lot < 0.99, ...(lot < 0.97 ? { usage } : {}) })
      if (next !== undefined) follow(drive, record, next, attempt + 1)
    })
  }
}

/** A score by lot, and how the answer ended. */
function scoredUsage(id: string, attempt: number, usage: Usage): SettleUsage {
  const score = chance(`${id}#${attempt}`, 'score')
  return { ...usage, score, finishReason: score < 0.1 ? 'length' : 'stop', refused: score < 0.05, attempt }
}

function climb(drive: Drive, record: SampleRequest, { next }: SettleAnswer, attempt: number): void {
  if (next === undefined) return
  note(drive, 'escalated')
  follow(drive, record, next, attempt + 1)
}

async function runtimeOverSample(
  policy: Policy,
  change?: Policy,
  store: BudgetStore = memoryStore({ rememberMs: 1e12 }),
  requests: readonly SampleRequest[] = most,
): Promise<{ lines: string; state: StoreState['ledger']; counts: Record<string, number> }> {
  const lines: string[] = []
  const agenda = new Agenda()
  const router = await createRouter(policy, {
    store,
    now: () => agenda.now,
    onDecision: (record) => lines.push(decisionLine(record)),
    assess: async ({ id = '' }) => {
      const lot = chance(id, 'assess')
      if (lot < 0.1) throw new Error('down')
      return { difficulty: chance(id, 'difficulty'), ...(lot < 0.2 ? {} : { costUsd: 0.0005 + 0.001 * lot }) }
    },
  })
  const drive: Drive = { router, agenda, counts: {} }
  const changeAt = change === undefined ? -1 : Math.floor(requests.length / 2)
  for (const [index, record] of requests.entries()) {
    await agenda.runUntil(record.at)
    agenda.now = Math.max(agenda.now, record.at)
    if (index === changeAt && change !== undefined) await router.replacePolicy(change)
    await ask(drive, record)
  }
  await agenda.runUntil(Infinity)
  await router.close()
  return { lines: lines.join('\n'), state: (await router.save()).ledger, counts: drive.counts }
}

function preset(name: string): Policy {
  return parsePolicy(JSON.parse(readFileSync(`policies/${name}`, 'utf8')))
}

const presets = readdirSync('policies').filter((name) => name.endsWith('.json') && name !== 'tuned.json')

/** Every classifier and selector that presets have not, over the budgets of one. */
function learnedPolicies(): [name: string, policy: Policy][] {
  const json = JSON.parse(readFileSync('policies/worst-case-caps.json', 'utf8')) as Record<string, unknown>
  const { models, file } = preset('worst-case-caps.json')
  const spec = aLearnedSpec(models.map(({ id }) => id))
  const learned = { kind: 'learned', learned: spec }
  const heuristic = file.classifier.kind === 'heuristic' ? file.classifier.heuristic : undefined
  const inside = { ...learned, tierBoundaries: file.tierBoundaries }
  const hybrid = { kind: 'hybrid', boundaryMargin: 0.05, heuristic, inside }
  const utility = { selector: { kind: 'utility', costWeight: 20 } }
  const { contentHash: _, ...rest } = json
  return [
    ['learned', parsePolicy({ ...rest, classifier: learned })],
    ['hybrid', parsePolicy({ ...rest, classifier: hybrid })],
    ['utility', parsePolicy({ ...rest, classifier: learned, ...utility })],
    ['exploring', parsePolicy({ ...rest, exploration: { epsilon: 0.3, exclude: ['critical', 'high'] } })],
    ...cascades(rest, learned),
    ...services(rest),
  ]
}

/** One that goes by the caller's scores, in a tight budget so that escalations are refused; one that goes by signs. */
function cascades(rest: object, learned: object): [name: string, policy: Policy][] {
  const { models, budgets } = preset('worst-case-caps.json').file
  const [first, second, third] = [0, 1, 2].map(
    (tier) => models.find((model) => model.tier === tier)?.id ?? '',
  )
  const rungs = [
    { model: first, accept: 0.5, skipBelow: 0.2 },
    { model: second, accept: 0.4 },
    { model: third },
  ]
  const weights = { intercept: -1, success: 1, meanSuccess: 0.7, typicalOutputTokens: 200, length: -0.5 }
  const more = { lengthSquared: 0, cut: -3, filtered: 0, refused: -5, agreement: 0 }
  const acceptance = [first, second].map((id) => ({ id, ...weights, ...more }))
  const external = { kind: 'external', costUsd: 0.0001, latencyMs: 200 }
  const tight = budgets.map((budget) => ({ ...budget, maxBudget: (budget.maxBudget ?? 1) / 4 }))
  const cascade = (scorer: object): object => ({ selector: { kind: 'cascade', rungs, scorer } })
  return [
    ['cascade', parsePolicy({ ...rest, budgets: tight, ...cascade(external) })],
    [
      'cascade by signs',
      parsePolicy({ ...rest, classifier: learned, ...cascade({ kind: 'acceptance', models: acceptance }) }),
    ],
  ]
}

/** Deferred where a tight day is used up, so that requests wake to another hint than the one they came with. */
function pacedPolicy(pacedBy: 'org-day' | 'team-drip'): Policy {
  const json = JSON.parse(readFileSync('policies/priority-reserve.json', 'utf8')) as Record<string, unknown>
  const { models } = preset('priority-reserve.json')
  const { contentHash: _, ...rest } = json
  return parsePolicy({
    ...rest,
    classifier: { kind: 'learned', learned: aLearnedSpec(models.map(({ id }) => id)) },
    selector: { kind: 'paced', budget: pacedBy, costWeight: 5 },
    onExceed: { low: 'defer', normal: 'defer', high: 'downgrade' },
  })
}

/** Every prompt is long enough to be cached, a user's requests are one session, and prices lie so near that caches decide. */
function cachingPolicy(mode: 'penalty' | 'pin'): Policy {
  const { contentHash: _, ...rest } = preset('priority-reserve.json').file
  const models = rest.models.map((model, index) => {
    const pricing = {
      promptPer1m: 1 + index / 10,
      completionPer1m: 0.5,
      cachedInputPer1m: 0.1,
      cacheWritePer1m: 1.5 + index / 10,
    }
    return { ...model, pricing, promptCache: { minTokens: 1, ttlMs: 3_600_000 } }
  })
  return parsePolicy({
    ...rest,
    models,
    sessionAffinity: { scope: 'user', mode },
    onExceed: { low: 'defer', normal: 'defer', high: 'downgrade' },
  })
}

function withoutHints(log: RecordedLife, name: 'budgetHint' | 'cacheHint'): RecordedLife {
  const bare = JSON.stringify(log, (key, value: unknown) => (key === name ? undefined : value))
  return JSON.parse(bare) as RecordedLife
}

/** Its money is gone before its requests are: what a day can tell. */
const upTo = (days: number): readonly SampleRequest[] =>
  sample.filter(({ at }) => at < (sample[0]?.at ?? 0) + days * 24 * 3_600_000)
const firstDay = upTo(1)
/** `TOLLGATE_FULL=1`: the whole week. A day and the first hours of the next have a boundary of every daily window, and every kind of ending. */
const most = process.env['TOLLGATE_FULL'] === undefined ? upTo(1.1) : sample

function hintsOf(log: RecordedLife): { readonly asked: number; readonly hints: readonly unknown[] } {
  const asked = log.records.flatMap(({ run }) => [...run!.attempts, ...run!.deferrals])
  return { asked: asked.length, hints: asked.flatMap(({ budgetHint }) => budgetHint ?? []) }
}

/** Every request is assessed, and those near a boundary; budgets so tight that some cannot be paid for. */
function services(rest: object): [name: string, policy: Policy][] {
  const { budgets } = preset('worst-case-caps.json').file
  const tight = budgets.map((budget) => ({ ...budget, maxBudget: (budget.maxBudget ?? 1) / 5 }))
  const service = { kind: 'service', maxCostUsd: 0.002, timeoutMs: 60_000 }
  return [
    ['service', parsePolicy({ ...rest, budgets: tight, classifier: service })],
    [
      'service inside a hybrid',
      parsePolicy({ ...rest, classifier: { kind: 'hybrid', boundaryMargin: 0.1, inside: service } }),
    ],
  ]
}

function expectSame(
  { mismatches, ledger }: ReturnType<typeof replayAsRecorded>,
  state: StoreState['ledger'],
): void {
  expect(mismatches.slice(0, 3)).toEqual([])
  expect(differences(JSON.parse(JSON.stringify(ledger)), JSON.parse(JSON.stringify(state)))).toEqual([])
}

describe('the runtime and replay decide the same', () => {
  it.each(learnedPolicies())('%s: the decision log replayed as recorded', async (name, policy) => {
    const store = memoryStore({ rememberMs: 1e12 })
    const { lines, state, counts } = await runtimeOverSample(policy, undefined, store)
    expect(counts['route']).toBeGreaterThan(1000)
    if (policy.selector.ladder !== undefined) expect(counts['escalated']).toBeGreaterThan(100)
    const replayed = replayAsRecorded(parseDecisionLog(lines, name), [policy])
    expect(replayed.requests).toBe(most.length)
    expectSame(replayed, state)
  })

  it.each(['org-day', 'team-drip'] as const)(
    'paced by %s: the decision log replayed as recorded, with what was told of the budget',
    async (budget) => {
      const policy = pacedPolicy(budget)
      const store = memoryStore({ rememberMs: 1e12 })
      const { lines, state, counts } = await runtimeOverSample(policy, undefined, store, firstDay)
      expect(counts['defer']).toBeGreaterThan(100)
      const [log] = parseDecisionLog(lines, budget) as [RecordedLife]
      const { asked, hints } = hintsOf(log)
      expect(hints.length).toBe(asked)
      expect(new Set(hints.map((hint) => JSON.stringify(hint))).size).toBeGreaterThan(1000)
      expectSame(replayAsRecorded([log], [policy]), state)
      // It is the hints that tell: without them the log leads elsewhere.
      const bare = withoutHints(log, 'budgetHint')
      expect(replayAsRecorded([bare], [policy]).mismatches.length).toBeGreaterThan(100)
    },
  )

  it.each(['penalty', 'pin'] as const)(
    'prompt caches, %s: the decision log replayed as recorded, and from a log store, with what was known of the caches',
    async (mode) => {
      const policy = cachingPolicy(mode)
      const { lines, state, counts } = await runtimeOverSample(
        policy,
        undefined,
        memoryStore({ rememberMs: 1e12 }),
        firstDay,
      )
      expect(counts['late']).toBeGreaterThan(10)
      const [log] = parseDecisionLog(lines, mode) as [RecordedLife]
      const asked = log.records.flatMap(({ run }) => run!.attempts)
      const hints = asked.flatMap(({ cacheHint }) => cacheHint ?? [])
      expect(hints.filter(({ cachedTokens }) => Object.keys(cachedTokens).length > 0).length).toBeGreaterThan(
        100,
      )
      expect(hints.filter(({ pinned }) => pinned !== undefined).length > 100).toBe(mode === 'pin')
      expectSame(replayAsRecorded([log], [policy]), state)
      const bare = withoutHints(log, 'cacheHint')
      expect(replayAsRecorded([bare], [policy]).mismatches.length).toBeGreaterThan(100)
      const store = dir.path(`caches-${mode}.db`)
      await importLog({ log: store, files: [dir.file(`caches-${mode}.jsonl`, lines)] })
      const opened = openLog(store)
      const lives = readRecorded(opened)
      opened.close()
      expectSame(replayAsRecorded(lives, [policy]), state)
    },
  )

  it('paced, on a store whose answers are kept for a while: from a log store, too', async () => {
    const policy = pacedPolicy('org-day')
    const inner = memoryStore({ rememberMs: 1e12 })
    let uses = 0
    const store: BudgetStore = { ...inner, shared: true, use: (pool) => (uses++, inner.use(pool)) }
    const { lines, state } = await runtimeOverSample(policy, undefined, store, firstDay)
    const log = dir.path('paced.db')
    await importLog({ log, files: [dir.file('paced.jsonl', lines)] })
    const opened = openLog(log)
    const lives = readRecorded(opened)
    opened.close()
    expectSame(replayAsRecorded(lives, [policy]), state)
    expect(uses).toBeGreaterThan(1000)
  })

  it.each(presets)('%s: the decision log replayed as recorded', async (name) => {
    const policy = preset(name)
    const { lines, state, counts } = await runtimeOverSample(policy)
    for (const what of [
      'route',
      'late',
      'lost',
      'settledTwice',
      'aborted',
      'cancelled',
      'noUsage',
      'failed',
    ]) {
      expect(counts[what], what).toBeGreaterThan(30)
    }
    const replayed = replayAsRecorded(parseDecisionLog(lines, name), [policy])
    expect(replayed.requests).toBe(most.length)
    expectSame(replayed, state)
  })

  it('holds when the policy is replaced in the middle', async () => {
    const [before, after] = [preset('worst-case-caps.json'), preset('priority-reserve.json')]
    const { lines, state } = await runtimeOverSample(before, after)
    const replayed = replayAsRecorded(parseDecisionLog(lines, 'changed'), [before, after])
    expectSame(replayed, state)
  })

  it('leaves the same counts and held reservations as the default store, which forgets ended ones', async () => {
    const policy = preset('worst-case-caps.json')
    const { lines, state } = await runtimeOverSample(policy, undefined, memoryStore())
    const { ledger } = replayAsRecorded(parseDecisionLog(lines, 'default'), [policy])
    expect(state.reservations.length).toBeLessThan(ledger.reservations.length)
    const kept = (one: StoreState['ledger']): unknown =>
      JSON.parse(
        JSON.stringify({
          slots: one.slots,
          held: one.reservations.filter(({ status }) => status === 'held'),
        }),
      )
    expect(differences(kept(ledger), kept(state))).toEqual([])
  })

  it('holds from a log store, where each line of a request adds to the one before', async () => {
    const policy = preset('priority-reserve.json')
    const { lines, state } = await runtimeOverSample(policy)
    const log = dir.path('decisions.db')
    await importLog({ log, files: [dir.file('decisions.jsonl', lines)] })
    const store = openLog(log)
    const [lives, { conflicts }] = [readRecorded(store), storeFacts(store)]
    store.close()
    const replayed = replayAsRecorded(lives, [policy])
    expect({ conflicts, requests: replayed.requests }).toEqual({ conflicts: 0, requests: most.length })
    expectSame(replayed, state)
  })

  it('notices when a recorded decision was not the one that code and policy make', async () => {
    const policy = preset('heuristic.json')
    const { lines } = await runtimeOverSample(policy)
    const [log] = parseDecisionLog(lines, 'heuristic') as [RecordedLife]
    const forged = log.records.map((record, index) =>
      index === 7
        ? {
            ...record,
            run: { ...record.run!, attempts: record.run!.attempts.map((a) => ({ ...a, model: 'other' })) },
          }
        : record,
    )
    const { mismatches } = replayAsRecorded([{ ...log, records: forged }], [policy])
    expect(mismatches.map(({ field }) => field)).toContain('model')
  })
})
