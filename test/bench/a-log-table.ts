import { BASES, type LogTable, type OutcomeColumns, type TextColumn } from '../../src/core/log-table.js'
import type { Model } from '../../src/core/model.js'
import type { Policy } from '../../src/core/policy.js'
import { createRandom, type Random } from '../../src/core/random.js'

const ORGS = 6
const USERS = 2000
/** Sessions of eight requests on average. */
const REQUESTS_A_SESSION = 8
/** 50,000 requests a day: what a team of this size sends. */
const MEAN_GAP_MS = 86_400_000 / 50_000
const START = Date.UTC(2026, 10, 2)

/**
 * A log as it lies in memory after loading, features stored, one outcome for every model on every request. Users come
 * with heavy tails (a few send most), sessions belong to one user, times are a Poisson process of 50,000 a day.
 */
export function aLogTable(size: number, policy: Policy): LogTable {
  const random = createRandom(11)
  const sessions = Math.ceil(size / REQUESTS_A_SESSION)
  const userOf = Int32Array.from({ length: sessions }, () => Math.floor(USERS * random.next() ** 3))
  const session = new Int32Array(size)
  const at = new Float64Array(size)
  let time = START
  for (let row = 0; row < size; row++) {
    time += -Math.log(1 - random.next()) * MEAN_GAP_MS
    at[row] = Math.floor(time)
    // Close to the row's own place: a session is a burst of requests, mixed with those of others.
    const place = row / REQUESTS_A_SESSION + 20 * (random.next() - 0.5)
    session[row] = Math.min(sessions - 1, Math.max(0, Math.floor(place)))
  }
  const user = session.map((one) => userOf[one] ?? 0)
  const input = integers(size, () => 200 + Math.floor(2800 * random.next() ** 3))
  return {
    path: 'bench.db',
    hash: 'bench',
    size,
    arrivals: 'logged',
    ids: Array.from({ length: size }, (_, row) => `request-${row}`),
    at,
    labels: {
      org: named(
        'org',
        ORGS,
        user.map((one) => one % ORGS),
      ),
      user: named('user', USERS, user),
      session: named('session', sessions, session),
    },
    priority: Uint8Array.from({ length: size }, () =>
      random.next() < 0.2 ? 0 : random.next() < 0.8 ? 1 : 2,
    ),
    inputTokensEstimate: input,
    inputTokensBound: input.map((tokens) => tokens * 4),
    maxOutputTokens: integers(size, () => (random.next() < 0.5 ? -1 : 2048)),
    needs: { values: ['["tools"]'], codes: integers(size, () => (random.next() < 0.3 ? 0 : -1)) },
    task: named(
      'task',
      9,
      integers(size, () => Math.floor(9 * random.next())),
    ),
    split: { values: [], codes: integers(size, () => -1) },
    features: policy.classifier.extractor.names.map(() => features(size, random)),
    assessedDifficulty: new Float64Array(size).fill(NaN),
    chosen: integers(size, () => policy.models.length - 1),
    propensity: new Float64Array(size).fill(1),
    outcomes: policy.models.map((model) => outcomesOf(model, input, random)),
  }
}

function integers(size: number, make: () => number): Int32Array {
  return Int32Array.from({ length: size }, make)
}

function named(name: string, count: number, codes: Int32Array): TextColumn {
  return { values: Array.from({ length: count }, (_, code) => `${name}-${code}`), codes }
}

/** Most signals are silent on most requests. */
function features(size: number, random: Random): Float64Array {
  return Float64Array.from({ length: size }, () => (random.next() < 0.6 ? 0 : random.next()))
}

function outcomesOf(model: Model, input: Int32Array, random: Random): OutcomeColumns {
  const size = input.length
  const outputTokens = integers(size, () => 20 + Math.floor(900 * random.next() ** 2))
  const { inputPico = 0, outputPico = 0 } = model.prices ?? {}
  return {
    model: model.id,
    basis: new Uint8Array(size).fill(BASES.indexOf('matrix')),
    costNanoUsd: Float64Array.from(outputTokens, (output, row) =>
      Math.ceil(((input[row] ?? 0) * inputPico + output * outputPico) / 1000),
    ),
    quality: Float64Array.from({ length: size }, () => (random.next() < 0.6 + 0.15 * model.tier ? 1 : 0)),
    inputTokens: input,
    outputTokens,
    cachedInputTokens: undefined,
    cacheWriteTokens: undefined,
    latencyMs: Float64Array.from(outputTokens, (output) => 400 + output * 10 * (1 + model.tier)),
  }
}
