import { InputError } from '../../core/errors.js'
import { mappedFormat } from '../../logs/formats/mapped.js'
import { parseMapping } from '../../logs/formats/mapping.js'
import { parseQualityRules, type QualityRules } from '../../logs/formats/quality-rules.js'
import { FORMAT_NAMES, formatByName } from '../../logs/formats/registry.js'
import { importFiles, type ImportResult } from '../../logs/store-import.js'
import { parseSample } from '../../logs/store-sample.js'
import { arrivalsOption } from '../arrivals-option.js'
import { checkOption } from '../check-option.js'
import { defineCommand, type Command } from '../command.js'
import { count, plural } from '../format.js'
import { defaultMeasuring } from '../measuring.js'
import { note, print, printJson } from '../output.js'
import { byteProgress } from '../progress.js'
import { readText } from '../read-file.js'
import { chosenBook, currencyRates, priceOptions } from '../price-option.js'
import type { PricedLog } from '../../logs/store-prices.js'
import { table } from '../table.js'

/** `tollgate import`: files -> log store; prints read, stored, rejected by reason. */
export const command: Command = defineCommand({
  options: (yargs) =>
    priceOptions(
      yargs
        .positional('files', {
          describe:
            'log files, folders, patterns such as logs/*.jsonl.gz, or - for stdin; gzip and zstd are unpacked',
          type: 'string',
          array: true,
          demandOption: true,
        })
        .option('log', {
          type: 'string',
          demandOption: true,
          requiresArg: true,
          describe: 'the log store to fill (made when missing)',
        })
        .option('format', {
          type: 'string',
          default: 'auto',
          requiresArg: true,
          describe: `auto, ${FORMAT_NAMES.join(', ')}`,
        })
        .option('queries', {
          type: 'string',
          array: true,
          nargs: 1,
          describe: 'queries.jsonl with the prompts of a matrix CSV',
        })
        .option('arrivals', {
          type: 'string',
          requiresArg: true,
          describe: "times for a log without any: Poisson arrivals such as 5/s, or a trace's file",
        })
        .option('arrival-tokens', {
          type: 'boolean',
          default: false,
          describe: 'with --arrivals FILE: token counts from the trace too',
        })
        .option('seed', { type: 'number', requiresArg: true, describe: 'seed of --arrivals' })
        .option('map', {
          type: 'string',
          requiresArg: true,
          describe: 'how to read any other CSV or JSON: a file {"fields": {"model": "COLUMN", …}}',
        })
        .option('quality', {
          type: 'string',
          array: true,
          nargs: 1,
          describe:
            'what makes a quality: score:NAME, judge:NAME/5, thumbs, error, retry, else:1 (the first that knows)',
        })
        .option('quality-score', {
          type: 'string',
          requiresArg: true,
          describe: 'the same as --quality score:NAME',
        })
        .option('attach', {
          type: 'string',
          requiresArg: true,
          describe:
            'the files are answers to this sample, which tollgate sample drew from this log: estimates weigh them by their chances',
        })
        .option('redact', {
          type: 'boolean',
          default: false,
          describe: 'keep features and hashes of texts, and no text',
        })
        .option('strict', {
          type: 'boolean',
          default: false,
          describe: 'fail on any rejected row or model without a price, and change nothing',
        })
        .check(checkOption('format', (name: string) => name === 'auto' || formatByName(name)))
        .check(({ arrivals, seed, 'arrival-tokens': tokens }) => {
          if (!Array.isArray(arrivals) && !Array.isArray(seed)) arrivalsOption(arrivals, seed, tokens)
          return true
        })
        .check(({ quality, 'quality-score': score }) => qualityRules(quality, score) !== undefined)
        .check(({ map, format }) => {
          if (map !== undefined && format !== 'auto')
            throw new InputError('--map is a format: leave --format away')
          return true
        })
        .example(
          'tollgate import outcomes.csv.gz --queries queries.jsonl.gz --log log.db',
          'a matrix of outcomes',
        ),
      'what the usage of outcomes costs',
    ),
  async run(args) {
    const progress = await byteProgress()
    try {
      const result = await importFiles({
        log: args.log,
        files: args.files,
        queries: args.queries ?? [],
        format: args.format,
        mapped: args.map === undefined ? undefined : mappedFormat(parseMapping(readText(args.map), args.map)),
        arrivals: arrivalsOption(args.arrivals, args.seed, args['arrival-tokens']),
        quality: qualityRules(args.quality, args['quality-score']),
        attach: args.attach === undefined ? undefined : parseSample(readText(args.attach), args.attach),
        redact: args.redact,
        prices: chosenBook(args),
        rates: currencyRates(args.rate),
        strict: args.strict,
        onProgress: progress.update,
        ...defaultMeasuring(),
      })
      progress.stop()
      for (const { path, message } of result.firstRejects) note(`rejected ${path}: ${message}`)
      for (const warning of result.warnings) note(`warning: ${warning.message}`)
      if (args.json) printJson(asJson(result))
      else print(asText(result, args.log))
    } finally {
      progress.stop()
    }
    return 0
  },
})

function qualityRules(rules: readonly string[] | undefined, score: string | undefined): QualityRules {
  return parseQualityRules([...(score === undefined ? [] : [`score:${score}`]), ...(rules ?? [])])
}

function asJson(result: ImportResult): unknown {
  const { read, stored, duplicates, rejected, skipped, requests, outcomes, models, prices } = result
  return {
    ...{ read, stored, duplicates, rejected, requests, outcomes, models },
    ...(Object.keys(skipped).length > 0 && { skipped }),
    ...(prices !== undefined && { prices: { ...prices.costs, rules: prices.rules } }),
  }
}

function asText(result: ImportResult, log: string): string {
  const rows = result.files.map((file) => [
    file.file,
    file.format,
    count(file.read),
    count(file.stored),
    count(file.duplicates),
    count(file.read - file.stored - file.duplicates),
  ])
  const rejects = Object.entries(result.rejected).map(([reason, n]) => [reason, count(n)])
  const skipped = Object.entries(result.skipped).map(([reason, n]) => [reason, count(n)])
  const { requests, outcomes, models } = result
  return [
    table(['file', 'format', 'rows read', 'stored', 'duplicates', 'rejected'], rows, [0, 1]),
    ...(rejects.length === 0 ? [] : ['', table(['rejected because', 'rows'], rejects)]),
    ...(skipped.length === 0 ? [] : ['', table(['passed over: no model call', 'rows'], skipped)]),
    '',
    `${log} now holds ${plural(requests, 'request')}, ${plural(outcomes, 'outcome')} of ${plural(models, 'model')}.`,
    ...(result.prices === undefined ? [] : pricesText(result.prices)),
    `Next: tollgate inspect --log ${log}`,
  ].join('\n')
}

/** More rules than this are counted; `--json` has them all. */
const SHOWN_RULES = 12

function pricesText({ costs, rules }: PricedLog): string[] {
  const when = costs.date === null ? "at each call's own time" : `of ${costs.date}`
  const more = rules.length - SHOWN_RULES
  return [
    `Costs of ${plural(costs.computed, 'outcome')} computed from usage at ${costs.service} prices of ${costs.book} ${when}; ${count(costs.filled)} of them had no recorded cost.`,
    ...rules.slice(0, SHOWN_RULES).map((rule) => `  ${rule}`),
    ...(more > 0 ? [`  and ${more} more`] : []),
  ]
}
