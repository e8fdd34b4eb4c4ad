import { availableParallelism } from 'node:os'
import type { Argv } from 'yargs'
import { contentHash } from '../../core/content-hash.js'
import { InputError } from '../../core/errors.js'
import type { LogTable } from '../../core/log-table.js'
import { parsePolicy } from '../../core/policy.js'
import { summarizeLog } from '../../metrics/log-summary.js'
import type { LogSummary } from '../../metrics/result.js'
import { readPolicyFile } from '../../router/load-policy.js'
import { METRICS } from '../../tune/metrics.js'
import { parseConstraints, parseObjective } from '../../tune/objective.js'
import { trialsOn } from '../../threads/trial-pool.js'
import { SEARCHED_BY_DEFAULT } from '../../tune/shapes/shapes.js'
import { tune, type SoFar, type TuneResult } from '../../tune/tune.js'
import { readBaseline } from '../baseline.js'
import { budgetScale } from '../budget-scale.js'
import { checkOption } from '../check-option.js'
import { defineCommand, type Command } from '../command.js'
import { tableReader } from '../compare-on-table.js'
import { dollars, fraction, plural } from '../format.js'
import { lastTime } from '../last-time.js'
import { labelDelayOption, youngFilter } from '../label-delay.js'
import { logOptions, type LogArgs } from '../log-options.js'
import { messagesOf } from '../messages-of.js'
import { note, print, printJson } from '../output.js'
import { countProgress } from '../progress.js'
import { qualityUnitOption } from '../quality-unit.js'
import { parseSearch } from '../search-option.js'
import { requireSeed } from '../seed.js'
import { terminal } from '../terminal.js'
import { journaledTrials } from '../trial-journal.js'
import { noteTestUse } from '../test-uses.js'
import { tuneText } from '../tune-text.js'
import { packageVersion } from '../version.js'
import { requireWorkers } from '../workers.js'
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
  readonly workers: number
  readonly search: string
  readonly classifiers: readonly string[] | undefined
  readonly resume: boolean
  readonly out: string
}

/** `tollgate tune`: searches what a policy may become on a log and writes the one that held out. */
export const command: Command = defineCommand({
  options: (yargs) =>
    labelDelayOption(qualityUnitOption(logOptions(yargs)))
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
        describe: "what to reach: 'min cost', 'max quality', 'min cost + 0.02 * (1 - quality)'",
      })
      .option('subject-to', {
        type: 'string',
        array: true,
        nargs: 1,
        describe: `what must hold, such as 'quality >= 0.98 * baseline' or 'quality[task=debug] >= 0.9', of ${METRICS.join(', ')}; may be given several times`,
      })
      .option('baseline', {
        type: 'string',
        requiresArg: true,
        describe: 'model:ID or a policy file (default: the model that was called most often)',
      })
      .option('search', {
        type: 'string',
        default: SEARCHED_BY_DEFAULT.join(','),
        requiresArg: true,
        describe:
          "what may change beside the policy's numbers: selector, classifier and cascade where it has what they need, budgets (windows and amounts, which are their owner's decision, so only where named), or none",
      })
      .option('classifiers', {
        type: 'string',
        array: true,
        nargs: 1,
        describe:
          'a policy file of the same models whose classifier and scorer may be taken, such as one of train; may be given several times',
      })
      .option('candidates', {
        type: 'number',
        default: 200,
        requiresArg: true,
        describe: 'how many policies to replay; a race of selectors on a part of the log counts as a part',
      })
      .option('seed', { type: 'number', default: 1, requiresArg: true, describe: 'seed of the search' })
      .option('workers', {
        type: 'number',
        default: availableParallelism(),
        defaultDescription: 'all cores',
        requiresArg: true,
        describe: 'threads to search on; the result is the same with any number',
      })
      .option('resume', {
        type: 'boolean',
        default: false,
        describe: 'go on with the search that Ctrl-C or a crash stopped (kept in OUT.trials.jsonl)',
      })
      .option('out', {
        type: 'string',
        default: 'policies/tuned.json',
        requiresArg: true,
        describe: 'write the tuned policy',
      })
      .check(checkOption('candidates', requireCandidates))
      .check(checkOption('seed', requireSeed))
      .check(checkOption('workers', requireWorkers))
      .check(checkOption('objective', parseObjective))
      .check(checkOption('search', parseSearch))
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
    youngFilter(table).forEach(note)
    const { label, policy: baseline } = await readBaseline(args.baseline, table, [policy])
    const { objective, subjectTo, candidates, seed, qualityUnit } = args
    const search = parseSearch(args.search)
    const classifiers = await Promise.all((args.classifiers ?? []).map(readPolicyFile))
    const asked = { objective, subjectTo, candidates, seed, qualityUnit, search, classifiers }
    const question = { policyJson, label, ...asked }
    const journal = journaledTrials(trialsOn(args.workers), {
      path: `${args.out}.trials.jsonl`,
      of: searchKey(args, table, { policyJson, baseline: baseline.contentHash, search, classifiers }),
      resume: args.resume,
    })
    if (journal.known > 0)
      note(`going on with a search of which ${plural(journal.known, 'candidate')} are known`)
    const progress = await countProgress('tune')
    const interrupt = onInterrupt()
    const result = await tune({
      table,
      messages: messagesOf(args.log, table),
      policyJson,
      baseline: { label, policy: baseline, table: tableOf(baseline) },
      objective,
      constraints: subjectTo ?? [],
      seed,
      candidates,
      qualityUnit: args.qualityUnit,
      search,
      classifiers,
      readBy: tableOf,
      file: args.out,
      ...(table.arrivals === 'logged' ? { createdAt: lastTime(table) } : {}),
      openTrials: journal.openTrials,
      signal: interrupt.signal,
      onProgress: (done, total, sofar) => progress.update(done, total, soFarText(objective, sofar)),
    }).finally(() => interrupt.stop())
    progress.stop()
    if (interrupt.signal.aborted) note(stoppedNote(args))
    else journal.remove()
    if (result.kind === 'tuned') writeFileAtomic(args.out, `${JSON.stringify(result.policyJson, null, 2)}\n`)
    if (args.json) printJson(asJson(result, summarizeLog(table)))
    else print(tuneText(result, budgetScale(table, policy), terminal()))
    if (result.kind !== 'tuned') return INCONCLUSIVE
    note(`tuned policy written to ${args.out}`)
    // A search that was stopped early has asked of another policy.
    noteTestUse(args, table, 'tune', { ...question, policy: result.tuning.contentHash })
    return 0
  },
})

/** What the figures of a candidate depend on. */
function searchKey(
  { where, completeCases, imputeCost, objective, subjectTo = [], seed, qualityUnit, labelDelay }: TuneArgs,
  { hash }: LogTable,
  asked: Readonly<Record<string, unknown>>,
): string {
  const log = { hash, where, completeCases, imputeCost, labelDelay }
  return contentHash({ version: packageVersion(), log, objective, subjectTo, seed, qualityUnit, ...asked })
}

interface Interrupt {
  readonly signal: AbortSignal
  /** No more heed is paid to it. */
  stop(): void
}

/** The first Ctrl-C ends the search, the second the command. */
function onInterrupt(): Interrupt {
  const controller = new AbortController()
  const abort = (): void => controller.abort()
  process.once('SIGINT', abort)
  return { signal: controller.signal, stop: () => process.removeListener('SIGINT', abort) }
}

function stoppedNote({ candidates }: TuneArgs): string {
  return `stopped before all ${plural(candidates, 'candidate')} were tried: this is the best of those that were. Go on with the same command and --resume.`
}

/** What the best so far reaches on the part that is searched on, and the frontier of all. */
function soFarText(objective: string, { best, frontier }: SoFar): string {
  if (best === undefined) return ` · none keeps the constraints yet${frontierText(frontier)}`
  const { direction, text, constant, terms } = parseObjective(objective)
  const value = direction === 'min' ? best.loss : -best.loss
  const isCost = constant === 0 && terms.length === 1 && terms[0]?.metric === 'costUsd'
  const what = text.slice(direction.length + 1)
  return ` · best so far ${isCost ? `${dollars(1000 * value)} per 1,000` : `${what} = ${value.toPrecision(4)}`}${frontierText(frontier)}`
}

/** Its ends and its middle: a line has no room for more. */
function frontierText(frontier: SoFar['frontier']): string {
  if (frontier.length < 2) return ''
  const shown = [frontier[0], frontier[frontier.length >> 1], frontier.at(-1)]
  const points = shown.flatMap((point) =>
    point === undefined ? [] : [`${fraction(point.quality)} for ${dollars(1000 * point.costUsd)}`],
  )
  return ` · frontier ${[...new Set(points)].join(', ')}`
}

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
