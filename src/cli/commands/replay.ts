import { existsSync } from 'node:fs'
import { InputError } from '../../core/errors.js'
import type { Comparison } from '../../metrics/result.js'
import { whatIfOf } from '../../report/page-scripts.js'
import { redactWithColumns } from '../../report/redact.js'
import { RUNS_FOLDER, saveReplayable, saveRun } from '../../report/run-store.js'
import { renderText } from '../../report/terminal.js'
import { parseFaults } from '../../replay/fault-spec.js'
import { asRecorded } from '../as-recorded.js'
import { checkOption } from '../check-option.js'
import { defineCommand, type Command } from '../command.js'
import { commandWords } from '../command-words.js'
import { compareByRequest, filterNames, tableReader, type ComparedByRequest } from '../compare-on-table.js'
import { completeComparison } from '../complete-comparison.js'
import { labelDelayOption } from '../label-delay.js'
import { logOptions } from '../log-options.js'
import { note, print, printJson } from '../output.js'
import { readPolicyFiles } from '../policies.js'
import { promptsOf } from '../prompts-of.js'
import { parseErrorRate } from '../scorer-error.js'
import { qualityUnitOption } from '../quality-unit.js'
import { requireSeed } from '../seed.js'
import { terminal } from '../terminal.js'
import { writeIndex } from '../write-index.js'
import { writeFileAtomic } from '../../report/write-file.js'

/** `tollgate replay`: what the policies would have cost, kept and refused on this log, next to the baseline. */
export const command: Command = defineCommand({
  options: (yargs) =>
    labelDelayOption(qualityUnitOption(logOptions(yargs)))
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
        describe: 'seed of intervals, controls and faults',
      })
      .option('out', { type: 'string', requiresArg: true, describe: 'write the report, one HTML file' })
      .option('faults', {
        type: 'string',
        requiresArg: true,
        describe: FAULTS_HELP,
      })
      .option('scorer-error', {
        type: 'string',
        requiresArg: true,
        describe:
          'score the answers of cascades that the log has no scores of by a scorer that knows the truth and errs on this share, such as 0.05: simulated, not deployable',
      })
      .option('headroom', {
        type: 'boolean',
        default: false,
        describe:
          'say of every policy with budgets how near it is to the best that anybody could do under them who knew every answer',
      })
      .option('margin', {
        type: 'boolean',
        default: false,
        describe: 'measure what each way of reserving would have cost: the margin chart of the report',
      })
      .option('redact', {
        type: 'boolean',
        default: false,
        describe:
          'no prompt, no id of a request and no name of an organisation, team or user in the report and the kept run',
      })
      .option('as-recorded', {
        type: 'boolean',
        default: false,
        describe:
          "feed a runtime's decision log (--log FILE.jsonl) to the same events and compare every decision",
      })
      .check(checkOption('seed', requireSeed))
      .check(checkOption('faults', parseFaults))
      .check(checkOption('scorer-error', parseErrorRate))
      .check((args) => {
        if (args['as-recorded']) refuseWithAsRecorded(args)
        return true
      })
      .example(
        'tollgate replay --log log.db --policy policies/heuristic.json --out report.html',
        'compare and report',
      ),
  async run(args) {
    if (!args['as-recorded']) refuseDecisionLog(args.log)
    const files = await readPolicyFiles(args.policy)
    if (args['as-recorded']) return asRecorded(args.log, files, args.json)
    const tableOf = tableReader(args)
    const compared = await compareByRequest({
      ...args,
      tableOf,
      names: args.policy,
      files,
      filters: (table) => filterNames(args, table),
      tuning: null,
    })
    const command = commandWords('replay', {
      log: args.log,
      policy: args.policy,
      baseline: args.baseline,
      where: args.where,
      split: args.split,
      'complete-cases': args.completeCases,
      'impute-cost': args.imputeCost,
      faults: args.faults,
      'scorer-error': args['scorer-error'],
      'quality-unit': args.qualityUnit,
      'label-delay': args.labelDelay,
      headroom: args.headroom,
      margin: args.margin,
      redact: args.redact,
      seed: args.seed,
    })
    const whole = await completeComparison(compared.comparison, { ...args, tableOf, files, command })
    const named = { comparison: whole, columns: compared.replayable() }
    // Before it is kept or shown.
    const { comparison, columns: replayable } = args.redact ? redactWithColumns(named) : named
    const isKept = keep({ ...compared, comparison }, replayable)
    noteUnused(args['scorer-error'], comparison)
    if (args.out !== undefined) {
      const { renderHtml } = await import('../../report/html.js')
      writeFileAtomic(args.out, await renderHtml(comparison, promptsOf(comparison), whatIfOf(replayable)))
    }
    if (isKept) writeIndex()
    if (args.json) printJson(asJson(comparison))
    else print(renderText(comparison, terminal()))
    if (args.out !== undefined) note(`report written to ${args.out}`)
    return 0
  },
})

const FAULTS_HELP = [
  'a bad day: shares from 0 to 1 of what goes wrong, such as abort=0.05,lost=0.02,fail=0.02,duplicate=0.02,slow=0.05x10,clock=0.01x10m.',
  'abort: calls broken off, charged what was streamed; lost: calls never settled, charged their reservation when it expires;',
  'fail: calls that fail and are tried on another model; duplicate: settlements sent twice, charged once;',
  'slow: calls that take so many times as long; clock: arrivals at which the clock of the ledger steps, at most so far',
].join(' ')

/** Options that choose or show a part of the log: a recorded log is compared whole, or the ledger would not be the same. */
const NOT_AS_RECORDED = [
  'where',
  'out',
  'faults',
  'scorer-error',
  'headroom',
  'margin',
  'redact',
  'baseline',
  'split',
  'complete-cases',
  'impute-cost',
  'quality-unit',
  'label-delay',
] as const

function refuseWithAsRecorded(
  args: Readonly<Partial<Record<(typeof NOT_AS_RECORDED)[number], unknown>>>,
): void {
  const given = NOT_AS_RECORDED.filter((name) => args[name] !== undefined && args[name] !== false)
  if (given.length === 0) return
  throw new InputError(
    `--as-recorded compares the whole log event by event and cannot be combined with ${given.map((name) => `--${name}`).join(', ')}`,
  )
}

/** The runtime's own file is no log store: say how it becomes one. */
function refuseDecisionLog(path: string): void {
  if (!/\.jsonl(\.gz)?$/.test(path) || !existsSync(path)) return
  const store = path.replace(/\.jsonl(\.gz)?$/, '.db')
  throw new InputError(
    `${path} is no log store; make one: tollgate import ${path} --log ${store} (or compare its decisions with --as-recorded)`,
  )
}

/** The result outlives the command, so that a report can be made of it later; a folder that forbids it is no failure. */
function keep({ comparison, columns }: ComparedByRequest, replayable: Uint8Array | undefined): boolean {
  try {
    saveReplayable(saveRun(comparison, RUNS_FOLDER, columns), replayable)
    note(`run ${comparison.runId} is kept: tollgate report --run ${comparison.runId} --out report.html`)
    return true
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    note(`warning: ${error.message}`)
    return false
  }
}

/** An option that did nothing would let its figures pass for what was asked. */
function noteUnused(scorerError: string | undefined, { runs }: Comparison): void {
  if (scorerError === undefined || runs.some(({ scores }) => (scores?.simulated ?? 0) > 0)) return
  note(
    'warning: --scorer-error changed nothing: no policy here is a cascade with answers that lack a score (an acceptance model scores what the log shows of each answer)',
  )
}

/** Everything but the rows behind the charts. */
function asJson({ charts: _charts, tuning: _tuning, ...rest }: Comparison): unknown {
  return rest
}
