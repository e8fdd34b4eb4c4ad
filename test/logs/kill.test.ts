import { spawn } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { BUILT, runCli } from '../cli/built.js'
import { load, workdir } from './workdir.js'

const dir = workdir()
let dist = ''
beforeAll(() => {
  dist = BUILT
})

const ROWS = 120_000

/** A matrix long enough that the import spills to disk before it ends. */
function longMatrix(): string {
  const rows = ['query_id,task,model,quality,cost_usd,input_tokens,output_tokens']
  for (let i = 0; i < ROWS; i++) {
    rows.push(`query-with-a-long-name-${i >> 2},task,model-${i & 3},${i % 2},0.00${i},${i},${i}`)
  }
  return rows.join('\n')
}

/** A canonical log as long: every row is a request with its outcome. */
function longCanonical(): string {
  const rows = ['id,at,org,user,session,task,model,cost_usd,quality,output_tokens']
  for (let i = 0; i < ROWS; i++) {
    const at = new Date(Date.UTC(2026, 10, 2) + i * 1000).toISOString()
    rows.push(
      `request-${i},${at},o-${i % 7},u-${i % 500},s-${i >> 3},t,model-${i & 3},0.00${i},${i % 2},${i}`,
    )
  }
  return rows.join('\n')
}

/** Starts an import and kills it once the store has reached `bytes` on disk. False when it ended before that. */
function killAt(bytes: number, file: string, log: string): Promise<boolean> {
  return new Promise((done) => {
    const child = spawn(process.execPath, [join(dist, 'cli/main.js'), 'import', file, '--log', log])
    const timer = setInterval(() => {
      if (existsSync(log) && statSync(log).size >= bytes) child.kill('SIGKILL')
    }, 1)
    child.on('exit', (_, signal) => {
      clearInterval(timer)
      done(signal === 'SIGKILL')
    })
  })
}

describe('an import that is killed', () => {
  const files = { 'a matrix': longMatrix, 'a canonical log': longCanonical }
  it.each(Object.entries(files))('can be run again on %s', { timeout: 120_000 }, async (_, text) => {
    const file = dir.file('m.csv', text())
    const clean = dir.path('clean.db')
    expect((await runCli(dist, ['import', file, '--log', clean])).code).toBe(0)
    const finalBytes = statSync(clean).size

    const log = dir.path('killed.db')
    let killed = 0
    for (const share of [0, 0.3, 0.6]) if (await killAt(share * finalBytes, file, log)) killed++
    expect(killed).toBeGreaterThan(0)

    const again = await runCli(dist, ['import', file, '--log', log, '--json'])
    expect(JSON.parse(again.out)).toMatchObject({ read: ROWS, stored: ROWS, duplicates: 0, outcomes: ROWS })
    expect(load(log).hash).toBe(load(clean).hash)
  })

  it('leaves what an earlier import stored', { timeout: 120_000 }, async () => {
    const log = dir.path('x.db')
    const first = dir.file('first.csv', 'query_id,task,model,quality\nq1,t,m,1\n')
    await runCli(dist, ['import', first, '--log', log])
    const { hash } = load(log)
    expect(await killAt(5_000_000, dir.file('m.csv', longMatrix()), log)).toBe(true)
    const table = load(log)
    expect(table.size).toBe(1)
    expect(table.hash).toBe(hash)
  })
})
