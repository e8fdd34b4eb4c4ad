import yargs, { type Argv } from 'yargs'
import { InputError, nearMiss } from '../core/errors.js'
import { COMMANDS } from './commands.js'
import { print } from './output.js'
import { packageVersion } from './version.js'

/**
 * Parses the command line and runs the one command that it names.
 * @returns the exit code. @throws InputError for a wrong command line, with the near miss where there is one.
 */
export async function runCommandLine(argv: readonly string[]): Promise<number> {
  const name = argv.find((word) => !word.startsWith('-'))
  if (name !== undefined && name !== 'help' && !(name in COMMANDS)) throw unknownCommand(name)
  let exitCode: number | undefined
  const parser = baseParser(argv)
  for (const [other, entry] of Object.entries(COMMANDS)) {
    if (other !== name) {
      parser.command(entry.usage, entry.describe)
      continue
    }
    const { command } = await entry.load()
    parser.command(
      entry.usage,
      entry.describe,
      (inner) => command.options(inner.usage(`tollgate ${entry.usage}\n\n${entry.describe}`)),
      async (args) => {
        refuseRepeated(parser, args)
        exitCode = await command.run(args as never)
      },
    )
  }
  await parser.parseAsync()
  if (name === undefined && argv.length === 0) print(await parser.getHelp())
  return exitCode ?? 0
}

function baseParser(argv: readonly string[]): Argv {
  const parser: Argv = yargs([...argv])
  return parser
    .scriptName('tollgate')
    .usage('tollgate <command>\n\nReplays LLM logs under routing policies with hard cost caps.')
    .locale('en')
    .version(packageVersion())
    .option('json', { type: 'boolean', default: false, describe: 'print the result as JSON on stdout' })
    .parserConfiguration({ 'boolean-negation': false })
    .strict()
    .wrap(Math.min(110, process.stdout.columns ?? 110))
    .exitProcess(false)
    .fail((message: string | undefined, error: Error | undefined) => {
      if (error !== undefined && error.name !== 'YError') throw error
      throw new InputError(
        withNearMiss(message ?? error?.message ?? 'the command line cannot be read', argv, parser),
      )
    })
}

function unknownCommand(name: string): InputError {
  const known = Object.keys(COMMANDS)
  const near = nearMiss(name, known)
  const hint = near === undefined ? `known: ${known.join(', ')}` : `did you mean ${near}?`
  return new InputError(`unknown command ${name}; ${hint} (tollgate --help lists all)`)
}

/** yargs names the first thing that is wrong; a misspelt option is often why another is missing, so it is named too. */
function withNearMiss(message: string, argv: readonly string[], parser: Argv): string {
  const known = Object.keys(optionsOf(parser).key)
  const written = argv.filter((word) => /^--\w/.test(word)).map((word) => word.slice(2).replace(/=.*/, ''))
  const unknown = written.filter((name) => !known.includes(name))
  const about = unknown.map((name) => describeUnknown(name, known))
  if (/^Unknown argument/.test(message) && about.length > 0) return about.join('\n')
  return [`${message.replace(/\n\s*/g, ' ')}; see --help`, ...about].join('\n')
}

function describeUnknown(name: string, known: readonly string[]): string {
  const dashed = known.filter((option) => option === option.toLowerCase())
  const near = nearMiss(name, dashed)
  return `unknown option --${name}; ${near === undefined ? 'see --help' : `did you mean --${near}?`}`
}

function camel(name: string): string {
  return name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())
}

/** An option that takes one value and was given twice would reach the command as a list. */
function refuseRepeated(parser: Argv, args: Readonly<Record<string, unknown>>): void {
  const lists = new Set(optionsOf(parser).array.flatMap((name) => [name, camel(name)]))
  const repeated = Object.keys(args).filter(
    (name) => name !== '_' && Array.isArray(args[name]) && !lists.has(name),
  )
  if (repeated.length > 0) throw new InputError(`--${repeated[0]} was given more than once`)
}

/** yargs keeps its option table public but untyped. */
function optionsOf(parser: Argv): { key: Record<string, unknown>; array: string[] } {
  return (
    parser as unknown as { getOptions(): { key: Record<string, unknown>; array: string[] } }
  ).getOptions()
}
