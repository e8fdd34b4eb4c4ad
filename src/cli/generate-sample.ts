/**
 * Writes the shipped sample (datasets/coding-week.jsonl.gz and its truth) anew, to the same bytes each time.
 * For developers of Tollgate: `npx tsc -p tsconfig.json && node dist/cli/generate-sample.js [folder]`.
 */
import { createHash } from 'node:crypto'
import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { defaultCounter } from '../router/default-counter.js'
import { SAMPLE_REQUESTS, SAMPLE_SEED, sampleFiles } from '../simulate/sample-files.js'

const folder = process.argv[2] ?? 'datasets'
const counter = defaultCounter()
const { log, truth } = sampleFiles({
  seed: SAMPLE_SEED,
  requests: SAMPLE_REQUESTS,
  countTokens: (text) => counter.count(text),
})
writeWhole(join(folder, 'coding-week.jsonl.gz'), log)
writeWhole(join(folder, 'coding-week-truth.csv.gz'), truth)

/** Beside its place first and then renamed, so that nobody ever reads half a file. zlib writes no time stamp. */
function writeWhole(path: string, text: string): void {
  const packed = gzipSync(text, { level: 9, memLevel: 9 })
  writeFileSync(`${path}.part`, packed)
  renameSync(`${path}.part`, path)
  const hash = createHash('sha256').update(text).digest('hex')
  process.stdout.write(`${path}: ${packed.length} bytes, sha256 of the unpacked text ${hash}\n`)
}
