import type { TextOptions } from '../report/terminal.js'

/** How wide the terminal is and whether it wants colours (https://no-color.org). */
export function terminal(): TextOptions {
  const isTerminal = process.stdout.isTTY === true
  return {
    width: process.stdout.columns ?? 120,
    color: isTerminal && (process.env.NO_COLOR ?? '') === '' && process.env.TERM !== 'dumb',
  }
}
