import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { InputError } from '../../src/core/errors.js'
import { describe as clustersOf } from '../../src/metrics/clusters.js'
import type { RequestColumns, RunColumns } from '../../src/metrics/request-columns.js'
import { readRequestColumns, writeRequestColumns } from '../../src/report/request-columns-store.js'

let path = ''
let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tollgate-columns-'))
  path = join(folder, 'a.requests.gz')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function aRun(policyId: string, unit: string): RunColumns {
  return {
    policyId,
    contentHash: `sha256:${policyId}`,
    run: {
      size: 3,
      served: Uint8Array.of(1, 0, 1),
      costNanoUsd: Float64Array.of(12_345_678_901, 0, NaN),
      quality: Float64Array.of(0.1, NaN, 1),
    },
    clusters: clustersOf(unit, Int32Array.of(0, 1, 0)),
  }
}
const COLUMNS: RequestColumns = {
  logHash: 'sha256:log',
  requestsHash: 'ids',
  size: 3,
  runs: [aRun('a\n"b', 'sessions'), aRun('b', 'windows'), aRun('c', 'sessions')],
}

describe('stored columns', () => {
  it('come back as they were, to the last bit', () => {
    writeRequestColumns(path, COLUMNS)
    expect(readRequestColumns(path)).toEqual(COLUMNS)
  })

  it('are the same bytes for the same run, with clusters that runs share kept once', () => {
    writeRequestColumns(path, COLUMNS)
    const bytes = readFileSync(path)
    writeRequestColumns(path, COLUMNS)
    expect(readFileSync(path)).toEqual(bytes)
    const content = gunzipSync(bytes)
    const numbers = content.length - content.indexOf('\n') - 1
    expect(numbers).toBe(2 * 3 * 4 + 3 * 3 * (1 + 8 + 8))
  })

  it('are null where there are none', () => expect(readRequestColumns(join(folder, 'none'))).toBeNull())

  it.each([
    ['no gzip', () => Buffer.from('x')],
    ['cut off', (content: Buffer) => gzipSync(content.subarray(0, content.length - 4))],
    [
      'of another version',
      (content: Buffer) =>
        gzipSync(content.toString('latin1').replace('"formatVersion":1', '"formatVersion":9')),
    ],
    ['no JSON', () => gzipSync('{\n')],
  ])('are refused when they are %s, with the way out', (_, spoil) => {
    writeRequestColumns(path, COLUMNS)
    writeFileSync(path, spoil(gunzipSync(readFileSync(path))))
    expect(() => readRequestColumns(path)).toThrow(InputError)
    expect(() => readRequestColumns(path)).toThrow(/cannot be read: .*; replay the policies again/)
  })
})
