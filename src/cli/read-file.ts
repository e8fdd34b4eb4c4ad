import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { InputError } from '../core/errors.js'

/** A whole file, unpacked when it is gzipped. @throws InputError when it cannot be read. */
export function readText(path: string): string {
  const bytes = readBytes(path)
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes.toString('utf8')
  try {
    return gunzipSync(bytes).toString('utf8')
  } catch (error) {
    throw new InputError(`${path} is not a whole gzip file: ${(error as Error).message}`)
  }
}

/** @throws InputError when the file cannot be read. */
export function readBytes(path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (error) {
    const missing = (error as { code?: string }).code === 'ENOENT'
    throw new InputError(
      missing ? `${path} does not exist` : `${path} cannot be read: ${(error as Error).message}`,
    )
  }
}
