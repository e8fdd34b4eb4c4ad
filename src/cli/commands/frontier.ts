import type { Argv } from 'yargs'
import type { HeuristicSpec } from '../../core/classify/heuristic-schema.js'
import { InputError } from '../../core/errors.js'
import type { LogTable } from '../../core/log-table.js'
import type { Policy } from '../../core/policy.js'
import { summarizeLog } from '../../metrics/log-summary.js'
import type { PricesByModel } from '../../metrics/outcome-cost.js'
import { completeCases, imputeModelMeanCost, sharedCases, type SharedCases } from '../../replay/rows.js'
import { renderFrontierText } from '../../report/terminal-frontier.js'
import { writeFileAtomic } from '../../report/write-file.js'
import { loadPolicy } from '../../router/load-policy.js'
import { frontier, FRONTIER_KINDS, type FrontierKind } from '../../tune/frontier.js'
import { checkOption } from '../check-option.js'
import { defineCommand, type Command } from '../command.js'
import { filterNames, tableReader } from '../compare-on-table.js'
import { labelDelayOption } from '../label-delay.js'
import { logOptions, type LogArgs } from '../log-options.js'
import { messagesOf } from '../messages-of.js'
import { note, print, printJson } from '../output.js'
import { countProgress } from '../progress.js'
import { parseErrorRates } from '../scorer-error.js'
import { requireSeed } from '../seed.js'
import { terminal } from '../terminal.js'
import { noteTestUse } from '../test-uses.js'

interface FrontierArgs extends LogArgs {
  readonly policy: string | undefined
  readonly classifier: readonly FrontierKind[] | undefined
  readonly academic: boolean
  readonly scorerError: string | undefined
  readonly wrongAnswer: number | undefined
  readonly seed: number
  readonly out: string | undefined
}

/** `tollgate frontier`: what each classifier reaches beyond fixed mixes of single models. */
export const command: Command = defineCommand({
  options: (yargs) =>
    labelDelayOption(logOptions(yargs))
      .option('policy', {
        type: 'string',
        requiresArg: true,
        describe:
          'compare the models of this policy, with its heuristic; default: the models on the cost-quality hull',
      })
      .option('classifier', {
        choices: FRONTIER_KINDS,
        array: true,
        requiresArg: true,
        describe: 'which to sweep; default: all that the log supports',
      })
      .option('academic', {
        type: 'boolean',
        default: false,
        describe: 'add AIQ, APGR, CPT and others, to compare with papers and leaderboards',
      })
      .option('scorer-error', {
        type: 'string',
        requiresArg: true,
        describe:
          'also cascades whose scorer knows the truth and errs on these shares of the answers, such as 0,0.05,0.1,0.2: simulated, not deployable',
      })
      .option('wrong-answer', {
        type: 'number',
        requiresArg: true,
        describe:
          'US dollars that a wrong answer costs you: what is best then, by cost and wrong answers together',
      })
      .option('seed', {
        type: 'number',
        default: 1,
        requiresArg: true,
        describe: 'seed of the split where it is by lot, of folds, controls and intervals',
      })
      .option('out', { type: 'string', requiresArg: true, describe: 'write the report, one HTML file' })
      .check(checkOption('seed', requireSeed))
      .check(checkOption('scorer-error', parseErrorRates))
      .check(checkOption('wrong-answer', requirePrice))
      .example(
        'tollgate frontier --log log.db --out frontier.html',
        'does routing beat a fixed mix of models here?',
      ) as unknown as Argv<FrontierArgs>,
  async run(args) {
    const policy = args.policy === undefined ? undefined : await loadPolicy(args.policy)
    const heuristic = policy === undefined ? undefined : heuristicOf(policy)
    const { table, leftOut } = readTable(args, policy)
    const progress = await countProgress('frontier')
    const result = frontier({
      table,
      messages: messagesOf(args.log, table),
      models: policy?.models.map(({ id }) => id),
      prices: policy === undefined ? undefined : pricesOf(policy),
      listed: policy?.models,
      modelsLeftOut: leftOut,
      heuristic,
      kinds: args.classifier,
      academic: args.academic,
      wrongUsd: args.wrongAnswer,
      scorerErrors: args.scorerError === undefined ? undefined : parseErrorRates(args.scorerError),
      seed: args.seed,
      onProgress: (done, total) => progress.update(done, total),
    })
    progress.stop()
    const log = summarizeLog(table)
    const filters = filterNames({ ...args, split: undefined }, table)
    const scaleToRequestsPerDay = table.requestsPerDay ?? null
    const report = { log, filters, scaleToRequestsPerDay, ...result }
    if (args.out !== undefined) {
      const { renderFrontierHtml } = await import('../../report/frontier-html.js')
      writeFileAtomic(args.out, await renderFrontierHtml(report))
    }
    if (args.json) printJson({ log, filters, ...result })
    else print(renderFrontierText(report, terminal()))
    if (args.out !== undefined) note(`report written to ${args.out}`)
    const { classifier, wrongAnswer, scorerError, seed } = args
    const policyHash = policy?.contentHash
    noteTestUse(args, table, 'frontier', { policyHash, classifier, wrongAnswer, scorerError, seed })
    return 0
  },
})

/**
 * Complete cases are those of the policy's models: others do not take part. Without a policy, those of as many models as
 * share most of the requests. Costs are imputed last, as everywhere.
 */
function readTable(args: FrontierArgs, policy: Policy | undefined): SharedCases {
  const extracting = policy !== undefined && heuristicOf(policy) !== undefined ? policy : undefined
  const all = { ...args, completeCases: false, imputeCost: undefined, split: undefined }
  const table = tableReader(all)(extracting)
  const { table: complete, leftOut } = args.completeCases ? completeOf(table, policy) : { table, leftOut: [] }
  return { table: args.imputeCost === undefined ? complete : imputeModelMeanCost(complete), leftOut }
}

function completeOf(table: LogTable, policy: Policy | undefined): SharedCases {
  if (policy === undefined) return sharedCases(table)
  const known = policy.models.map(({ id }) => id).filter((id) => hasModel(table, id))
  return { table: completeCases(table, known), leftOut: [] }
}

function hasModel({ outcomes }: LogTable, id: string): boolean {
  return outcomes.some(({ model }) => model === id)
}

function pricesOf({ models }: Policy): PricesByModel {
  return new Map(models.flatMap(({ id, prices }) => (prices === undefined ? [] : [[id, prices] as const])))
}

function heuristicOf({ file: { classifier } }: Policy): HeuristicSpec | undefined {
  return classifier.kind === 'heuristic' ? classifier.heuristic : undefined
}

function requirePrice(usd: number): void {
  if (!(Number.isFinite(usd) && usd >= 0))
    throw new InputError(`--wrong-answer must be US dollars of at least 0, got ${usd}`)
}
