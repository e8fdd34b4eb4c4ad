import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { LogRecord } from '../../src/core/log-record.js'
import { Rejection } from '../../src/logs/formats/format.js'
import { jsonlFormat } from '../../src/logs/formats/jsonl.js'
import { parseQualityRules } from '../../src/logs/formats/quality-rules.js'
import { sumOf } from '../../src/logs/import-counts.js'
import { importFiles } from '../../src/logs/store-import.js'
import { planFile } from '../../src/logs/store-plan.js'
import { readRows } from '../../src/logs/store-rows.js'
import { statFile } from '../../src/logs/store-files.js'
import { extractor, wordCounter } from '../logs/measuring.js'
import { mutatedLog, type MutableLog } from './mutate-log.js'

/** A small file of a format, as its tool writes it, with what must come of it. */
export interface FormatCase extends MutableLog {
  readonly format: string
  /** Which writing or layout of the format this is. */
  readonly layout: string
  readonly records: readonly LogRecord[]
  readonly quality?: readonly string[]
  /** Rows that hold no call. */
  readonly skipped?: number
}

export interface ReadLog {
  readonly format: string
  readonly records: readonly LogRecord[]
  readonly rejections: readonly Rejection[]
  readonly skipped: number
}

/** A text as the importer reads a file of it. */
export async function readLog(text: string | Uint8Array, quality: readonly string[] = []): Promise<ReadLog> {
  const folder = mkdtempSync(join(tmpdir(), 'tollgate-format-'))
  try {
    writeFileSync(join(folder, 'log.txt'), text)
    const source = await planFile(statFile(join(folder, 'log.txt')), {
      quality: parseQualityRules(quality).qualityOf,
    })
    const records: LogRecord[] = []
    const rejections: Rejection[] = []
    let skipped = 0
    await readRows(
      source,
      {
        record: (record) => records.push(record),
        card: () => {},
        skip: () => skipped++,
        reject: (rejection) => rejections.push(rejection),
      },
      () => {},
    )
    return { format: source.format.name, records, rejections, skipped }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Rows that each format is tried on; `TOLLGATE_FULL=1` makes it 100,000. */
const FUZZED_ROWS = process.env['TOLLGATE_FULL'] === undefined ? 1000 : 100_000
/** What reading may hold at any time, however long the file: the parser's and the sample's buffers, and garbage. */
const MOST_HEAP_BYTES = 400 * 1024 * 1024

/** What every format must do with its own files. */
export function logFormatContract(cases: readonly FormatCase[]): void {
  describe.each(cases)('$format, $layout', (one) => {
    it('is recognised by detection alone, and gives these records', async () => {
      const read = await readLog(one.text, one.quality)
      expect(read.format).toBe(one.format)
      expect(read.rejections.map(({ message }) => message)).toEqual([])
      expect(read.records).toEqual(one.records)
      expect(read.skipped).toBe(one.skipped ?? 0)
    })

    it('gives records that are the same after a trip through the canonical JSONL', async () => {
      const { records } = await readLog(one.text, one.quality)
      for (const record of records) {
        expect(jsonlFormat.open([]).read(JSON.stringify(record))).toEqual(JSON.parse(JSON.stringify(record)))
      }
    })

    it('can be imported, mutated or not: read = stored + duplicates + rejected', async () => {
      const { text, rows } = mutatedLog(one, 200, 7)
      const folder = mkdtempSync(join(tmpdir(), 'tollgate-import-'))
      try {
        writeFileSync(join(folder, 'log.txt'), text)
        const result = await importFiles({
          log: join(folder, 'log.db'),
          files: [join(folder, 'log.txt')],
          format: one.format,
          quality: parseQualityRules(['score:x', 'thumbs', 'retry', 'error']),
          counter: wordCounter,
          extractor,
        })
        expect(result.read).toBe(result.stored + result.duplicates + sumOf(result.rejected))
        expect(result.read + sumOf(result.skipped)).toBe(rows)
        expect(result.stored).toBeGreaterThan(0)
      } finally {
        rmSync(folder, { recursive: true })
      }
    })

    it(`loses none of ${FUZZED_ROWS} mutated rows and falls over none`, async () => {
      const { text, rows } = mutatedLog(one, FUZZED_ROWS, 20261126)
      const before = process.memoryUsage().heapUsed
      const counts = await countRows(text, one.format)
      expect(counts.records + counts.rejected + counts.skipped).toBe(rows)
      expect(counts.rejected + counts.skipped, 'some mutations matter').toBeGreaterThan(0)
      expect(counts.records, 'some do not').toBeGreaterThan(0)
      // A document is one JSON value, and is held as a whole.
      const held = one.wrap.kind === 'document' ? 12 * text.length : 0
      expect(counts.mostHeapBytes - before).toBeLessThan(MOST_HEAP_BYTES + held)
    }, 600_000)
  })
}

interface Counts {
  records: number
  rejected: number
  skipped: number
  mostHeapBytes: number
}

/** Reads and forgets: what a format holds on to shows in the heap. */
async function countRows(text: string, format: string): Promise<Counts> {
  const folder = mkdtempSync(join(tmpdir(), 'tollgate-fuzz-'))
  try {
    const path = join(folder, 'log.txt')
    writeFileSync(path, text)
    const quality = parseQualityRules(['score:x', 'thumbs', 'error']).qualityOf
    const source = await planFile(statFile(path), { format, quality })
    const counts = { records: 0, rejected: 0, skipped: 0, mostHeapBytes: 0 }
    const look = (): void => {
      counts.mostHeapBytes = Math.max(counts.mostHeapBytes, process.memoryUsage().heapUsed)
    }
    await readRows(
      source,
      {
        record: () => void (counts.records++ % 1000 === 0 && look()),
        card: () => {},
        skip: () => counts.skipped++,
        reject: (rejection) => {
          if (!(rejection instanceof Rejection)) throw new Error('a reject must be a Rejection')
          counts.rejected++
        },
      },
      () => {},
    )
    return counts
  } finally {
    rmSync(folder, { recursive: true })
  }
}
