import { summarizeLog } from '../../metrics/log-summary.js'
import { renderWhatIfText } from '../../report/terminal-what-if.js'
import { writeFileAtomic } from '../../report/write-file.js'
import { loadPolicy } from '../../router/load-policy.js'
import { whatIf } from '../../tune/what-if/what-if.js'
import { checkOption } from '../check-option.js'
import { defineCommand, type Command } from '../command.js'
import { tableReader } from '../compare-on-table.js'
import { logOptions } from '../log-options.js'
import { note, print, printJson } from '../output.js'
import { needsOf } from '../policies.js'
import { priceOptions } from '../price-option.js'
import { requireSeed } from '../seed.js'
import { terminal } from '../terminal.js'
import { parsePriceEdit, parseShift, parseTraffic, readChange } from '../what-if-options.js'

/** `tollgate whatif`: the log under other prices, models or traffic, next to today's, and where the best policy flips. */
export const command: Command = defineCommand({
  options: (yargs) =>
    priceOptions(
      logOptions(yargs)
        .option('policy', {
          type: 'string',
          array: true,
          nargs: 1,
          demandOption: true,
          describe: 'a policy file; may be given several times',
        })
        .option('price', {
          type: 'string',
          array: true,
          nargs: 1,
          describe: 'MODEL.promptPer1m=1.25 (dollars), or =x0.5 of what it is; may be given several times',
        })
        .option('add-model', {
          type: 'string',
          requiresArg: true,
          describe: "a file with an entry of a policy's models, price included",
        })
        .option('quality-from', {
          type: 'string',
          requiresArg: true,
          describe: 'the added model answers like this one of the log',
        })
        .option('stated-quality', {
          type: 'number',
          requiresArg: true,
          describe: 'the added model has this quality on every request, from 0 to 1',
        })
        .option('remove-model', {
          type: 'string',
          array: true,
          nargs: 1,
          describe: 'a model that is no longer there',
        })
        .option('traffic', {
          type: 'string',
          requiresArg: true,
          describe: 'x3: three requests where one came, from the same users at the same time',
        })
        .option('shift', {
          type: 'string',
          array: true,
          nargs: 1,
          describe: "task=debug:+20%: that task's share of the requests is 1.2 times as large",
        })
        .option('max-quality-drop', {
          type: 'number',
          default: 0.01,
          requiresArg: true,
          describe: 'the best is the cheapest whose quality is at most this much below the best one',
        })
        .option('seed', {
          type: 'number',
          default: 1,
          requiresArg: true,
          describe: 'seed of the lot by which traffic and tasks change',
        })
        .option('out', { type: 'string', requiresArg: true, describe: 'write the report, one HTML file' })
        .check(checkOption('seed', requireSeed))
        .check(checkOption('traffic', parseTraffic))
        .check(({ price, shift }) => {
          price?.forEach(parsePriceEdit)
          shift?.forEach(parseShift)
          return true
        })
        .example(
          'tollgate whatif --log log.db --policy policy.json --price gpt-4o.completionPer1m=x0.5',
          'half the price of output',
        ),
      'a price book of other prices',
    ),
  async run(args) {
    const policies = await Promise.all(args.policy.map((path) => loadPolicy(path)))
    const tableOf = tableReader({ ...args, split: undefined })
    const table = tableOf(policies[0])
    const log = summarizeLog(table)
    const { change, notes } = readChange(args, policies, table)
    const result = whatIf({
      tableOf,
      policies,
      change,
      needs: needsOf(table),
      maxQualityDrop: args['max-quality-drop'],
      seed: args.seed,
    })
    if (args.out !== undefined) {
      const { renderWhatIfHtml } = await import('../../report/what-if-html.js')
      writeFileAtomic(args.out, await renderWhatIfHtml(log, result, notes))
    }
    if (args.json) printJson({ log, notes, ...result })
    else print(renderWhatIfText(log, { result, notes }, terminal()))
    if (args.out !== undefined) note(`report written to ${args.out}`)
    return 0
  },
})
