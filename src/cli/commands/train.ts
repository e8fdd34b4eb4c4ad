import { availableParallelism } from 'node:os'
import type { Argv } from 'yargs'
import { parsePolicy } from '../../core/policy.js'
import { summarizeLog } from '../../metrics/log-summary.js'
import { renderTrainText } from '../../report/terminal-train.js'
import { writeFileAtomic } from '../../report/write-file.js'
import { readPolicyFile } from '../../router/load-policy.js'
import { openFitPool } from '../../threads/fit-pool.js'
import { train } from '../../tune/train.js'
import { checkOption } from '../check-option.js'
import { defineCommand, type Command } from '../command.js'
import { tableReader } from '../compare-on-table.js'
import { lastTime } from '../last-time.js'
import { labelDelayOption, youngFilter } from '../label-delay.js'
import { logOptions, type LogArgs } from '../log-options.js'
import { messagesToLearnFrom } from '../messages-of.js'
import { note, print, printJson } from '../output.js'
import { countProgress } from '../progress.js'
import { requireSeed } from '../seed.js'
import { terminal } from '../terminal.js'
import { noteTestUse } from '../test-uses.js'
import { requireWorkers } from '../workers.js'

interface TrainArgs extends LogArgs {
  readonly policy: string
  readonly classifier: 'learned' | 'hybrid'
  readonly selector: 'keep' | 'utility' | 'paced' | 'cascade'
  readonly seed: number
  readonly forTuning: boolean
  readonly workers: number
  readonly out: string
}

/** `tollgate train`: fits the learned classifier into a policy. */
export const command: Command = defineCommand({
  options: (yargs) =>
    labelDelayOption(logOptions(yargs))
      .option('policy', {
        type: 'string',
        demandOption: true,
        requiresArg: true,
        describe: 'the policy file whose models are learned',
      })
      .option('classifier', {
        choices: ['learned', 'hybrid'] as const,
        default: 'learned' as const,
        requiresArg: true,
        describe:
          'what the new policy has: learned alone, or rules with the learned one near tier boundaries',
      })
      .option('selector', {
        choices: ['keep', 'utility', 'paced', 'cascade'] as const,
        default: 'keep' as const,
        requiresArg: true,
        describe:
          "the policy's own selector; utility with the cost weight that gained most; paced: the same by the use of a budget; or a cascade: the cheapest ladder that keeps the best model's quality",
      })
      .option('seed', {
        type: 'number',
        default: 1,
        requiresArg: true,
        describe: 'seed of folds and controls',
      })
      .option('for-tuning', {
        type: 'boolean',
        default: false,
        describe: 'learn from the first 60 % only, so that tune can choose on the next 20 % unseen',
      })
      .option('workers', {
        type: 'number',
        default: availableParallelism(),
        defaultDescription: 'all cores',
        requiresArg: true,
        describe: 'threads to fit on; the result is the same with any number',
      })
      .option('out', {
        type: 'string',
        demandOption: true,
        requiresArg: true,
        describe: 'write the new policy',
      })
      .check(checkOption('seed', requireSeed))
      .check(checkOption('workers', requireWorkers))
      .example(
        'tollgate train --log log.db --policy policy.json --out learned.json',
        'learn from prompts and outcomes which model will do',
      ) as unknown as Argv<TrainArgs>,
  async run(args) {
    const policyJson = (await readPolicyFile(args.policy)) as Readonly<Record<string, unknown>>
    const policy = parsePolicy(policyJson)
    const table = tableReader({ ...args, split: undefined })(policy)
    youngFilter(table).forEach(note)
    const progress = await countProgress('train')
    const pool = openFitPool(args.workers)
    const result = await train({
      table,
      messages: messagesToLearnFrom(args.log, table),
      policyJson,
      kind: args.classifier,
      selector: args.selector,
      seed: args.seed,
      forTuning: args.forTuning,
      ...(table.arrivals === 'logged' ? { createdAt: lastTime(table) } : {}),
      fitAll: pool.fitAll,
      onProgress: (done, total) => progress.update(done, total),
    }).finally(() => pool.close())
    progress.stop()
    writeFileAtomic(args.out, `${JSON.stringify(result.policyJson)}\n`)
    const log = summarizeLog(table)
    const { policyJson: _file, ...rest } = result
    if (args.json) printJson({ log, ...rest, file: args.out, contentHash: result.policyJson['contentHash'] })
    else print(renderTrainText(log, result, terminal()))
    note(`policy written to ${args.out}`)
    const { classifier, selector, seed, forTuning } = args
    const question = { policyJson, classifier, selector, seed, ...(forTuning ? { forTuning } : {}) }
    noteTestUse(args, table, 'train', question)
    return 0
  },
})
