import { sha1 } from '@noble/hashes/legacy.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { ADMIT, CHOOSE, OPEN_ROW } from './lua/admit.js'
import { COLUMNS, LOCK, OPEN, READ, READ_ALL, REPLACE } from './lua/budgets.js'
import { END } from './lua/end.js'
import { FIXED } from './lua/fixed.js'
import { KEYS_AND_CLOCK } from './lua/keys.js'
import { LIFETIME } from './lua/lifetime.js'
import { PACKING, RECORD } from './lua/record.js'
import { RESERVATIONS } from './lua/reservations.js'
import { SLIDING } from './lua/sliding.js'
import { REFILL, TOKEN_BUCKET } from './lua/token-bucket.js'
import type { WindowSpec } from '../../../core/policy-schema.js'

/** A Lua script with the name Redis knows it by. */
export interface Script {
  readonly source: string
  readonly sha: string
}

/** What a record calls its kind. A missing one does not compile. */
export const KIND_NUMBERS: Readonly<Record<WindowSpec['kind'], number>> = {
  fixed: 1,
  sliding: 2,
  tokenBucket: 3,
  lifetime: 4,
}

const WINDOWS = `
local WINDOWS = {
${Object.entries(KIND_NUMBERS)
  .map(([kind, number]) => `  [${number}] = ${kind},`)
  .join('\n')}
}
`

const RECORDS = [KEYS_AND_CLOCK, RECORD, FIXED, SLIDING, REFILL, TOKEN_BUCKET, LIFETIME, WINDOWS, PACKING]
const LEDGER = [...RECORDS, RESERVATIONS]

/** One script an operation, made of shared parts. */
export const SCRIPTS = {
  admit: script(...LEDGER, COLUMNS, CHOOSE, OPEN_ROW, ADMIT),
  end: script(...LEDGER, END),
  open: script(KEYS_AND_CLOCK, OPEN),
  read: script(...LEDGER, COLUMNS, READ_ALL, READ),
  lock: script(...LEDGER, COLUMNS, READ_ALL, LOCK),
  replace: script(...LEDGER, REPLACE),
} as const

function script(...parts: readonly string[]): Script {
  const source = parts.join('')
  return { source, sha: bytesToHex(sha1(utf8ToBytes(source))) }
}
