import { contentHash } from '../core/content-hash.js'
import { InputError } from '../core/errors.js'
import type { LogTable } from '../core/log-table.js'
import { countTestUse, type TestUse } from '../logs/store-test-uses.js'
import { plural } from './format.js'
import type { LogArgs } from './log-options.js'
import { note } from './output.js'

/**
 * Counts that a command has looked at the test part of a log, and warns from the second question on: who chooses by what it says
 * has searched on it. `question`: whatever makes another answer.
 */
export function noteTestUse(
  { log, where, completeCases, imputeCost, labelDelay }: LogArgs,
  { hash }: LogTable,
  command: string,
  question: Readonly<Record<string, unknown>>,
): void {
  const key = contentHash({ command, where, completeCases, imputeCost, labelDelay, ...question })
  const others = counted(log, hash, { command, key })
  if (others.length === 0) return
  const commands = [...new Set(others.map((use) => use.command))].sort().join(', ')
  note(
    `The test part of ${log} has answered ${plural(others.length, 'other question')} before this one (${commands}): the more of its answers you choose by, the less unseen it is. Newer requests make a new one.`,
  )
}

/** By then the answer stands, and what was to be written is: a store that is busy takes nothing of it back. */
function counted(log: string, hash: string, use: TestUse): readonly TestUse[] {
  try {
    return countTestUse(log, hash, use)
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    note(`This look at the test part was not counted: ${error.message}`)
    return []
  }
}
