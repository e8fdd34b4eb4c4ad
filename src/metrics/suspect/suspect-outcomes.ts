import type { LogTable } from '../../core/log-table.js'
import { complementaryOutcomes } from './complementary-outcomes.js'
import { constantQuality } from './constant-quality.js'
import type { Finding } from './finding.js'
import { goodAsAGuess } from './good-as-a-guess.js'
import { taskOutcomes } from './task-outcomes.js'

/** Quality that a degenerate answer wins, task by task. Work: requests x models squared. */
export function suspectOutcomes(table: LogTable): readonly Finding[] {
  return taskOutcomes(table).flatMap((task) => [
    ...constantQuality(task),
    ...complementaryOutcomes(task),
    ...goodAsAGuess(task),
  ])
}
