import { InputError } from '../../core/errors.js'
import type { Comparison } from '../../metrics/result.js'
import { runChanges, sameRequests, type RunChanges } from '../../metrics/run-changes.js'
import { SCHEMES, type Scheme } from '../../report/page-colours.js'
import { redact, redactWithColumns, type ComparisonWithColumns } from '../../report/redact.js'
import { whatIfOf } from '../../report/page-scripts.js'
import { writeRunIndex } from '../../report/run-index.js'
import { loadReplayable, loadRequestColumns, loadRun } from '../../report/run-store.js'
import { renderChangesText } from '../../report/terminal-changes.js'
import type { WrittenChart } from '../../report/write-charts.js'
import { writeFileAtomic } from '../../report/write-file.js'
import { REPLICATES } from '../compare-on-table.js'
import { defineCommand, type Command } from '../command.js'
import { plural } from '../format.js'
import { note, print, printJson } from '../output.js'
import { promptsOf } from '../prompts-of.js'
import { terminal } from '../terminal.js'
import { writeIndex } from '../write-index.js'

/** `tollgate report`: a stored run as a page or as pictures, two runs held against each other, or the list of all, without replaying. */
export const command: Command = defineCommand({
  options: (yargs) =>
    yargs
      .option('run', {
        type: 'string',
        array: true,
        nargs: 1,
        default: [] as string[],
        defaultDescription: 'none',
        describe: 'run id as replay printed it, or a run’s file; given twice, the second minus the first',
      })
      .option('out', { type: 'string', requiresArg: true, describe: 'HTML file to write' })
      .option('charts', {
        type: 'string',
        requiresArg: true,
        describe:
          'folder to write each chart of the run into, as SVG and PNG; for names in letters such as Chinese a PNG needs a font of this machine that has them, an SVG one where it is looked at',
      })
      .option('scheme', {
        choices: SCHEMES,
        default: 'light' as const,
        requiresArg: true,
        describe: 'colours of the charts in --charts',
      })
      .option('index', {
        type: 'boolean',
        default: false,
        describe: 'write reports/index.html, the list of all stored runs',
      })
      .option('redact', {
        type: 'boolean',
        default: false,
        describe:
          'no prompt, no id of a request and no name of an organisation, team or user in what is written',
      })
      .check(checkAsked)
      .example('tollgate report --run RUN_ID --charts slides', 'frontier.svg, frontier.png, …')
      .example('tollgate report --run RUN_A --run RUN_B', 'what changed from A to B'),
  async run({ run: runs, out, charts, scheme, index, json, redact: isRedacted }) {
    const [first, second] = runs
    if (first !== undefined && second !== undefined) {
      const open = (run: string): Comparison => (isRedacted ? redact(loadRun(run)) : loadRun(run))
      await printChanges(changesBetween([first, open(first)], [second, open(second)]), { out, json })
    } else if (first !== undefined) {
      const named = { comparison: loadRun(first), columns: loadReplayable(first) }
      await writeRun(isRedacted ? redactWithColumns(named) : named, { out, charts, scheme, json })
    }
    if (index) {
      const path = writeRunIndex()
      if (first === undefined && json) printJson({ index: path })
      else note(`${path}: the list of all stored runs`)
    } else if (out !== undefined) writeIndex()
    return 0
  },
})

interface Asked {
  readonly run: readonly string[]
  readonly out: string | undefined
  readonly charts: string | undefined
  readonly index: boolean
}

function checkAsked({ run, out, charts, index }: Asked): true {
  if (run.length > 2) throw new InputError('--run was given more than twice; two runs are compared at a time')
  if (run.length === 2 && charts !== undefined) throw new InputError('--charts takes one --run')
  if (run.length === 0 && (!index || out !== undefined || charts !== undefined))
    throw new InputError('missing --run; see --help')
  if (run.length === 1 && out === undefined && charts === undefined && !index)
    throw new InputError('say what to write: --out F.html for the page, --charts DIR for its charts')
  return true
}

interface Wanted {
  readonly out: string | undefined
  readonly charts: string | undefined
  readonly scheme: Scheme
  readonly json: boolean
}

async function writeRun(
  { comparison, columns }: ComparisonWithColumns,
  { out, charts, scheme, json }: Wanted,
): Promise<void> {
  const { runId } = comparison
  if (out !== undefined) {
    const { renderHtml } = await import('../../report/html.js')
    writeFileAtomic(out, await renderHtml(comparison, promptsOf(comparison), whatIfOf(columns)))
  }
  const pictures = charts === undefined ? null : await writePictures(comparison, charts, scheme)
  if (json) {
    printJson({
      runId,
      ...(out === undefined ? {} : { out }),
      ...(pictures === null ? {} : { charts: pictures }),
    })
    return
  }
  if (out !== undefined) print(`${out}: report of run ${runId}`)
  if (pictures !== null)
    print(
      `${charts ?? ''}: ${plural(pictures.length, 'chart')} of run ${runId}, each as SVG and PNG; --json has their text alternatives`,
    )
}

async function writePictures(
  comparison: Comparison,
  folder: string,
  scheme: Scheme,
): Promise<WrittenChart[]> {
  const { writeCharts } = await import('../../report/write-charts.js')
  return writeCharts(comparison, folder, scheme)
}

async function printChanges(changes: RunChanges, { out, json }: Pick<Wanted, 'out' | 'json'>): Promise<void> {
  if (out !== undefined) {
    const { renderChangesHtml } = await import('../../report/changes-html.js')
    writeFileAtomic(out, await renderChangesHtml(changes))
  }
  if (json) printJson(changes)
  else print(renderChangesText(changes, terminal()))
  if (out !== undefined) note(`report written to ${out}`)
}

/** A run as it was named, and what it is. */
type NamedRun = readonly [name: string, run: Comparison]

/** The seed of the second run: the same two runs give the same intervals. */
function changesBetween([first, from]: NamedRun, [second, to]: NamedRun): RunChanges {
  if (from.runId === to.runId) throw new InputError(`both --run are run ${from.runId}`)
  const input = {
    from,
    to,
    fromColumns: loadRequestColumns(first, from),
    toColumns: loadRequestColumns(second, to),
    seed: to.seed,
    replicates: REPLICATES,
  }
  const because = sameRequests(input)
  if (because !== null)
    throw new InputError(
      `these runs cannot be paired: ${because}; replay the policies of both over one log: tollgate replay --log LOG.db --policy P1.json --policy P2.json`,
    )
  return runChanges(input)
}
