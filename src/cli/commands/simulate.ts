import { gzipSync } from 'node:zlib'
import { InputError } from '../../core/errors.js'
import type { LogRecord } from '../../core/log-record.js'
import { percent } from '../../report/format.js'
import { writeFileAtomic } from '../../report/write-file.js'
import { defaultCounter } from '../../router/default-counter.js'
import { answersOf, loggedBy, type Logger } from '../../simulate/logger.js'
import { MODELS } from '../../simulate/models.js'
import { recordLine } from '../../simulate/sample-files.js'
import { withSignal } from '../../simulate/signal.js'
import { truthOf, type Truth } from '../../simulate/truth.js'
import { simulateWeek, type SimulatedRequest } from '../../simulate/week.js'
import { checkOption } from '../check-option.js'
import { defineCommand, type Command } from '../command.js'
import { count, dollars, plural } from '../format.js'
import { note, print, printJson } from '../output.js'
import { requireSeed } from '../seed.js'
import { table } from '../table.js'

const MOST_REQUESTS = 100_000

/** `tollgate simulate`: a log with known truth. */
export const command: Command = defineCommand({
  options: (yargs) =>
    yargs
      .option('out', {
        type: 'string',
        demandOption: true,
        requiresArg: true,
        describe: 'write the log (JSONL; packed where the name ends in .gz)',
      })
      .option('truth', {
        type: 'string',
        requiresArg: true,
        describe: 'write the same requests with the answers of every model, as a log too',
      })
      .option('requests', {
        type: 'number',
        default: 20_000,
        requiresArg: true,
        describe: 'how many, over a week',
      })
      .option('logger', {
        type: 'string',
        default: 'all',
        requiresArg: true,
        describe:
          'who chose the models: all (asks every model), a model by its id (asks it alone), tier (the cheapest of the tier that a request requires), epsilon:0.1 (the strongest, and on a tenth of the requests each by equal lot) or uniform',
      })
      .option('signal', {
        type: 'number',
        default: 1,
        requiresArg: true,
        describe:
          'share of the requests whose outcomes go with their prompts: with 0 no router can beat a fixed mix',
      })
      .option('seed', { type: 'number', default: 1, requiresArg: true, describe: 'seed of everything' })
      .check(checkOption('requests', requireRequests))
      .check(checkOption('logger', loggerOf))
      .check(checkOption('signal', requireSignal))
      .check(checkOption('seed', requireSeed))
      .example(
        'tollgate simulate --out log.jsonl --truth truth.jsonl --logger epsilon:0.1',
        'would this tool find what I planted?',
      ),
  run({ out, truth: truthFile, requests: size, logger, signal, seed, json }) {
    const counter = defaultCounter()
    const week = [...simulateWeek({ seed, requests: size, countTokens: (text) => counter.count(text) })]
    const requests = withSignal(week, signal, seed)
    const who = loggerOf(logger)
    const logged = requests.map((request) => loggedBy(who, seed, request))
    writeLog(out, logged, `chosen by ${logger}, signal ${signal}, seed ${seed}`)
    if (truthFile !== undefined)
      writeLog(
        truthFile,
        requests.map(({ record }) => record),
        `every model's answers, signal ${signal}, seed ${seed}`,
      )
    const truth = truthOf(requests)
    const calls = answersOf(logged)
    if (json)
      printJson({
        file: out,
        truthFile: truthFile ?? null,
        requests: size,
        logger,
        signal,
        seed,
        calls,
        truth,
      })
    else print(asText({ out, logger, requests, calls, truth }))
    note(
      `${plural(size, 'request')} written to ${[out, truthFile].filter(Boolean).join(', with the truth in ')}`,
    )
    return Promise.resolve(0)
  },
})

function writeLog(path: string, records: readonly LogRecord[], how: string): void {
  const header = JSON.stringify({
    tollgateLog: 1,
    synthetic: true,
    description: `SYNTHETIC: made by tollgate simulate; ${how}; no real people, code or calls.`,
  })
  const text = `${[header, ...records.map(recordLine)].join('\n')}\n`
  writeFileAtomic(path, path.endsWith('.gz') ? gzipSync(text) : text)
}

interface Shown {
  readonly out: string
  readonly logger: string
  readonly requests: readonly SimulatedRequest[]
  readonly calls: Readonly<Record<string, number>>
  readonly truth: Truth
}

function asText({ out, logger, requests, calls, truth }: Shown): string {
  return [
    `${count(requests.length)} simulated requests of a week, chosen by ${logger}. What is true of them, whatever the log shows:`,
    '',
    table(
      ['model', 'quality', 'cost a request', 'answers in the log'],
      [
        ...truth.models.map(({ id, quality, costUsd }) => [
          id,
          percent(quality),
          dollars(costUsd),
          count(calls[id] ?? 0),
        ]),
        [
          'the cheapest of the best answers',
          percent(truth.oracle.quality),
          dollars(truth.oracle.costUsd),
          '',
        ],
      ],
    ),
    '',
    `Next: tollgate import ${out} --log simulated.db, and hold what replay, frontier or tune say of it against this.`,
  ].join('\n')
}

/** @throws InputError when it names no logger. */
function loggerOf(name: string): Logger {
  if (name === 'all' || name === 'tier') return { kind: name }
  if (name === 'uniform') return { kind: 'epsilon', epsilon: 1 }
  if (MODELS.some(({ id }) => id === name)) return { kind: 'fixed', model: name }
  const epsilon = /^epsilon:(0?\.\d+|0|1)$/.exec(name)?.[1]
  if (epsilon !== undefined) return { kind: 'epsilon', epsilon: Number(epsilon) }
  throw new InputError(
    `--logger must be all, tier, uniform, epsilon:0.1 (a share) or one of ${MODELS.map(({ id }) => id).join(', ')}, got ${JSON.stringify(name)}`,
  )
}

function requireRequests(requests: number): void {
  if (Number.isSafeInteger(requests) && requests >= 1 && requests <= MOST_REQUESTS) return
  throw new InputError(`--requests must be a whole number from 1 to ${count(MOST_REQUESTS)}, got ${requests}`)
}

function requireSignal(signal: number): void {
  if (signal >= 0 && signal <= 1) return
  throw new InputError(`--signal must be a share from 0 to 1, got ${signal}`)
}
