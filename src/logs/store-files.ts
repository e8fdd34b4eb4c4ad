import { createHash } from 'node:crypto'
import { createReadStream, existsSync, openSync, readSync, closeSync, statSync } from 'node:fs'
import { StringDecoder } from 'node:string_decoder'
import { createGunzip } from 'node:zlib'
import { InputError } from '../core/errors.js'

/** Reading log files: gzip by its magic bytes, whatever the name; failures of a file named in people's words. */

const SAMPLE_BYTES = 256 * 1024
const SAMPLE_LINES = 20

export interface LogFile {
  readonly path: string
  readonly bytes: number
  readonly gzipped: boolean
}

/** @throws InputError when the file is missing, a folder, or not readable. */
export function statFile(path: string): LogFile {
  if (!existsSync(path)) throw new InputError(`there is no file ${path}`)
  const stat = statSync(path)
  if (stat.isDirectory()) throw new InputError(`${path} is a folder, not a file`)
  return { path, bytes: stat.size, gzipped: isGzipped(path) }
}

function isGzipped(path: string): boolean {
  try {
    const file = openSync(path, 'r')
    const magic = Buffer.alloc(2)
    readSync(file, magic, 0, 2, 0)
    closeSync(file)
    return magic[0] === 0x1f && magic[1] === 0x8b
  } catch (error) {
    throw readError(path, error)
  }
}

/** The file's bytes, unpacked. `onBytes` counts bytes as they lie on disk. */
export async function* chunks(
  file: LogFile,
  onBytes: (count: number) => void = () => {},
): AsyncGenerator<Buffer> {
  const raw = createReadStream(file.path, { highWaterMark: 1 << 18 })
  raw.on('data', (chunk) => onBytes(chunk.length))
  const gunzip = file.gzipped ? createGunzip({ chunkSize: 1 << 18 }) : undefined
  if (gunzip !== undefined) raw.on('error', (error) => gunzip.destroy(error))
  const stream = gunzip === undefined ? raw : raw.pipe(gunzip)
  try {
    for await (const chunk of stream) yield chunk as Buffer
  } catch (error) {
    throw readError(file.path, error)
  } finally {
    raw.destroy()
  }
}

/** The lines of a text file, without their ends. A byte order mark is dropped. */
export async function* lines(file: LogFile, onBytes?: (count: number) => void): AsyncGenerator<string[]> {
  const decoder = new StringDecoder('utf8')
  let rest = ''
  let first = true
  for await (const chunk of chunks(file, onBytes)) {
    let text = rest + decoder.write(chunk)
    if (first && text.length > 0) {
      first = false
      if (text.startsWith('\uFEFF')) text = text.slice(1)
    }
    const complete = text.split('\n')
    rest = complete.pop() ?? ''
    yield complete
  }
  rest += decoder.end()
  if (rest !== '') yield [rest]
}

/** The first lines, for telling the format. Blank lines are left out. */
export async function firstLines(file: LogFile): Promise<string[]> {
  const parts: Buffer[] = []
  let bytes = 0
  let ended = true
  for await (const chunk of chunks(file)) {
    parts.push(chunk)
    bytes += chunk.length
    if (bytes >= SAMPLE_BYTES) {
      ended = false
      break
    }
  }
  const found = Buffer.concat(parts)
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
  // The last line of a cut sample is only a part, unless it is all there is.
  if (!ended && found.length > 1) found.pop()
  return found.filter((line) => line.trim() !== '').slice(0, SAMPLE_LINES)
}

/** SHA-256 of the file's bytes as they lie on disk. */
export async function fileHash(file: LogFile): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of chunks({ ...file, gzipped: false })) hash.update(chunk)
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
  if (code === 'EACCES' || code === 'EPERM')
    return new InputError(`${path} may not be read (permission denied)`)
  if (code === 'EISDIR') return new InputError(`${path} is a folder, not a file`)
  return error
}
