import { summarizeLog } from '../../metrics/log-summary.js'
import { loadPolicy } from '../../router/load-policy.js'
import { marginRows } from '../../tune/margin.js'
import { checkOption } from '../check-option.js'
import { defineCommand, type Command } from '../command.js'
import { tableReader } from '../compare-on-table.js'
import { logOptions } from '../log-options.js'
import { note, print, printJson } from '../output.js'
import { countProgress } from '../progress.js'
import { requireSeed } from '../seed.js'
import { terminal } from '../terminal.js'
import { renderMarginText } from '../../report/terminal-margin.js'
import { writeFileAtomic } from '../../report/write-file.js'

/** `tollgate margin`: what each way of reserving lets through and keeps out. */
export const command: Command = defineCommand({
  options: (yargs) =>
    logOptions(yargs)
      .option('policy', {
        type: 'string',
        demandOption: true,
        requiresArg: true,
        describe: 'the policy file; its own reservation mode does not matter, its budgets do',
      })
      .option('seed', {
        type: 'number',
        default: 1,
        requiresArg: true,
        describe: 'seed of the split, where it is by lot',
      })
      .option('out', { type: 'string', requiresArg: true, describe: 'write the report, one HTML file' })
      .check(checkOption('seed', requireSeed))
      .example('tollgate margin --log log.db --policy policy.json --out margin.html', 'compare and report'),
  async run(args) {
    const policy = await loadPolicy(args.policy)
    const table = tableReader({ ...args, split: undefined })(policy)
    const log = summarizeLog(table)
    const progress = await countProgress('margin')
    const onProgress = (done: number, total: number): void => progress.update(done, total)
    const result = marginRows({ table, policy, seed: args.seed, onProgress })
    progress.stop()
    if (args.out !== undefined) {
      const { renderMarginHtml } = await import('../../report/margin-html.js')
      writeFileAtomic(args.out, await renderMarginHtml(log, result))
    }
    if (args.json) printJson({ log, ...result })
    else print(renderMarginText(log, result, terminal()))
    if (args.out !== undefined) note(`report written to ${args.out}`)
    return 0
  },
})
