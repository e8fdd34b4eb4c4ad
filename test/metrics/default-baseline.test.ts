import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readBaseline } from '../../src/cli/baseline.js'
import { sealPolicy } from '../../src/core/policy.js'
import { aBudget, aPolicyFile } from '../builders/a-policy.js'
import { anOutcome, aTable } from './builders.js'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tollgate-baseline-'))
})
afterAll(() => rm(folder, { recursive: true }))

const table = aTable({ outcomes: [anOutcome('small', [1, 1], 1)] })

async function baselineFile(parts: Parameters<typeof aPolicyFile>[0]) {
  const path = join(folder, 'baseline.json')
  await writeFile(path, JSON.stringify(sealPolicy({ ...aPolicyFile(parts) })))
  return readBaseline(path, table, [])
}

describe('a baseline from a file', () => {
  it('is uncapped, and its budgets make the second row', async () => {
    const { policy, capped, label } = await baselineFile({ budgets: [aBudget('org', 1)] })
    expect(policy).toMatchObject({ policyId: 'test (uncapped)', budgets: [], sealed: false })
    expect(capped).toMatchObject({ policyId: 'test', sealed: true })
    expect(capped!.budgets).toHaveLength(1)
    expect(label).toBe('test')
  })

  it('without budgets is itself', async () => {
    const { policy, capped } = await baselineFile({})
    expect(policy).toMatchObject({ policyId: 'test', sealed: true })
    expect(capped).toBeUndefined()
  })
})

describe('a baseline that nobody named', () => {
  const ones = (size: number) => Array.from({ length: size }, () => 1)

  it('is the model called most often', async () => {
    const log = aTable({
      outcomes: [anOutcome('a', [1, 1, 1], 1), anOutcome('b', [0, 0, 0], 1)],
      chosen: Int32Array.from([1, 0, 1]),
    })
    expect((await readBaseline(undefined, log, [])).label).toBe('b')
  })

  it('is not a model known on a few requests that it answered well', async () => {
    const log = aTable({
      outcomes: [
        anOutcome('few', [1, ...ones(19).map(() => NaN)], 1),
        anOutcome(
          'good',
          ones(20).map((_, row) => (row < 15 ? 1 : 0)),
          1,
        ),
        anOutcome(
          'bad',
          ones(20).map((_, row) => (row < 5 ? 1 : 0)),
          1,
        ),
      ],
    })
    const { label, rule } = await readBaseline(undefined, log, [])
    expect(label).toBe('good')
    expect(rule).toContain('known on at least 95 % of the requests')
  })

  it('compares models on the requests that all of them know', async () => {
    // Without its hard request, b has the better mean; on the nineteen common ones a is right once more.
    const log = aTable({
      outcomes: [
        anOutcome(
          'a',
          ones(20).map((_, row) => (row < 2 ? 0 : 1)),
          1,
        ),
        anOutcome(
          'b',
          ones(20).map((_, row) => (row === 0 ? NaN : row < 3 ? 0 : 1)),
          1,
        ),
      ],
    })
    expect((await readBaseline(undefined, log, [])).label).toBe('a')
  })

  it('is the best covered model where none is widely known, and asks for a name', async () => {
    const log = aTable({
      outcomes: [anOutcome('a', [1, NaN, NaN, NaN], 1), anOutcome('b', [NaN, 0, 0, NaN], 1)],
    })
    const { label, rule } = await readBaseline(undefined, log, [])
    expect(label).toBe('b')
    expect(rule).toContain('name one with --baseline')
  })
})
