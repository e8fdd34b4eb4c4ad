import { InputError } from '../../core/errors.js'
import type { LogTable } from '../../core/log-table.js'
import type { Policy } from '../../core/policy.js'
import { compare, type ComparedRun } from '../../metrics/compare.js'
import type { Comparison } from '../../metrics/result.js'
import { replay } from '../../replay/replay.js'
import { filterRows } from '../../replay/rows.js'
import { saveRun } from '../../report/run-store.js'
import { renderText } from '../../report/terminal.js'
import { asRecorded } from '../as-recorded.js'
import { readBaseline } from '../baseline.js'
import { defineCommand, type Command } from '../command.js'
import { logOptions, readLog, type LogArgs } from '../log-options.js'
import { defaultMeasuring } from '../measuring.js'
import { note, print, printJson } from '../output.js'
import { completePolicies, readPolicyFiles } from '../policies.js'
import { countProgress } from '../progress.js'
import { terminal } from '../terminal.js'
import { writeFileAtomic } from '../write-file.js'

const REPLICATES = 1000

/** `tollgate replay`: what the policies would have cost, kept and refused on this log, next to the baseline. */
export const command: Command = defineCommand({
  options: (yargs) =>
    logOptions(yargs)
      .option('policy', {
        type: 'string',
        array: true,
        nargs: 1,
        demandOption: true,
        describe: 'a policy file, or model:ID for one model; may be given several times',
      })
      .option('baseline', {
        type: 'string',
        requiresArg: true,
        describe: 'model:ID or a policy file (default: the model that was called most often)',
      })
      .option('split', { type: 'string', requiresArg: true, describe: 'only requests of this split' })
      .option('seed', {
        type: 'number',
        default: 1,
        requiresArg: true,
        describe: 'seed of intervals and controls',
      })
      .option('out', { type: 'string', requiresArg: true, describe: 'write the report, one HTML file' })
      .option('as-recorded', {
        type: 'boolean',
        default: false,
        describe:
          "feed a runtime's decision log (--log FILE.jsonl) to the same events and compare every decision",
      })
      .example(
        'tollgate replay --log log.db --policy policies/heuristic.json --out report.html',
        'compare and report',
      ),
  async run(args) {
    const files = await readPolicyFiles(args.policy)
    if (args['as-recorded']) return asRecorded(args.log, files, args.json)
    const comparison = await compareOnLog({ ...args, files, names: args.policy })
    keep(comparison)
    if (args.out !== undefined) {
      const { renderHtml } = await import('../../report/html.js')
      writeFileAtomic(args.out, await renderHtml(comparison))
    }
    if (args.json) printJson(asJson(comparison))
    else print(renderText(comparison, terminal()))
    if (args.out !== undefined) note(`report written to ${args.out}`)
    return 0
  },
})

/** What `replay` needs to compare policies on a log. */
export interface ReplayArgs extends LogArgs {
  /** As `--policy` names them, and those of them that are files. */
  readonly names: readonly string[]
  readonly files: readonly (Policy | undefined)[]
  readonly baseline: string | undefined
  readonly split: string | undefined
  readonly seed: number
}

export async function compareOnLog(args: ReplayArgs): Promise<Comparison> {
  const tableOf = tableReader(args)
  const table = tableOf(args.files.find((policy) => policy !== undefined))
  const policies = completePolicies(args.names, args.files, table)
  const baseline = await readBaseline(args.baseline, table, policies)
  const capped = baseline.capped === undefined ? [] : [baseline.capped]
  const all = [baseline.policy, ...capped, ...policies]
  const progress = await countProgress('replay')
  const runs: ComparedRun[] = []
  for (const [index, policy] of all.entries()) {
    const onProgress = (arrived: number): void =>
      progress.update(index * table.size + arrived, all.length * table.size)
    runs.push(comparedRun(policy, replay(tableOf(policy), policy, { onProgress })))
  }
  progress.stop()
  return compare({
    table,
    runs,
    baseline: { index: 0, label: baseline.label, rule: baseline.rule },
    seed: args.seed,
    replicates: REPLICATES,
    filters: filterNames(args),
    syntheticData: false,
    scaleToRequestsPerDay: null,
    tuning: null,
  })
}

export function comparedRun(policy: Policy, result: ComparedRun['result']): ComparedRun {
  return {
    result,
    description: policy.file.description ?? null,
    unservedQuality: policy.file.unservedQuality,
    budgets: policy.file.budgets,
  }
}

/** The log as a policy's classifier reads it; policies with the same keyword lists share a table. */
function tableReader(args: ReplayArgs): (policy: Policy | undefined) => LogTable {
  const byExtractor = new Map<string, LogTable>()
  return (policy) => {
    const extractor = policy?.classifier.extractor ?? defaultMeasuring().extractor
    const known = byExtractor.get(extractor.key)
    if (known !== undefined) return known
    const { table, filters } = readLog(args, () => undefined, extractor)
    const chosen = args.split === undefined ? table : ofSplit(table, args.split)
    if (chosen.size === 0)
      throw new InputError(`no request of ${args.log} is left after ${filters.join(', ')}`)
    byExtractor.set(extractor.key, chosen)
    return chosen
  }
}

function ofSplit(table: LogTable, split: string): LogTable {
  const code = table.split.values.indexOf(split)
  if (code < 0) {
    const known =
      table.split.values.length === 0 ? 'the log has no splits' : `it has ${table.split.values.join(', ')}`
    throw new InputError(`the log has no split ${split}; ${known}`)
  }
  return filterRows(table, (_, row) => table.split.codes[row] === code)
}

function filterNames(args: ReplayArgs): string[] {
  return [
    ...(args.where === undefined ? [] : [`where ${args.where}`]),
    ...(args.completeCases ? ['complete cases'] : []),
    ...(args.imputeCost === undefined ? [] : [`imputed cost (${args.imputeCost})`]),
    ...(args.split === undefined ? [] : [`split ${args.split}`]),
  ]
}

/** The result outlives the command, so that a report can be made of it later; a folder that forbids it is no failure. */
function keep(comparison: Comparison): void {
  try {
    saveRun(comparison)
    note(`run ${comparison.runId} is kept: tollgate report --run ${comparison.runId} --out report.html`)
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    note(`warning: ${error.message}`)
  }
}

/** Everything but the rows behind the charts. */
function asJson({ charts: _charts, tuning: _tuning, ...rest }: Comparison): unknown {
  return rest
}
