import type { Transform } from 'node:stream'
import * as zlib from 'node:zlib'
import { InputError } from '../core/errors.js'

/** How a file's bytes are packed; Parquet unpacks itself. */
export type Packing = 'none' | 'gzip' | 'zstd' | 'parquet'

/** By the first four bytes, whatever the name. */
export function packingOf(magic: Buffer): Packing {
  if (magic[0] === 0x1f && magic[1] === 0x8b) return 'gzip'
  if (magic.equals(Buffer.from([0x28, 0xb5, 0x2f, 0xfd]))) return 'zstd'
  return magic.toString('latin1') === 'PAR1' ? 'parquet' : 'none'
}

const CHUNK = { chunkSize: 1 << 18 }

/** Node's own zstd is newer than the oldest Node that we support. */
type Unpack = (options: { chunkSize: number }) => Transform
const zstd = (zlib as { createZstdDecompress?: Unpack }).createZstdDecompress

/** The stream that unpacks a file's bytes. @throws InputError where this Node cannot. */
export function unpacker(packing: Packing, path: string): Transform | undefined {
  if (packing === 'gzip') return zlib.createGunzip(CHUNK)
  if (packing !== 'zstd') return undefined
  if (zstd !== undefined) return zstd(CHUNK)
  throw new InputError(
    `${path} is packed with zstd, which Node reads from 22.15 and 23.8 on (this is ${process.version}): unpack it first (zstd -d) or use a newer Node`,
  )
}
