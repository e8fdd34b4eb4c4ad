import { createHash } from 'node:crypto'
import { createReadStream, existsSync, openSync, readSync, closeSync, statSync } from 'node:fs'
import { StringDecoder } from 'node:string_decoder'
import type { Transform } from 'node:stream'
import { InputError } from '../core/errors.js'
import { packingOf, unpacker, type Packing } from './store-packing.js'

/** Reading log files: gzip, zstd and Parquet by their magic bytes, whatever the name; failures in people's words. */

const SAMPLE_BYTES = 256 * 1024

export interface LogFile {
  /** Where its bytes are. */
  readonly path: string
  /** What people call it: the path, or `stdin`. */
  readonly name: string
  readonly bytes: number
  readonly packing: Packing
}

/** @throws InputError when the file is missing, a folder, or not readable. */
export function statFile(path: string, name: string = path): LogFile {
  if (!existsSync(path)) throw new InputError(`there is no file ${path}`)
  const stat = statSync(path)
  if (stat.isDirectory()) throw new InputError(`${path} is a folder, not a file`)
  return { path, name, bytes: stat.size, packing: packingOf(firstBytes(path)) }
}

function firstBytes(path: string): Buffer {
  try {
    const file = openSync(path, 'r')
    const magic = Buffer.alloc(4)
    readSync(file, magic, 0, 4, 0)
    closeSync(file)
    return magic
  } catch (error) {
    throw readError(path, error)
  }
}

/** The file's bytes, unpacked. `onBytes` counts bytes as they lie on disk. */
export async function* chunks(
  file: LogFile,
  onBytes: (count: number) => void = () => {},
): AsyncGenerator<Buffer> {
  const unpack: Transform | undefined = unpacker(file.packing, file.name)
  const raw = createReadStream(file.path, { highWaterMark: 1 << 18 })
  raw.on('data', (chunk) => onBytes(chunk.length))
  if (unpack !== undefined) raw.on('error', (error) => unpack.destroy(error))
  const stream = unpack === undefined ? raw : raw.pipe(unpack)
  try {
    for await (const chunk of stream) yield chunk as Buffer
  } catch (error) {
    throw readError(file.name, error)
  } finally {
    raw.destroy()
  }
}

/** The text of a file, in pieces as they come. A byte order mark is dropped. */
export async function* texts(file: LogFile, onBytes?: (count: number) => void): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8')
  let first = true
  for await (const chunk of chunks(file, onBytes)) {
    const text = decoder.write(chunk)
    yield first && text.startsWith('\uFEFF') ? text.slice(1) : text
    first &&= text.length === 0
  }
  yield decoder.end()
}

/** The lines of a text file, without their ends. */
export async function* lines(file: LogFile, onBytes?: (count: number) => void): AsyncGenerator<string[]> {
  let rest = ''
  for await (const text of texts(file, onBytes)) {
    const complete = (rest + text).split('\n')
    rest = complete.pop() ?? ''
    yield complete
  }
  if (rest !== '') yield [rest]
}

/** The beginning of a file's text, for telling the format. */
export async function firstText(file: LogFile): Promise<string> {
  const parts: Buffer[] = []
  let bytes = 0
  for await (const chunk of chunks(file)) {
    parts.push(chunk)
    bytes += chunk.length
    if (bytes >= SAMPLE_BYTES) {
      const text = Buffer.concat(parts).toString('utf8')
      // The last line of a cut sample is only a part, unless it is all there is.
      return text.slice(0, text.includes('\n') ? text.lastIndexOf('\n') : undefined)
    }
  }
  return Buffer.concat(parts).toString('utf8')
}

/** SHA-256 of the file's bytes as they lie on disk. */
export async function fileHash(file: LogFile): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of chunks({ ...file, packing: 'none' })) hash.update(chunk)
  return hash.digest('hex')
}

function readError(path: string, error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code === 'Z_BUF_ERROR') {
    return new InputError(
      `${path} is a truncated gzip file: it ends in the middle; copy or download it again`,
    )
  }
  if (code.startsWith('Z_'))
    return new InputError(`${path} is a damaged gzip file (${(error as Error).message})`)
  if (code.startsWith('ZSTD_'))
    return new InputError(`${path} is a damaged zstd file (${(error as Error).message})`)
  if (code === 'EACCES' || code === 'EPERM')
    return new InputError(`${path} may not be read (permission denied)`)
  if (code === 'EISDIR') return new InputError(`${path} is a folder, not a file`)
  return error
}
