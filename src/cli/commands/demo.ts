import { existsSync, rmSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { InputError } from '../../core/errors.js'
import type { LogTable } from '../../core/log-table.js'
import { answers } from '../../logs/answers.js'
import { importFiles } from '../../logs/store-import.js'
import { logEvidence } from '../../metrics/evidence-mode.js'
import { parsePolicy, type Policy } from '../../core/policy.js'
import { loggedOnly } from '../../replay/rows.js'
import { whatIfOf } from '../../report/page-scripts.js'
import { redactWithColumns } from '../../report/redact.js'
import { RUNS_FOLDER, saveReplayable, saveRun } from '../../report/run-store.js'
import { renderText } from '../../report/terminal.js'
import { budgetScale } from '../budget-scale.js'
import { checkOption } from '../check-option.js'
import { defineCommand, type Command } from '../command.js'
import { trialsOn } from '../../threads/trial-pool.js'
import { tune, type TuneResult } from '../../tune/tune.js'
import { readBaseline } from '../baseline.js'
import { commandWords } from '../command-words.js'
import { compareByRequest, compareOnTable, tableReader, type TableOf } from '../compare-on-table.js'
import { completeComparison } from '../complete-comparison.js'
import { plural } from '../format.js'
import { defaultMeasuring } from '../measuring.js'
import { messagesOf } from '../messages-of.js'
import { note, print, printJson } from '../output.js'
import { byteProgress, countProgress } from '../progress.js'
import { promptsOf } from '../prompts-of.js'
import { loadPolicy, readPolicyFile } from '../../router/load-policy.js'
import { requireSeed } from '../seed.js'
import { readPolicyFiles } from '../policies.js'
import { terminal } from '../terminal.js'
import { tuneText } from '../tune-text.js'
import { writeIndex } from '../write-index.js'
import { makeFolder, writeFileAtomic } from '../../report/write-file.js'

const PACKAGE = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..')
const SAMPLE = join(PACKAGE, 'datasets', 'coding-week.jsonl.gz')
const PRESETS = ['all-frontier', 'heuristic', 'worst-case-caps', 'priority-reserve', 'shuffled-control']
const TUNED_FROM = 'heuristic'

/** `tollgate demo`: the main job on the shipped sample log, both as a full matrix and as a team really has it. */
export const command: Command = defineCommand({
  options: (yargs) =>
    yargs
      .option('out', {
        type: 'string',
        default: 'reports/demo.html',
        requiresArg: true,
        describe: 'the report to write',
      })
      .option('tuned', {
        type: 'string',
        default: 'policies/tuned.json',
        requiresArg: true,
        describe: 'the tuned policy to write',
      })
      .option('seed', {
        type: 'number',
        default: 1,
        requiresArg: true,
        describe: 'seed of search, intervals and controls',
      })
      .option('redact', {
        type: 'boolean',
        default: false,
        describe: 'no prompt, no id of a request and no name of an organisation, team or user in the report',
      })
      .check(checkOption('seed', requireSeed)),
  async run(args) {
    const log = join(dirname(args.out), 'demo.db')
    makeFolder(dirname(args.out))
    await importSample(log)
    const names = PRESETS.map((name) => join(PACKAGE, 'policies', `${name}.json`))
    const files = await readPolicyFiles(names)
    const tableOf = tableReader({
      log,
      where: undefined,
      completeCases: false,
      imputeCost: undefined,
      split: undefined,
    })

    const tunedFrom = await loadPolicy(join(PACKAGE, 'policies', `${TUNED_FROM}.json`))
    const tuned = await tuneSample(tableOf, args)
    const policy = tuned.kind === 'tuned' ? parsePolicy(tuned.policyJson) : undefined
    if (tuned.kind === 'tuned') writeFileAtomic(args.tuned, `${JSON.stringify(tuned.policyJson, null, 2)}\n`)
    const {
      comparison: compared,
      columns,
      replayable,
    } = await compareByRequest({
      tableOf,
      names: policy === undefined ? names : [...names, args.tuned],
      files: policy === undefined ? files : [...files, policy],
      baseline: undefined,
      filters: () => [],
      seed: args.seed,
      tuning: tuned.kind === 'tuned' ? tuned.tuning : null,
    })
    const whole = await completeComparison(compared, {
      log,
      tableOf,
      files: policy === undefined ? files : [...files, policy],
      command: commandWords('demo', {
        out: args.out,
        tuned: args.tuned,
        seed: args.seed,
        redact: args.redact,
      }),
      seed: args.seed,
      margin: true,
    })
    const named = { comparison: whole, columns: replayable() }
    const { comparison, columns: packed } = args.redact ? redactWithColumns(named) : named
    const kept = saveRun(comparison, join(dirname(args.out), 'runs'), columns)
    saveReplayable(kept, packed)
    const { renderHtml } = await import('../../report/html.js')
    writeFileAtomic(args.out, await renderHtml(comparison, promptsOf(comparison), whatIfOf(packed)))
    writeIndex(dirname(kept))

    const asLogged = await compareOnTable({
      tableOf: (policy) => loggedOnly(tableOf(policy)),
      names,
      files,
      baseline: undefined,
      filters: () => ['only the outcome of the model that was called'],
      seed: args.seed,
      tuning: null,
    })
    if (args.json) {
      printJson({
        runId: comparison.runId,
        report: args.out,
        tuned: args.tuned,
        runs: comparison.runs,
        asLogged: asLogged.runs,
      })
      return 0
    }
    print('1. The sample with the outcomes of every model\n')
    print(renderText(comparison, terminal()))
    print(`\n${tuneText(tuned, budgetScale(tableOf(undefined), tunedFrom), terminal())}`)
    print('\n2. The same week as a team really has it: one outcome per request\n')
    print(renderText(asLogged, terminal()))
    print(['', 'What such a log can answer', ...answerLines(loggedOnly(tableOf(undefined)))].join('\n'))
    print(`\nReport: ${args.out}   Policy for the runtime: ${args.tuned}   Log store: ${log}`)
    print(`The report again: tollgate report --run ${runName(kept, comparison.runId)} --out report.html`)
    return 0
  },
})

/** What `report --run` takes: the id where it looks by itself, else the file. */
function runName(path: string, runId: string): string {
  return dirname(path) === RUNS_FOLDER ? runId : path
}

/** Searched on the first days, chosen on the next, judged on the last. */
async function tuneSample(
  tableOf: TableOf,
  { seed, tuned }: { readonly seed: number; readonly tuned: string },
): Promise<TuneResult> {
  const policyJson = await readPolicyFile(join(PACKAGE, 'policies', `${TUNED_FROM}.json`))
  const start: Policy = parsePolicy(policyJson)
  const table = tableOf(start)
  const baseline = await readBaseline(undefined, table, [start])
  const progress = await countProgress('tune')
  const result = await tune({
    table,
    messages: messagesOf(table.path, table),
    readBy: tableOf,
    openTrials: trialsOn(availableParallelism()),
    policyJson,
    baseline,
    objective: 'min cost',
    constraints: ['quality >= 0.98 * baseline'],
    seed,
    file: tuned,
    createdAt: new Date(table.at[table.size - 1] ?? 0).toISOString(),
    onProgress: (done, total) => progress.update(done, total),
  })
  progress.stop()
  return result
}

/** The store is made anew, so that the demo shows what it says even where an older one lies about. */
async function importSample(log: string): Promise<void> {
  if (!existsSync(SAMPLE)) throw new InputError(`${SAMPLE} is missing: the package is not whole`)
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${log}${suffix}`, { force: true })
  const progress = await byteProgress()
  const { requests, outcomes } = await importFiles({
    log,
    files: [SAMPLE],
    onProgress: progress.update,
    ...defaultMeasuring(),
  })
  progress.stop()
  note(`imported ${plural(requests, 'request')} with ${plural(outcomes, 'outcome')}`)
}

function answerLines(table: LogTable): string[] {
  return answers(table, logEvidence(table)).map(
    ({ question, can, because }) => `  ${can ? 'yes' : 'NO '}  ${question}\n         ${because}`,
  )
}
