import type { Argv } from 'yargs'
import type { LogTable } from '../core/log-table.js'
import { loadTable } from '../logs/store-load.js'
import type { Extractor } from '../logs/store-merge.js'
import { openLog, type LogStore } from '../logs/store.js'
import type { QualityUnit } from '../metrics/session-quality.js'
import { completeCases, filterRows, imputeModelMeanCost } from '../replay/rows.js'
import { parseWhere } from '../replay/where.js'
import { withoutYoung } from '../replay/young.js'
import { checkOption } from './check-option.js'
import { parseLabelDelay, youngFilter } from './label-delay.js'
import { defaultMeasuring } from './measuring.js'

/** The options by which every command names a log and the part of it that counts. */
export interface LogArgs {
  readonly log: string
  readonly where: string | undefined
  readonly completeCases: boolean
  readonly imputeCost: string | undefined
  /** Of the commands that have them. */
  readonly labelDelay?: string | undefined
  readonly qualityUnit?: QualityUnit | undefined
}

export function logOptions<T>(yargs: Argv<T>): Argv<T & LogArgs> {
  return yargs
    .option('log', { type: 'string', demandOption: true, requiresArg: true, describe: 'the log store' })
    .option('where', {
      type: 'string',
      requiresArg: true,
      describe: "only these requests, such as 'task=mbpp and id^=rb5:'",
    })
    .option('complete-cases', {
      type: 'boolean',
      default: false,
      describe: 'only requests with the quality of every model',
    })
    .option('impute-cost', {
      choices: ['model-mean'],
      requiresArg: true,
      describe: "unknown and zero costs become the model's mean",
    })
    .check(checkOption('where', parseWhere)) as unknown as Argv<T & LogArgs>
}

/** The log with its filters applied, in this order: label delay, where, complete cases, imputed costs. */
export function readLog<Facts>(
  args: LogArgs,
  factsOf: (store: LogStore) => Facts,
  extractor: Extractor = defaultMeasuring().extractor,
): { table: LogTable; facts: Facts; filters: readonly string[] } {
  const keep = args.where === undefined ? undefined : parseWhere(args.where)
  const store = openLog(args.log)
  try {
    let table = loadTable(store, extractor)
    const { labelDelay, qualityUnit } = args
    if (labelDelay !== undefined) table = withoutYoung(table, parseLabelDelay(labelDelay, qualityUnit))
    if (keep !== undefined) table = filterRows(table, keep)
    if (args.completeCases) table = completeCases(table)
    if (args.imputeCost !== undefined) table = imputeModelMeanCost(table)
    return { table, facts: factsOf(store), filters: filterNames(args, table) }
  } finally {
    store.close()
  }
}

/** What of the log counts, for people. */
export function filterNames(args: Omit<LogArgs, 'log'>, table: LogTable): string[] {
  return [
    ...youngFilter(table),
    ...(args.where === undefined ? [] : [`where ${args.where}`]),
    ...(args.completeCases ? ['complete cases'] : []),
    ...(args.imputeCost === undefined ? [] : [`imputed cost (${args.imputeCost})`]),
  ]
}
