import { basename } from 'node:path'
import { DURATION_PATTERN } from '../../core/duration.js'
import { InputError } from '../../core/errors.js'
import type { LogTable } from '../../core/log-table.js'
import { parsePolicy, sealPolicy } from '../../core/policy.js'
import { firstPolicy } from '../../tune/first-policy.js'
import { budgetScale } from '../budget-scale.js'
import { checkOption } from '../check-option.js'
import { defineCommand, type Command } from '../command.js'
import { logOptions, readLog } from '../log-options.js'
import { print, printJson } from '../output.js'
import { chosenBook, priceOptions } from '../price-option.js'
import { listedModels } from '../../logs/prices/chosen-book.js'
import { writeFileAtomic } from '../../report/write-file.js'

/** `tollgate init`: a first policy from a log, so that nobody starts from an empty file. */
export const command: Command = defineCommand({
  options: (yargs) =>
    priceOptions(logOptions(yargs), 'price book')
      .option('models', {
        type: 'string',
        demandOption: true,
        requiresArg: true,
        describe: 'the models to route between, separated by commas',
      })
      .option('budget', {
        type: 'string',
        requiresArg: true,
        describe: 'a cap per org, such as 15000/mo or 500/d',
      })
      .option('out', {
        type: 'string',
        demandOption: true,
        requiresArg: true,
        describe: 'policy file to write',
      })
      .check(checkOption('budget', parseBudget))
      .example(
        'tollgate init --log log.db --models A,B,C --budget 15000/mo --out policy.json',
        'three models, one cap',
      ),
  run(args) {
    const { table } = readLog(args, () => undefined)
    const models = args.models.split(',').map((id) => id.trim())
    const listed = listedModels(chosenBook(args), models, lastCallAt(table))
    const { policy, notes: found } = firstPolicy({
      policyId: basename(args.out).replace(/\.json$/, ''),
      table,
      models,
      budget: args.budget === undefined ? undefined : parseBudget(args.budget),
      ...listed,
    })
    const sealed = sealPolicy(policy as unknown as Record<string, unknown>)
    const parsed = parsePolicy(sealed)
    const scale = budgetScale(table, parsed)
    const notes = [...listed.notes, ...found, ...(scale === null ? [] : [scale])]
    writeFileAtomic(args.out, `${JSON.stringify(sealed, null, 2)}\n`)
    if (args.json)
      printJson({ out: args.out, policyId: policy.policyId, contentHash: parsed.contentHash, notes })
    else
      print(
        [
          `${args.out} written.`,
          ...notes.map((note) => `  ${note}`),
          `Next: tollgate replay --log ${args.log} --policy ${args.out}`,
        ].join('\n'),
      )
    return 0
  },
})

/** Times that an import made up say nothing of prices. */
function lastCallAt(table: LogTable): number | undefined {
  return table.arrivals === 'logged' ? table.at[table.size - 1] : undefined
}

/** `AMOUNT/UNIT`: dollars per s, m, h, d, w or mo, with a count if one likes (`100/2w`). */
function parseBudget(text: string): { usd: number; duration: string } {
  const [amount = '', unit = ''] = text.split('/')
  const duration = /^\d/.test(unit) ? unit : `1${unit}`
  const usd = Number(amount)
  if (amount === '' || !(usd > 0) || !DURATION_PATTERN.test(duration)) {
    throw new InputError(`--budget must look like 15000/mo or 500/d, got ${text}`)
  }
  return { usd, duration }
}
