import type { Argv } from 'yargs'
import { InputError } from '../../core/errors.js'
import { parsePolicy } from '../../core/policy.js'
import { summarizeLog } from '../../metrics/log-summary.js'
import type { LogSummary } from '../../metrics/result.js'
import { readPolicyFile } from '../../router/load-policy.js'
import { parseConstraints, parseObjective } from '../../tune/objective.js'
import { tune, type TuneResult } from '../../tune/tune.js'
import { readBaseline } from '../baseline.js'
import { budgetScale } from '../budget-scale.js'
import { checkOption } from '../check-option.js'
import { defineCommand, type Command } from '../command.js'
import { tableReader } from '../compare-on-table.js'
import { lastTime } from '../last-time.js'
import { logOptions, type LogArgs } from '../log-options.js'
import { note, print, printJson } from '../output.js'
import { countProgress } from '../progress.js'
import { requireSeed } from '../seed.js'
import { terminal } from '../terminal.js'
import { noteTestUse } from '../test-uses.js'
import { tuneText } from '../tune-text.js'
import { writeFileAtomic } from '../../report/write-file.js'

/** Nothing kept the constraints: no answer, and no policy is written. */
const INCONCLUSIVE = 3

interface TuneArgs extends LogArgs {
  readonly policy: string
  readonly objective: string
  readonly subjectTo: readonly string[] | undefined
  readonly baseline: string | undefined
  readonly candidates: number
  readonly seed: number
  readonly out: string
}

/** `tollgate tune`: searches a policy's knobs on a log and writes the one that held out. */
export const command: Command = defineCommand({
  options: (yargs) =>
    logOptions(yargs)
      .option('policy', {
        type: 'string',
        demandOption: true,
        requiresArg: true,
        describe: 'the policy file to start from',
      })
      .option('objective', {
        type: 'string',
        default: 'min cost',
        requiresArg: true,
        describe: "what to reach: 'min cost', 'max quality'",
      })
      .option('subject-to', {
        type: 'string',
        array: true,
        nargs: 1,
        describe:
          "what must hold, such as 'quality >= 0.98 * baseline' or 'quality[task=debug] >= 0.9'; may be given several times",
      })
      .option('baseline', {
        type: 'string',
        requiresArg: true,
        describe: 'model:ID or a policy file (default: the model that was called most often)',
      })
      .option('candidates', {
        type: 'number',
        default: 200,
        requiresArg: true,
        describe: 'how many policies to replay',
      })
      .option('seed', { type: 'number', default: 1, requiresArg: true, describe: 'seed of the search' })
      .option('out', {
        type: 'string',
        default: 'policies/tuned.json',
        requiresArg: true,
        describe: 'write the tuned policy',
      })
      .check(checkOption('candidates', requireCandidates))
      .check(checkOption('seed', requireSeed))
      .check(checkOption('objective', parseObjective))
      .check(({ 'subject-to': constraints = [] }) => {
        parseConstraints(constraints)
        return true
      })
      .example(
        "tollgate tune --log log.db --policy policies/heuristic.json --subject-to 'quality >= 0.98 * baseline'",
        'the cheapest policy that keeps 98 % of the quality',
      ) as unknown as Argv<TuneArgs>,
  async run(args) {
    const policyJson = await readPolicyFile(args.policy)
    const policy = parsePolicy(policyJson)
    const tableOf = tableReader({ ...args, split: undefined })
    const table = tableOf(policy)
    const { label, policy: baseline } = await readBaseline(args.baseline, table, [policy])
    const progress = await countProgress('tune')
    const result = tune({
      table,
      policyJson,
      baseline: { label, policy: baseline, table: tableOf(baseline) },
      objective: args.objective,
      constraints: args.subjectTo ?? [],
      seed: args.seed,
      candidates: args.candidates,
      file: args.out,
      ...(table.arrivals === 'logged' ? { createdAt: lastTime(table) } : {}),
      onProgress: (done, total) => progress.update(done, total),
    })
    progress.stop()
    if (result.kind === 'tuned') writeFileAtomic(args.out, `${JSON.stringify(result.policyJson, null, 2)}\n`)
    if (args.json) printJson(asJson(result, summarizeLog(table)))
    else print(tuneText(result, budgetScale(table, policy), terminal()))
    if (result.kind !== 'tuned') return INCONCLUSIVE
    note(`tuned policy written to ${args.out}`)
    const { objective, subjectTo, candidates, seed } = args
    noteTestUse(args, table, 'tune', { policyJson, label, objective, subjectTo, candidates, seed })
    return 0
  },
})

function requireCandidates(candidates: number): void {
  if (Number.isInteger(candidates) && candidates >= 1) return
  throw new InputError(`--candidates must be a whole number from 1, got ${candidates}`)
}

function asJson(result: TuneResult, log: LogSummary): unknown {
  if (result.kind === 'none') {
    const { kind: _kind, because, closest, ...rest } = result
    return { log, ...rest, chosen: null, promised: null, heldOut: null, because, closest }
  }
  const { policyId, contentHash, file, ...rest } = result.tuning
  return { log, ...rest, chosen: { policyId, contentHash, file }, notes: result.notes }
}
