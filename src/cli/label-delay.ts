import type { Argv } from 'yargs'
import { durationMs } from '../core/duration.js'
import { InputError } from '../core/errors.js'
import type { LogTable } from '../core/log-table.js'
import type { QualityUnit } from '../metrics/session-quality.js'
import type { LabelDelay } from '../replay/young.js'
import { checkOption } from './check-option.js'
import { plural } from './format.js'

export interface LabelDelayArgs {
  readonly labelDelay: string | undefined
}

/** `--label-delay`, for the commands that judge or learn from quality. */
export function labelDelayOption<T>(yargs: Argv<T>): Argv<T & LabelDelayArgs> {
  return yargs
    .option('label-delay', {
      type: 'string',
      requiresArg: true,
      describe:
        'how long labels take, such as 3d: requests younger than that at the log’s end are left out and not counted as unlabelled',
    })
    .check(checkOption('label-delay', parseLabelDelay)) as unknown as Argv<T & LabelDelayArgs>
}

/** @throws InputError when the text is no length of time. */
export function parseLabelDelay(text: string, unit: QualityUnit = 'request'): LabelDelay {
  try {
    return { text, ms: durationMs(text), bySession: unit === 'session' }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw new InputError(`--label-delay: ${error.message}`)
  }
}

/** How many requests a delay leaves out; nothing where none was named. */
export function youngFilter({ leftOutYoung: left }: LogTable): string[] {
  if (left === undefined) return []
  return [
    `label delay ${left.delay} (${plural(left.requests, 'request')} left out, whose labels may still be on their way)`,
  ]
}
