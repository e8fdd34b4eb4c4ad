import type { TextOptions } from '../report/terminal.js'

/** How wide the terminal is and whether it wants colours. */
export function terminal(): TextOptions {
  const isTerminal = process.stdout.isTTY === true
  return {
    // Terminals without a size say 0.
    width: process.stdout.columns || 120,
    color: wantsColour(process.env, isTerminal),
  }
}

/** `NO_COLOR` (https://no-color.org) comes before `FORCE_COLOR`, which stands for a terminal where there is none; 0 is none. */
export function wantsColour(
  environment: Readonly<Record<string, string | undefined>>,
  isTerminal: boolean,
): boolean {
  const { NO_COLOR: no = '', FORCE_COLOR: force = '', TERM: term } = environment
  if (no !== '') return false
  if (force !== '') return force !== '0' && force !== 'false'
  return isTerminal && term !== 'dumb'
}
