import { InputError } from '../core/errors.js'
import type { Policy } from '../core/policy.js'
import { parseDecisionLog } from '../logs/decision-log.js'
import { readRecorded } from '../logs/store-records.js'
import { openLog } from '../logs/store.js'
import { replayAsRecorded, type AsRecordedResult, type RecordedLog } from '../replay/as-recorded.js'
import { plural } from './format.js'
import { print, printJson } from './output.js'
import { readBytes, readText } from './read-file.js'

/** `replay --as-recorded`: a decision log, as a file or imported into a store, against the policies that made it. */
export function asRecorded(path: string, files: readonly (Policy | undefined)[], json: boolean): number {
  const policies = files.filter((policy) => policy !== undefined)
  if (policies.length < files.length) throw new InputError('--as-recorded needs policy files, not model:ID')
  const result = replayAsRecorded(readLog(path), policies)
  const { requests, operations, sharedLedger, mismatches } = result
  if (json) printJson({ requests, operations, ...(sharedLedger ? { sharedLedger } : {}), mismatches })
  else print(asText(result))
  return mismatches.length === 0 ? 0 : 1
}

function readLog(path: string): readonly RecordedLog[] {
  const lives = isStore(path) ? fromStore(path) : parseDecisionLog(readText(path), path)
  if (lives.every(({ records }) => records.length === 0)) {
    throw new InputError(
      `${path} holds no line that a runtime recorded; pass createRouter an onDecision to keep one`,
    )
  }
  return lives
}

function isStore(path: string): boolean {
  return readBytes(path).subarray(0, 15).toString('latin1') === 'SQLite format 3'
}

function fromStore(path: string): readonly RecordedLog[] {
  const store = openLog(path)
  try {
    return readRecorded(store)
  } finally {
    store.close()
  }
}

const SHOWN = 20

/** Why differences may be no fault of the log. */
const SHARED =
  'The store of this router is shared or was used before: each life is replayed from an empty ledger, so what others spent is missing here. Such a log shows the decisions and not the ledger; router.audit tells that.'

function asText({ requests, operations, sharedLedger, mismatches }: AsRecordedResult): string {
  const head = `${plural(requests, 'request')}, ${plural(operations, 'operation')} of the ledger replayed as recorded`
  if (mismatches.length === 0)
    return `${head}: every decision is the same, and every charge that usage explains.`
  const shown = mismatches
    .slice(0, SHOWN)
    .map(
      ({ id, seq, field, recorded, replayed }) =>
        `  ${id} (seq ${seq}) ${field}: recorded ${String(recorded)}, replayed ${String(replayed)}`,
    )
  const lines = [`${head}: ${plural(mismatches.length, 'difference')}`, ...shown]
  return [...lines, ...(sharedLedger ? ['', SHARED] : [])].join('\n')
}
