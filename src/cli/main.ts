#!/usr/bin/env node
import { setFlagsFromString } from 'node:v8'
import { note } from './output.js'
import { run } from './run.js'

// Replay makes and drops a few small objects a request. V8 sometimes takes them for long-lived, by what happened to live when
// it measured, and then keeps them in the old generation: the same replay takes twice the time. Measured on Node 20.
setFlagsFromString('--no-allocation-site-pretenuring')

const BAD_INPUT = 2

// A reader that has seen enough (`tollgate … | head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(process.exitCode ?? 0)
  note(`tollgate: the output cannot be written: ${error.message}`)
  process.exit(BAD_INPUT)
})
process.stderr.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
})

process.exitCode = await run(process.argv.slice(2))
