import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRandom } from '../../src/core/random.js'
import { aBudget, aModel, aPolicyFile } from '../builders/a-policy.js'
import { jsonl } from '../logs/workdir.js'
import { BUILT, runCli, type Finished } from './built.js'

const folder = mkdtempSync(join(tmpdir(), 'tollgate-gate-'))
const path = (name: string): string => join(folder, name)

/** `old` and `new` are right as often and on other requests now and then; `worse` is right less often; `new` costs a third. */
function matrix(requests: number): string {
  const random = createRandom(5)
  const outcome = (model: string, isRight: boolean, costUsd: number): object => ({
    model,
    costUsd: costUsd * (0.5 + random.next()),
    quality: isRight ? 1 : 0,
    inputTokens: 100,
    outputTokens: 50,
  })
  return jsonl(
    ...Array.from({ length: requests }, (_, index) => {
      const isRight = random.next() < 0.8
      const differs = random.next()
      return {
        id: `r${index}`,
        at: new Date(Date.UTC(2026, 10, 2) + index * 60_000).toISOString(),
        prompt: `question ${index}`,
        outcomes: [
          outcome('old', isRight, 0.03),
          outcome('new', differs < 0.01 ? !isRight : isRight, 0.01),
          outcome('worse', isRight && differs > 0.1, 0.01),
        ],
      }
    }),
  )
}

describe('tollgate gate', { timeout: 120_000 }, () => {
  beforeAll(async () => {
    for (const [name, requests] of [
      ['many', 6000],
      ['few', 300],
    ] as const) {
      writeFileSync(path(`${name}.jsonl`), matrix(requests))
      const imported = await runCli(BUILT, ['import', path(`${name}.jsonl`), '--log', path(`${name}.db`)])
      expect(imported.code, imported.err).toBe(0)
    }
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  const gate = (log: string, candidate: string, ...more: readonly string[]): Promise<Finished> =>
    runCli(BUILT, ['gate', '--log', path(log), '--policy', candidate, '--against', 'model:old', ...more])

  it('passes what is as good and cheaper: 0, a reason first, JUnit and a step summary', async () => {
    process.env['GITHUB_STEP_SUMMARY'] = path('summary.md')
    const { code, out, err } = await gate('many.db', 'model:new', '--junit', path('gate.xml'))
    delete process.env['GITHUB_STEP_SUMMARY']
    expect(code, err).toBe(0)
    expect(out).toMatch(/^PASS: quality changes by/)
    expect(readFileSync(path('gate.xml'), 'utf8')).toMatch(/tests="2" failures="0" errors="0"/)
    expect(readFileSync(path('summary.md'), 'utf8')).toContain('### Tollgate: ')
    expect(err).toContain('JUnit XML written to')
  })

  it('fails what is worse: 1, and the JSON says by how much', async () => {
    const { code, out } = await gate('many.db', 'model:worse', '--json')
    expect(code).toBe(1)
    const result = JSON.parse(out) as {
      verdict: string
      qualityDelta: number
      qualityDeltaCi: [number, number]
      reason: string
    }
    expect(result.verdict).toBe('fail')
    expect(result.qualityDelta).toBeLessThan(-0.06)
    expect(result.qualityDeltaCi[1]).toBeLessThan(-0.01)
    expect(result.reason).toMatch(/^FAIL: quality changes by/)
  })

  it('is open where too little is known: 3, with the requests it would take', async () => {
    const { code, out } = await gate('few.db', 'model:new', '--json')
    expect(code).toBe(3)
    const result = JSON.parse(out) as { verdict: string; neededRequests: number }
    expect(result.verdict).toBe('inconclusive')
    expect(result.neededRequests).toBeGreaterThan(300)
  })

  it('takes policy files under their own budgets, and a policy against itself passes', async () => {
    const models = ['old', 'new'].map((id, tier) => aModel(id, tier, { inputUsd: 1, outputUsd: 2 }))
    const file = aPolicyFile({ models, budgets: [aBudget('org', 1000)] })
    writeFileSync(path('policy.json'), JSON.stringify(file))
    const { code, out, err } = await runCli(BUILT, [
      ...[
        'gate',
        '--log',
        path('many.db'),
        '--policy',
        path('policy.json'),
        '--against',
        path('policy.json'),
      ],
    ])
    expect(code, err + out).toBe(0)
    expect(out).toContain('decide by the same rules')
  })

  it.each([
    ['--max-quality-drop', '2', 'must be a fraction from 0 to 1'],
    ['--max-cost-rise', '-1', 'must be a share above -1'],
    ['--where', 'task=nothing', 'no request'],
  ])('%s %s is refused, and nothing is written', async (option, value, message) => {
    const { code, out, err } = await gate(
      'many.db',
      'model:new',
      `${option}=${value}`,
      '--junit',
      path('no.xml'),
    )
    expect(code).toBe(2)
    expect(err).toContain(message)
    expect(out).toBe('')
    expect(existsSync(path('no.xml'))).toBe(false)
  })
})
