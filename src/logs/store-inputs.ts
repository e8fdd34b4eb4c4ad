import { randomUUID } from 'node:crypto'
import { createWriteStream, existsSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { glob } from 'tinyglobby'
import { InputError } from '../core/errors.js'
import { statFile, type LogFile } from './store-files.js'

/** What people name as input, as files: a file, a folder, a pattern such as `logs/*.jsonl.gz`, or `-` for stdin. */
export interface Inputs {
  readonly files: readonly LogFile[]
  /** Files of folders that are no logs by their names. */
  readonly passedOver: readonly string[]
  /** Removes what was put aside for reading: stdin is read twice, first to tell its format. */
  dispose(): void
}

/** @throws InputError for what does not exist, and for folders and patterns without a log. */
export async function openInputs(paths: readonly string[], stdin: NodeJS.ReadableStream): Promise<Inputs> {
  const files: LogFile[] = []
  const passedOver: string[] = []
  const aside: string[] = []
  const dispose = (): void => aside.forEach((path) => rmSync(path, { force: true }))
  try {
    for (const path of paths) {
      if (path === '-') files.push(await keepAside(stdin, aside))
      else if (existsSync(path) && statSync(path).isDirectory()) {
        const { logs, others } = await filesOfFolder(path)
        files.push(...logs.map((log) => statFile(log)))
        passedOver.push(...others)
      } else if (!existsSync(path) && /[*?{[]/.test(path)) files.push(...(await matching(path)))
      else files.push(statFile(path))
    }
    return { files, passedOver, dispose }
  } catch (error) {
    dispose()
    throw error
  }
}

async function keepAside(stdin: NodeJS.ReadableStream, aside: string[]): Promise<LogFile> {
  if (aside.length > 0) throw new InputError('stdin (-) can be read only once')
  const path = join(tmpdir(), `tollgate-stdin-${randomUUID()}`)
  aside.push(path)
  await pipeline(stdin, createWriteStream(path, { mode: 0o600 }))
  return statFile(path, 'stdin')
}

const LOG_NAME = /\.(csv|json|jsonl|ndjson|parquet)(\.(gz|zst))?$/i

async function filesOfFolder(folder: string): Promise<{ logs: string[]; others: string[] }> {
  const found = await glob('**/*', { cwd: folder, expandDirectories: false })
  const paths = found.sort().map((name) => join(folder, name))
  const logs = paths.filter((path) => LOG_NAME.test(path))
  if (logs.length > 0) return { logs, others: paths.filter((path) => !LOG_NAME.test(path)) }
  throw new InputError(
    `${folder} holds no log: no .csv, .json, .jsonl, .ndjson or .parquet file, packed or not`,
  )
}

async function matching(pattern: string): Promise<LogFile[]> {
  const found = await glob(pattern.replaceAll('\\', '/'), {
    expandDirectories: false,
    absolute: pattern.startsWith('/'),
  })
  if (found.length === 0) throw new InputError(`no file matches ${pattern}`)
  return found.sort().map((path) => statFile(path))
}
