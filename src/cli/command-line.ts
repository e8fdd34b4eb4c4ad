import yargs, { type Argv } from 'yargs'
import { InputError, nearMiss } from '../core/errors.js'
import { COMMANDS } from './commands.js'
import type { Command } from './command.js'
import { packageVersion } from './version.js'

/** The command that a command line names, loaded. */
export interface Named {
  readonly name: string
  readonly command: Command
}

export interface CommandLine {
  /** Undefined where there is nothing to run: help or the version was asked for, or no command was named. */
  readonly args: Readonly<Record<string, unknown>> | undefined
  readonly help: () => Promise<string>
}

/**
 * What a command line asks for.
 * @throws InputError with everything that is wrong with it: unknown, missing and repeated options, and wrong values.
 */
export async function readCommandLine(
  words: readonly string[],
  named: Named | undefined,
): Promise<CommandLine> {
  const valueless: string[] = []
  let parsed = await parse(words, named)
  // yargs stops at an option that lacks its value: what else is wrong shows once it is gone.
  for (let name = withoutValue(parsed); name !== undefined; name = withoutValue(parsed)) {
    valueless.push(name)
    parsed = await parse(withoutOption(parsed.words, name), named)
  }
  refuse(problemsOf(parsed, valueless))
  return { args: parsed.args, help: () => parsed.parser.getHelp() }
}

function refuse(problems: readonly string[]): void {
  const [first, ...more] = problems
  if (first === undefined) return
  if (more.length === 0) throw new InputError(first)
  const lines = problems.flatMap((problem) => problem.split('\n'))
  throw new InputError([`${problems.length} things are wrong with this command line:`, ...lines].join('\n  '))
}

interface Parsed {
  readonly words: readonly string[]
  readonly parser: Argv
  readonly options: Options
  readonly args: Readonly<Record<string, unknown>> | undefined
  /** As yargs and the commands' own checks word them. */
  readonly complaints: readonly string[]
}

interface Options {
  /** As they are written, and in camel case. */
  readonly known: readonly string[]
  /** Those that may be given several times. */
  readonly lists: readonly string[]
  /** As the command's usage has it: `<files..>`. */
  readonly positional: string
}

/** A failure is noted and not thrown, so that yargs goes on to its next check; the command is not run here. */
async function parse(words: readonly string[], named: Named | undefined): Promise<Parsed> {
  const complaints: string[] = []
  let args: Parsed['args']
  const parser = baseParser(words, complaints)
  let options = optionsOf(parser, '')
  for (const [name, { usage, describe }] of Object.entries(COMMANDS)) {
    if (name !== named?.name) parser.command(usage, describe)
    else
      parser.command(
        usage,
        describe,
        (inner) => {
          const built = named.command.options(inner.usage(`tollgate ${usage}\n\n${describe}`))
          options = optionsOf(built, usage)
          return built
        },
        (read) => void (args = read),
      )
  }
  await parser.parseAsync()
  return { words, parser, options, args, complaints }
}

function baseParser(words: readonly string[], complaints: string[]): Argv {
  const parser: Argv = yargs([...words])
  return parser
    .scriptName('tollgate')
    .usage('tollgate <command>\n\nReplays LLM logs under routing policies with hard cost caps.')
    .locale('en')
    .version(packageVersion())
    .option('json', { type: 'boolean', default: false, describe: 'print the result as JSON on stdout' })
    .parserConfiguration({ 'boolean-negation': false })
    .strict()
    .wrap(Math.min(110, process.stdout.columns || 110))
    .exitProcess(false)
    .fail((message: string | undefined, error: Error | undefined) => {
      if (error !== undefined && error.name !== 'YError' && !(error instanceof InputError)) throw error
      complaints.push(message ?? error?.message ?? 'the command line cannot be read')
    })
}

function withoutValue({ words, complaints }: Parsed): string | undefined {
  return complaints
    .map((one) => /^Not enough arguments following: (.+)$/.exec(one)?.[1])
    .find((name) => name !== undefined && withoutOption(words, name).length < words.length)
}

/** Without the places where the option stands at the end or before another. */
function withoutOption(words: readonly string[], name: string): readonly string[] {
  return words.filter((word, index) => word !== `--${name}` || words[index + 1]?.startsWith('-') === false)
}

/** A misspelt option is often why another is missing, so it stands first. */
function problemsOf(parsed: Parsed, valueless: readonly string[]): readonly string[] {
  const { options, args = {}, complaints } = parsed
  const unknown = unknownOptions(parsed)
  const repeated = options.known.filter((name) => Array.isArray(args[name]) && !options.lists.includes(name))
  return [
    ...unknown.map((name) => describeUnknown(name, options.known)),
    ...valueless.map((name) => `--${name} needs a value`),
    // One that takes one value and was given twice would reach the command as a list.
    ...repeated.map((name) => `--${name} was given more than once`),
    ...complaints.flatMap((complaint) => inOurWords(complaint, parsed, [...unknown, ...valueless])),
  ]
}

function unknownOptions({ words, options }: Parsed): readonly string[] {
  const end = words.indexOf('--')
  const written = words
    .slice(0, end === -1 ? words.length : end)
    .filter((word) => /^--\w/.test(word))
    .map((word) => word.slice(2).replace(/=.*/, ''))
  return [...new Set(written.filter((name) => !options.known.includes(name)))]
}

function describeUnknown(name: string, known: readonly string[]): string {
  const dashed = known.filter((option) => option === option.toLowerCase())
  const near = nearMiss(name, dashed)
  return `unknown option --${name}; ${near === undefined ? 'see --help' : `did you mean --${near}?`}`
}

/** A complaint of yargs as one line for each option; those that are `named` already are left out. */
function inOurWords(
  complaint: string,
  { words, options: { positional } }: Parsed,
  named: readonly string[],
): readonly string[] {
  if (complaint.startsWith('Not enough non-option arguments')) return [`missing ${positional}; see --help`]
  const about = new Set(named.flatMap((name) => [name, camel(name)]))
  const [, kind, list = ''] = /^(Missing required|Unknown) arguments?: (.*)$/s.exec(complaint) ?? []
  const names = list.split(', ').filter((name) => !about.has(name))
  if (kind === 'Missing required')
    return names
      .filter((name) => !positional.startsWith(`<${name}`))
      .map((name) => `missing --${name}; see --help`)
  if (kind === 'Unknown')
    return names.map((name) =>
      words.includes(`-${name}`)
        ? `unknown option -${name}; see --help`
        : `unexpected argument ${name}; see --help`,
    )
  if (complaint.startsWith('Invalid values:')) return wrongChoices(complaint)
  return [complaint]
}

function wrongChoices(complaint: string): readonly string[] {
  const found = complaint.matchAll(/^ *Argument: (.+), Given: (.+), Choices: (.+)$/gm)
  return [...found].map(([, name, given, choices]) => `--${name} must be one of ${choices}, got ${given}`)
}

function camel(name: string): string {
  return name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())
}

/** yargs keeps its option table public but untyped, and only until the command is parsed. */
function optionsOf(parser: Argv, usage: string): Options {
  const { key, array } = (
    parser as unknown as { getOptions(): { key: Record<string, unknown>; array: string[] } }
  ).getOptions()
  return { known: Object.keys(key), lists: [...array], positional: /<.*>/.exec(usage)?.[0] ?? '' }
}
