import { sha1 } from '@noble/hashes/legacy.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { ADMIT, CHOOSE, OPEN_ROW } from './lua/admit.js'
import {
  COLUMNS,
  EXPIRE,
  EXPIRE_DUE,
  LOCK,
  OPEN,
  READ,
  READ_ALL,
  REPLACE,
  USE,
  VALUES,
} from './lua/budgets.js'
import { END } from './lua/end.js'
import { FIXED } from './lua/fixed.js'
import { KEYS_AND_CLOCK } from './lua/keys.js'
import { LIFETIME } from './lua/lifetime.js'
import { NEW_RECORD, PACKING, RECORD } from './lua/record.js'
import { ENDINGS, RESERVATIONS } from './lua/reservations.js'
import { SLIDING } from './lua/sliding.js'
import { REFILL, TOKEN_BUCKET } from './lua/token-bucket.js'
import type { WindowSpec } from '../../../core/policy-schema.js'

/** An operation in Lua, by the names Redis knows it by. */
export interface Script {
  /** For EVAL. */
  readonly source: string
  readonly sha: string
  /** For FUNCTION LOAD: what it makes is kept, where EVAL makes every function anew each time. */
  readonly library: string
  readonly functionName: string
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

/** What changes records when something is admitted, and when something ends. */
function records(...sides: readonly ('admit' | 'end')[]): string[] {
  const kinds = [FIXED, SLIDING, TOKEN_BUCKET, LIFETIME]
  return [
    KEYS_AND_CLOCK,
    RECORD.both,
    ...sides.map((side) => RECORD[side]),
    REFILL,
    ...kinds.flatMap((kind) => [kind.both, ...sides.map((side) => kind[side])]),
    WINDOWS,
    PACKING,
    RESERVATIONS,
  ]
}

/** One script an operation, made of shared parts, each named by its content: versions stand beside each other. */
export const SCRIPTS = {
  admit: script(...records('admit'), NEW_RECORD, COLUMNS, CHOOSE, OPEN_ROW, ADMIT),
  end: script(...records('end'), ENDINGS, END),
  expire: script(...records('end'), ENDINGS, EXPIRE_DUE, EXPIRE),
  open: script(KEYS_AND_CLOCK, OPEN),
  values: script(KEYS_AND_CLOCK, VALUES),
  read: script(...records(), COLUMNS, READ_ALL, READ),
  use: script(...records(), COLUMNS, USE),
  lock: script(...records('end'), ENDINGS, EXPIRE_DUE, COLUMNS, READ_ALL, LOCK),
  replace: script(...records(), NEW_RECORD, REPLACE),
} as const

function script(...parts: readonly string[]): Script {
  const body = parts.join('')
  const source = `${body}begin(KEYS[1], ARGV)\nreturn run(ARGV)`
  const sha = bytesToHex(sha1(utf8ToBytes(source)))
  const functionName = `tollgate_${sha}`
  const library = `#!lua name=${functionName}
${body}
redis.register_function('${functionName}', function(keys, arguments)
  begin(keys[1], arguments)
  return run(arguments)
end)`
  return { source, sha, library, functionName }
}
