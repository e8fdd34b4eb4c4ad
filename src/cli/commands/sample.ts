import { InputError } from '../../core/errors.js'
import type { LogTable } from '../../core/log-table.js'
import type { SampleCard } from '../../logs/store-sample.js'
import { textsById } from '../../logs/store-texts-by-id.js'
import { openLog } from '../../logs/store.js'
import { percent } from '../../report/format.js'
import { writeFileAtomic } from '../../report/write-file.js'
import { loadPolicy } from '../../router/load-policy.js'
import { askedModels, sampleLog, type LogSample } from '../../tune/sample/sample-log.js'
import { checkOption } from '../check-option.js'
import { defineCommand, type Command } from '../command.js'
import { tableReader } from '../compare-on-table.js'
import { count, dollars, plural } from '../format.js'
import { note, print, printJson } from '../output.js'
import { requireSeed } from '../seed.js'
import { table } from '../table.js'

/** `tollgate sample`: which requests to ask of which other models, how many, and what that costs. */
export const command: Command = defineCommand({
  options: (yargs) =>
    yargs
      .option('log', { type: 'string', demandOption: true, requiresArg: true, describe: 'the log store' })
      .option('policy', {
        type: 'string',
        demandOption: true,
        requiresArg: true,
        describe: 'the policy file whose models are asked; its prices say what that costs',
      })
      .option('models', {
        type: 'string',
        requiresArg: true,
        describe:
          'only these of its models, such as a,b (default: all but the one that is called most and those whose answers the log has)',
      })
      .option('detect', {
        type: 'number',
        default: 0.05,
        requiresArg: true,
        describe: 'a difference in quality that is to be seen: a fraction, 0.05 is five points',
      })
      .option('power', {
        type: 'number',
        default: 0.8,
        requiresArg: true,
        describe: 'with this chance, where there is one',
      })
      .option('seed', { type: 'number', default: 1, requiresArg: true, describe: 'seed of the draw' })
      .option('out', {
        type: 'string',
        demandOption: true,
        requiresArg: true,
        describe: 'write the requests to ask, one JSON object a line',
      })
      .check(checkOption('detect', requireShare('--detect')))
      .check(checkOption('power', requireShare('--power')))
      .check(checkOption('seed', requireSeed))
      .example(
        'tollgate sample --log log.db --policy policy.json --detect 0.05 --out sample.jsonl',
        'then: tollgate import answers.jsonl --attach sample.jsonl --log log.db',
      ),
  async run(args) {
    const policy = await loadPolicy(args.policy)
    const read = { ...args, where: undefined, completeCases: false, imputeCost: undefined, split: undefined }
    const log = tableReader(read)(policy)
    if (log.sampled !== undefined) throw new InputError(SAMPLED_ALREADY)
    const models = askedModels(namesOf(args.models), policy, log)
    const { detect, power, seed } = args
    const sample = sampleLog({ table: log, policy, models, detect, power, seed })
    const { requests } = sample.plan
    const card = { tollgateSample: 1 as const, logHash: log.hash, seed, requests, models, detect, power }
    writeFileAtomic(args.out, fileText(args.log, log, sample, card))
    const summary = { ...sample, log: args.log, file: args.out, models, detect, power }
    if (args.json) printJson(asJson(summary))
    else print(asText(summary))
    note(`${plural(sample.requests.length, 'request')} written to ${args.out}`)
    return 0
  },
})

const SAMPLED_ALREADY =
  'a sample is attached to this log already; draw another of a log without one, made of the same files'

interface Summary extends LogSample {
  readonly log: string
  readonly file: string
  readonly models: readonly string[]
  readonly detect: number
  readonly power: number
}

function namesOf(list: string | undefined): string[] | undefined {
  return list?.split(',').map((id) => id.trim())
}

/** The card, then every request to ask, with its text where the store has it. */
function fileText(path: string, log: LogTable, { requests }: LogSample, card: SampleCard): string {
  const store = openLog(path)
  try {
    const textOf = textsById(store)
    const lines = requests.map(({ row, models, probability, stratum }) => {
      const id = log.ids[row] ?? ''
      const limit = log.maxOutputTokens[row] ?? -1
      const maxOutputTokens = limit < 0 ? undefined : limit
      return JSON.stringify({ id, models, probability, stratum, ...textOf(id), maxOutputTokens })
    })
    return `${[JSON.stringify(card), ...lines].join('\n')}\n`
  } finally {
    store.close()
  }
}

function asJson({ plan, file, models, costUsd, detect, power }: Summary): unknown {
  return {
    file,
    requests: plan.requests,
    drawn: plan.drawn,
    models,
    detect,
    power,
    detects: plan.detects,
    deviation: plan.deviation,
    costUsd,
    totalCostUsd: totalOf(costUsd),
    strata: plan.strata.map(({ name, rows, drawn, probability }) => ({
      name,
      requests: rows.length,
      drawn: drawn.length,
      probability,
    })),
  }
}

function asText(summary: Summary): string {
  const { plan, costUsd, log, file } = summary
  const total = totalOf(costUsd)
  return [
    sizeSentence(summary),
    total === null
      ? 'What that costs is unknown: not all the models have prices, or requests token counts.'
      : `That costs about ${dollars(total)} by the prices of the policy and its expected output tokens.`,
    '',
    table(
      ['model', 'expected cost'],
      Object.entries(costUsd).map(([model, cost]) => [model, dollars(cost)]),
    ),
    '',
    table(
      ['stratum', 'requests', 'drawn', 'each with a chance of'],
      plan.strata.map(({ name, rows, drawn, probability }) => [
        name,
        count(rows.length),
        count(drawn.length),
        percent(probability),
      ]),
    ),
    '',
    `Next: send the requests of ${file}, write a line {"id", "outcomes": [{"model", "quality", "costUsd"}]} for each, and`,
    `tollgate import answers.jsonl --attach ${file} --log ${log}`,
  ].join('\n')
}

function sizeSentence({ plan, models, detect, power }: Summary): string {
  const points = (share: number): string => `${Number((100 * share).toFixed(1))} points`
  const tells =
    plan.detects <= detect
      ? `tell a difference of ${points(detect)} from the logged answers with a power of ${percent(power)}`
      : `tell a difference of ${points(plan.detects)} at least with a power of ${percent(power)}: for ${points(detect)} the log is too short`
  const together = models.length > 1 ? `, for ${models.length} comparisons together` : ''
  return `Ask ${plural(models.length, 'model')} ${count(plan.drawn)} of the ${count(plan.requests)} requests (${models.join(', ')}). Their answers, with a quality each, ${tells} (95 % intervals${together}; a difference is taken to vary by ${points(plan.deviation)} between requests).`
}

/** Unknown where one of them is. */
function totalOf(costUsd: LogSample['costUsd']): number | null {
  const known = Object.values(costUsd).filter((cost) => cost !== null)
  return known.length < Object.keys(costUsd).length ? null : known.reduce((sum, cost) => sum + cost, 0)
}

function requireShare(name: string): (value: number) => void {
  return (value) => {
    if (value > 0 && value < 1) return
    throw new InputError(`${name} must be a share between 0 and 1, such as 0.05, got ${value}`)
  }
}
