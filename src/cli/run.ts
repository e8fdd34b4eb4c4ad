import { InputError, nearMiss } from '../core/errors.js'
import { readCommandLine, type Named } from './command-line.js'
import { COMMANDS } from './commands.js'
import { note, print } from './output.js'

const BAD_INPUT = 2
const OUR_BUG = 70

/** Runs a command line and tells what went wrong. Returns the exit code. */
export async function run(argv: readonly string[]): Promise<number> {
  try {
    return await runCommandLine(argv)
  } catch (error) {
    note(error instanceof InputError ? `tollgate: ${error.message}` : ourBug(error))
    return error instanceof InputError ? BAD_INPUT : OUR_BUG
  }
}

function ourBug(error: unknown): string {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return `${stack}\n\nThis is a bug in Tollgate, not in your input. Please report it with the lines above.`
}

/**
 * Parses the command line and runs the one command that it names.
 * @returns the exit code. @throws InputError for a wrong command line, with all that is wrong and near misses.
 */
async function runCommandLine(argv: readonly string[]): Promise<number> {
  const named = await loadNamed(argv)
  const { args, help } = await readCommandLine(argv, named)
  if (named !== undefined && args !== undefined) return named.command.run(args as never)
  if (argv.length === 0) print(await help())
  return 0
}

async function loadNamed(argv: readonly string[]): Promise<Named | undefined> {
  const name = argv.find((word) => !word.startsWith('-'))
  if (name === undefined || name === 'help') return undefined
  const entry = COMMANDS[name]
  if (entry === undefined || !Object.hasOwn(COMMANDS, name)) throw unknownCommand(name)
  return { name, ...(await entry.load()) }
}

function unknownCommand(name: string): InputError {
  const known = Object.keys(COMMANDS)
  const near = nearMiss(name, known)
  const hint = near === undefined ? `known: ${known.join(', ')}` : `did you mean ${near}?`
  return new InputError(`unknown command ${name}; ${hint} (tollgate --help lists all)`)
}
