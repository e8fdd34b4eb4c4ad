import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { aPolicyFile } from '../builders/a-policy.js'
import { BUILT, runCli, type Finished } from './built.js'

const folder = mkdtempSync(join(tmpdir(), 'tollgate-explain-'))
let dist = ''

const explain = (parts: Parameters<typeof aPolicyFile>[0], ...more: readonly string[]): Promise<Finished> => {
  const path = join(folder, 'policy.json')
  writeFileSync(path, JSON.stringify(aPolicyFile(parts)))
  return runCli(dist, ['explain', '--policy', path, '--prompt', 'What is 2 + 2?', ...more])
}

describe('tollgate explain', { timeout: 60_000 }, () => {
  beforeAll(() => {
    dist = BUILT
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('tells the ladder of a cascade', async () => {
    const rungs = [{ model: 'small', accept: 0.8 }, { model: 'large' }]
    const { out, code, err } = await explain({
      selector: { kind: 'cascade', rungs, scorer: { kind: 'external' } },
    })
    expect(code, err).toBe(0)
    expect(out).toContain('route to small')
    expect(out).toContain('A cascade (scorer: external): small if it scores 0.8 or more, else large.')
  })

  it('asks no service, and says so', async () => {
    const { out, code, err } = await explain({
      classifier: { kind: 'service', name: 'judge', maxCostUsd: 0.001 },
    })
    expect(code, err).toBe(0)
    expect(out).toContain('The service judge is not asked here')
    expect(JSON.parse((await explain({}, '--json')).out)).toMatchObject({ decision: { model: 'small' } })
  })
})
