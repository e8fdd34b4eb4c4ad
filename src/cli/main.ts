#!/usr/bin/env node
import { setFlagsFromString } from 'node:v8'
import { InputError } from '../core/errors.js'
import { note } from './output.js'
import { runCommandLine } from './run.js'

// Replay makes and drops a few small objects a request. V8 sometimes takes them for long-lived, by what happened to live when
// it measured, and then keeps them in the old generation: the same replay takes twice the time. Measured on Node 20.
setFlagsFromString('--no-allocation-site-pretenuring')

const BAD_INPUT = 2
const OUR_BUG = 70

// A reader that has seen enough (`tollgate … | head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(process.exitCode ?? 0)
  note(`tollgate: the output cannot be written: ${error.message}`)
  process.exit(BAD_INPUT)
})
process.stderr.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
})

try {
  process.exitCode = await runCommandLine(process.argv.slice(2))
} catch (error) {
  process.exitCode = error instanceof InputError ? BAD_INPUT : OUR_BUG
  note(error instanceof InputError ? `tollgate: ${error.message}` : ourBug(error))
}

function ourBug(error: unknown): string {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return `${stack}\n\nThis is a bug in Tollgate, not in your input. Please report it with the lines above.`
}
