import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { InputError } from '../../src/core/errors.js'
import { loadReplayable, loadRun, saveReplayable, saveRun, storedRuns } from '../../src/report/run-store.js'
import { aComparison } from '../builders/a-comparison.js'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tollgate-runs-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('stored runs', () => {
  it('come back as they were, by run id and by file', () => {
    const run = aComparison()
    const path = saveRun(run, join(folder, 'deep'))
    expect(loadRun(run.runId, join(folder, 'deep'))).toEqual(run)
    expect(loadRun(path)).toEqual(run)
    expect(readdirSync(join(folder, 'deep')).sort()).toEqual([
      `${run.runId}.json`,
      `${run.runId}.summary.json`,
    ])
    expect(storedRuns(join(folder, 'deep'))).toEqual([run.runId])
    expect(storedRuns(join(folder, 'nowhere'))).toEqual([])
  })

  it('keep what a report needs to replay the log beside them, and are listed once', () => {
    const run = aComparison()
    const bytes = Uint8Array.of(1, 2, 3)
    const path = saveRun(run, folder)
    expect(loadReplayable(run.runId, folder)).toBeUndefined()
    saveReplayable(path, bytes)
    expect(loadReplayable(run.runId, folder)).toEqual(Buffer.from(bytes))
    expect(loadReplayable(path)).toEqual(Buffer.from(bytes))
    expect(storedRuns(folder)).toEqual([run.runId])
    saveReplayable(path, undefined)
    expect(loadReplayable(path)).toBeUndefined()
  })

  it('are refused with the nearest run id, or with what there is', () => {
    saveRun(aComparison(), folder)
    expect(() => loadRun('sample-5f1c7b3x', folder)).toThrow(/did you mean sample-5f1c7b3a\?/)
    expect(() => loadRun('zzz', folder)).toThrow(/holds sample-5f1c7b3a/)
    expect(() => loadRun('zzz', join(folder, 'empty'))).toThrow(/holds no runs yet/)
  })

  it.each([
    ['{', /is not a stored run/],
    ['{"formatVersion":2}', /has format version 2; this version of Tollgate reads stored runs of version 1/],
    ['[]', /has no format version/],
    ['{"formatVersion":1,"runs":{}}', /runs: must be a list[\s\S]*log: must be an object/],
  ])('are refused when they are %s', (content, message) => {
    const path = join(folder, 'bad.json')
    writeFileSync(path, content)
    expect(() => loadRun(path)).toThrow(message)
    expect(() => loadRun(path)).toThrow(InputError)
  })

  it('never leave their folder by their id, and are not half written', () => {
    expect(() => saveRun({ ...aComparison(), runId: '../x' }, folder)).toThrow(RangeError)
    writeFileSync(join(folder, 'file'), '')
    expect(() => saveRun(aComparison(), join(folder, 'file'))).toThrow(InputError)
  })
})
