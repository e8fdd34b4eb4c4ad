import type { LogTable } from '../core/log-table.js'

/** The log's last time stands for the day on which a policy was made: a clock would make every run another file. */
export function lastTime({ at, size }: LogTable): string {
  return new Date(at[size - 1] ?? 0).toISOString()
}
