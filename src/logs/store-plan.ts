import { basename } from 'node:path'
import type { LogFormat } from './formats/format.js'
import type { QualityOf } from './formats/quality-rules.js'
import { detectFormat, formatByName } from './formats/registry.js'
import { sampleOf, sampleOfCells, type Sample } from './formats/sample.js'
import { firstText, type LogFile } from './store-files.js'
import { parquetRows } from './store-parquet.js'
import type { RowSource } from './store-rows.js'

export interface PlanOptions {
  /** A format's name, or `auto`. */
  readonly format?: string | undefined
  readonly mapped?: LogFormat | undefined
  readonly quality: QualityOf
  readonly rates?: ReadonlyMap<string, number> | undefined
}

/** How a file will be read. @throws InputError when no format fits it. */
export async function planFile(file: LogFile, options: PlanOptions): Promise<RowSource> {
  const sample = await sampleFile(file)
  return {
    file,
    writing: file.packing === 'parquet' ? 'parquet' : sample.writing,
    format: options.mapped ?? named(options.format) ?? detectFormat(file.name, sample),
    options: {
      source: sourceName(file.name),
      quality: options.quality,
      ...(options.rates !== undefined && { rates: options.rates }),
    },
  }
}

function named(format: string | undefined): LogFormat | undefined {
  return format === undefined || format === 'auto' ? undefined : formatByName(format)
}

async function sampleFile(file: LogFile): Promise<Sample> {
  if (file.packing !== 'parquet') return sampleOf(await firstText(file))
  for await (const header of parquetRows(file)) return sampleOfCells(header)
  return sampleOf('')
}

/** The name without its folder and endings. */
function sourceName(name: string): string {
  return basename(name).replace(/(\.(csv|jsonl?|ndjson|parquet))?(\.(gz|zst))?$/i, '')
}
