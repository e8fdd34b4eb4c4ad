import { expect, it } from 'vitest'
import { readRecorded } from '../../src/logs/store-records.js'
import { openLog } from '../../src/logs/store.js'
import { extractor } from './measuring.js'
import { importLog, jsonl, load, workdir } from './workdir.js'

const dir = workdir()

const RECORD = {
  id: 'r1',
  at: Date.UTC(2026, 10, 2, 9),
  scope: { org: 'acme', user: 'u' },
  priority: 'high',
  features: { key: extractor.key, values: extractor.names.map((_, i) => i / 7) },
  inputTokensEstimate: 812,
  inputTokensBound: 830,
  maxOutputTokens: 1024,
  needs: ['tools'],
  task: 'docstring',
  chosen: 'm',
  propensity: 1,
  policyHash: 'sha256:1',
  assessment: { difficulty: 0.2 },
  outcomes: [
    { model: 'm', inputTokens: 812, outputTokens: 214, costUsd: 0.0283, latencyMs: 2100, basis: 'logged' },
  ],
  run: {
    life: 'a',
    seed: 1,
    deferrals: [{ seq: 3, at: 1793610000000, retryAt: 1793610001000, bindingPool: 'org' }],
    attempts: [
      {
        seq: 41,
        at: 1793610001000,
        reservationId: 'x',
        model: 'm',
        maxOutputTokens: 10,
        reservedNanoUsd: 5,
        reason: 'planned',
      },
    ],
  },
}

it('a decision log comes back as it was written, with its changes of policy', async () => {
  const change = { tollgateLog: 1, life: 'a', policyHash: 'sha256:2', seq: 50, at: 1793610002000 }
  const later = { ...RECORD, id: 'r0', at: RECORD.at + 1, scope: { org: 'b' } }
  const file = dir.file('d.jsonl', jsonl(later, RECORD, change, { id: 'no-run' }))
  await importLog({ log: dir.path('x.db'), files: [file] })
  const store = openLog(dir.path('x.db'))
  const lives = readRecorded(store)
  store.close()
  expect(lives).toHaveLength(1)
  expect(lives[0]!.records).toEqual([RECORD, later])
  expect(lives[0]!.changes).toEqual([{ life: 'a', policyHash: 'sha256:2', seq: 50, at: 1793610002000 }])
  expect(load(dir.path('x.db')).syntheticData).toBe(false)
})
