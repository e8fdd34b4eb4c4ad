import type { Argv } from 'yargs'
import { QUALITY_UNITS, type QualityUnit } from '../metrics/session-quality.js'

export interface QualityUnitArgs {
  readonly qualityUnit: QualityUnit | undefined
}

/** `--quality-unit`, for the commands that judge quality. */
export function qualityUnitOption<T>(yargs: Argv<T>): Argv<T & QualityUnitArgs> {
  return yargs.option('quality-unit', {
    choices: QUALITY_UNITS,
    requiresArg: true,
    defaultDescription: 'request',
    describe:
      'whose quality is averaged; session: what whole sessions came to (sessionOutcome), known of a policy where it answers all of a session as logged',
  }) as unknown as Argv<T & QualityUnitArgs>
}
