import { readFileSync } from 'node:fs'
import { endianness } from 'node:os'
import { gunzipSync, gzipSync } from 'node:zlib'
import { InputError } from '../core/errors.js'
import type { Clusters } from '../metrics/clusters.js'
import type { RequestColumns } from '../metrics/request-columns.js'
import { writeFileAtomic } from './write-file.js'

const FORMAT_VERSION = 1
/** Half the time of the default for a few per cent more bytes. */
const GZIP_LEVEL = 3

interface Header {
  readonly formatVersion: number
  readonly endianness: string
  readonly logHash: string
  readonly requestsHash: string
  readonly size: number
  readonly clusters: readonly Omit<Clusters, 'of'>[]
  readonly runs: readonly {
    readonly policyId: string
    readonly contentHash: string
    /** Index of `clusters`: most runs share theirs. */
    readonly clusters: number
  }[]
}

/**
 * The columns as one compressed file: a line of JSON that says what follows, then the numbers as they lie in memory, the
 * clusters first, then served, cost and quality of each run.
 */
export function writeRequestColumns(path: string, columns: RequestColumns): void {
  const shared = distinctClusters(columns)
  const header: Header = {
    formatVersion: FORMAT_VERSION,
    endianness: endianness(),
    logHash: columns.logHash,
    requestsHash: columns.requestsHash,
    size: columns.size,
    clusters: shared.map(({ of: _of, ...rest }) => rest),
    runs: columns.runs.map(({ policyId, contentHash, clusters }) => ({
      policyId,
      contentHash,
      clusters: shared.findIndex((known) => isSame(known, clusters)),
    })),
  }
  const numbers = [
    ...shared.map(({ of }) => bytesOf(of)),
    ...columns.runs.flatMap(({ run }) => [run.served, run.costNanoUsd, run.quality].map(bytesOf)),
  ]
  const content = Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`), ...numbers])
  writeFileAtomic(path, gzipSync(content, { level: GZIP_LEVEL }))
}

/**
 * Null where the file is not there: the run was stored before such files were kept, or without one.
 * @throws InputError when it is there and cannot be read.
 */
export function readRequestColumns(path: string): RequestColumns | null {
  const packed = contentOf(path)
  if (packed === null) return null
  try {
    return decoded(gunzipSync(packed))
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new InputError(`${path} cannot be read: ${why}; replay the policies again to make it anew`)
  }
}

function contentOf(path: string): Buffer | null {
  try {
    return readFileSync(path)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw new InputError(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function decoded(content: Buffer): RequestColumns {
  const end = content.indexOf('\n')
  const header = JSON.parse(content.toString('utf8', 0, end)) as Header
  if (header.formatVersion !== FORMAT_VERSION) throw new Error(`format version ${header.formatVersion}`)
  if (header.endianness !== endianness()) throw new Error('written on a machine with another order of bytes')
  const { size } = header
  const take = reader(content, end + 1)
  const clusters = header.clusters.map((rest) => ({ ...rest, of: new Int32Array(take(4 * size)) }))
  const runs = header.runs.map(({ policyId, contentHash, clusters: index }) => {
    const own = clusters[index]
    if (own === undefined) throw new Error('it names clusters that it has not')
    const served = new Uint8Array(take(size))
    const costNanoUsd = new Float64Array(take(8 * size))
    const quality = new Float64Array(take(8 * size))
    return { policyId, contentHash, clusters: own, run: { size, served, costNanoUsd, quality } }
  })
  return { logHash: header.logHash, requestsHash: header.requestsHash, size, runs }
}

/** Gives the next bytes as a buffer of their own, since numbers must lie at multiples of their size. */
function reader(content: Buffer, start: number): (bytes: number) => ArrayBuffer {
  let at = start
  return (bytes) => {
    if (at + bytes > content.length) throw new Error('it is cut off')
    const part = new Uint8Array(bytes)
    part.set(content.subarray(at, at + bytes))
    at += bytes
    return part.buffer
  }
}

function bytesOf(values: Int32Array | Uint8Array | Float64Array): Buffer {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength)
}

function distinctClusters({ runs }: RequestColumns): Clusters[] {
  const found: Clusters[] = []
  for (const { clusters } of runs) if (!found.some((known) => isSame(known, clusters))) found.push(clusters)
  return found
}

function isSame(a: Clusters, b: Clusters): boolean {
  return a === b || (a.unit === b.unit && a.units === b.units && a.note === b.note && isEqual(a.of, b.of))
}

function isEqual(a: Int32Array, b: Int32Array): boolean {
  return a.length === b.length && a.every((value, row) => value === b[row])
}
