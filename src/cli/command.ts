import type { Argv } from 'yargs'

/**
 * A command is one file in `commands/` that exports `command`, made with `defineCommand`, and one line in
 * `commands.ts`. It gathers input, calls one function, and writes; it does no arithmetic.
 *
 * - `options` adds the command's own options and positionals (`--json` and `--help` are everywhere). Positionals are
 *   named in the usage of `commands.ts`. An option that may be given several times is `{ array: true, nargs: 1 }`.
 *   What a value must be is a `.check` (with `checkOption`), so that all that is wrong is told at once.
 * - `run` gives the exit code: 0 ok, 1 gate or drift failed, 3 inconclusive. Bad input is a thrown InputError (2),
 *   any other error is our bug (70).
 * - Results go to stdout through `print` / `printJson`, everything else to stderr through `note` (output.ts); files
 *   through `writeFileAtomic` (report/write-file.ts).
 */
export interface Command {
  options(yargs: Argv): Argv
  run(args: never): Promise<number> | number
}

/** Gives `run` the types of the options. */
export function defineCommand<Args>(command: {
  options(yargs: Argv): Argv<Args>
  run(args: Args & CommonArgs): Promise<number> | number
}): Command {
  return command as unknown as Command
}

export interface CommonArgs {
  readonly json: boolean
}
