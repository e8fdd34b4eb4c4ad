import { InputError } from '../../core/errors.js'
import type { LogTable } from '../../core/log-table.js'
import { usd } from '../../core/money.js'
import type { Policy } from '../../core/policy.js'
import type { SampleCard } from '../../logs/store-sample.js'
import { textsById } from '../../logs/store-texts-by-id.js'
import { openLog } from '../../logs/store.js'
import { expectedCosts } from '../../metrics/outcome-cost.js'
import { writeFileAtomic } from '../../report/write-file.js'
import { loadPolicy } from '../../router/load-policy.js'
import { planSample, type SamplePlan } from '../../tune/sample/plan-sample.js'
import { strataOf } from '../../tune/sample/strata.js'
import { checkOption } from '../check-option.js'
import { defineCommand, type Command } from '../command.js'
import { tableReader } from '../compare-on-table.js'
import { count, dollars, plural } from '../format.js'
import { percent } from '../../report/format.js'
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
        describe: 'only these of its models, such as a,b (default: all but the one that is called most)',
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
    const models = askedModels(args.models, policy, log)
    const { defaultMaxOutputTokens } = policy.file.reservation
    const costs = models.map((id) => {
      const model = policy.models.find((one) => one.id === id)
      if (model === undefined) throw new InputError(`${args.policy} has no model ${id}`)
      return expectedCosts(log, { model, defaultMaxOutputTokens })
    })
    const together = Float64Array.from({ length: log.size }, (_, row) =>
      costs.reduce((sum, own) => sum + (own[row] ?? NaN), 0),
    )
    const difficulty = policy.classifier.difficulties(log.features, log.size)
    const plan = planSample({
      strata: strataOf(log, difficulty, together),
      costs: together,
      quality: loggedQuality(log),
      comparisons: models.length,
      detect: args.detect,
      power: args.power,
      seed: args.seed,
    })
    const card: SampleCard & Record<string, unknown> = {
      tollgateSample: 1,
      logHash: log.hash,
      seed: args.seed,
      requests: plan.requests,
      models,
      detect: args.detect,
      power: args.power,
    }
    writeFileAtomic(args.out, fileText(args.log, log, plan, card))
    const drawn = plan.strata.flatMap((stratum) => stratum.drawn)
    const costUsd = Object.fromEntries(
      models.map((id, at) => [id, usdOf(drawn.reduce((sum, row) => sum + (costs[at]?.[row] ?? NaN), 0))]),
    )
    const summary = { log: log.path, plan, models, costUsd, detect: args.detect, power: args.power }
    if (args.json) printJson(asJson(summary, args.out))
    else print(asText(summary, args.out, args.log))
    note(`${plural(drawn.length, 'request')} written to ${args.out}`)
    return 0
  },
})

interface Summary {
  readonly log: string
  readonly plan: SamplePlan
  readonly models: readonly string[]
  /** Null where something of it is unknown. */
  readonly costUsd: Readonly<Record<string, number | null>>
  readonly detect: number
  readonly power: number
}

function askedModels(named: string | undefined, { models }: Policy, log: LogTable): string[] {
  if (named !== undefined) {
    const ids = [...new Set(named.split(',').map((id) => id.trim()))]
    const unknown = ids.filter((id) => !models.some((model) => model.id === id))
    if (unknown.length === 0) return ids
    throw new InputError(
      `the policy has no model ${unknown.join(', ')}; it has ${models.map(({ id }) => id).join(', ')}`,
    )
  }
  const calls = log.outcomes.map((_, place) =>
    log.chosen.reduce((sum, one) => sum + Number(one === place), 0),
  )
  const most = log.outcomes[calls.indexOf(Math.max(...calls))]?.model
  const asked = models.map(({ id }) => id).filter((id) => id !== most)
  if (asked.length > 0) return asked
  throw new InputError(
    `the policy has no model but ${most ?? 'none'}, which the log called: there is nothing to ask`,
  )
}

function loggedQuality({ chosen, outcomes }: LogTable): Float64Array {
  return Float64Array.from(chosen, (model, row) => outcomes[model]?.quality[row] ?? NaN)
}

/** The card, then every drawn request with its text where the store has it, in order of time. */
function fileText(path: string, log: LogTable, plan: SamplePlan, card: SampleCard): string {
  const store = openLog(path)
  try {
    const textOf = textsById(store)
    const rows = plan.strata
      .flatMap(({ drawn, probability, name }) => drawn.map((row) => ({ row, probability, stratum: name })))
      .sort((a, b) => a.row - b.row)
    const lines = rows.map(({ row, probability, stratum }) => {
      const id = log.ids[row] ?? ''
      const called = log.outcomes[log.chosen[row] ?? -1]?.model
      const limit = log.maxOutputTokens[row] ?? -1
      return JSON.stringify({
        id,
        models: card.models.filter((model) => model !== called),
        probability,
        stratum,
        ...textOf(id),
        ...(limit < 0 ? {} : { maxOutputTokens: limit }),
      })
    })
    return `${[JSON.stringify(card), ...lines].join('\n')}\n`
  } finally {
    store.close()
  }
}

function asJson({ plan, models, costUsd, detect, power }: Summary, file: string): unknown {
  const known = Object.values(costUsd)
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
    totalCostUsd: known.includes(null) ? null : known.reduce<number>((sum, cost) => sum + (cost ?? 0), 0),
    strata: plan.strata.map(({ name, rows, drawn, probability }) => ({
      name,
      requests: rows.length,
      drawn: drawn.length,
      probability,
    })),
  }
}

function asText({ plan, models, costUsd, detect, power }: Summary, file: string, log: string): string {
  const points = (share: number): string => `${Number((100 * share).toFixed(1))} points`
  const total = Object.values(costUsd).reduce<number | null>(
    (sum, cost) => (sum === null || cost === null ? null : sum + cost),
    0,
  )
  const tells =
    plan.detects <= detect
      ? `tell a difference of ${points(detect)} from the logged answers with a power of ${percent(power)}`
      : `tell a difference of ${points(plan.detects)} at least with a power of ${percent(power)}: for ${points(detect)} the log is too short`
  return [
    `Ask ${plural(models.length, 'model')} ${count(plan.drawn)} of the ${count(plan.requests)} requests (${models.join(', ')}). Their answers, with a quality each, ${tells} (95 % intervals${models.length > 1 ? `, for ${models.length} comparisons together` : ''}; a difference is taken to vary by ${points(plan.deviation)} between requests).`,
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

function usdOf(nano: number): number | null {
  return Number.isNaN(nano) ? null : usd(nano)
}

function requireShare(name: string): (value: number) => void {
  return (value) => {
    if (value > 0 && value < 1) return
    throw new InputError(`${name} must be a share between 0 and 1, such as 0.05, got ${value}`)
  }
}
