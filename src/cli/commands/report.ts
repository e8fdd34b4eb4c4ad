import { InputError } from '../../core/errors.js'
import type { Comparison } from '../../metrics/result.js'
import { SCHEMES, type Scheme } from '../../report/page-colours.js'
import { loadRun } from '../../report/run-store.js'
import type { WrittenChart } from '../../report/write-charts.js'
import { writeFileAtomic } from '../../report/write-file.js'
import { defineCommand, type Command } from '../command.js'
import { plural } from '../format.js'
import { print, printJson } from '../output.js'

/** `tollgate report`: a stored run as a page, or its charts as pictures, without replaying. */
export const command: Command = defineCommand({
  options: (yargs) =>
    yargs
      .option('run', {
        type: 'string',
        demandOption: true,
        describe: 'run id as replay printed it, or a run’s file',
      })
      .option('out', { type: 'string', requiresArg: true, describe: 'HTML file to write' })
      .option('charts', {
        type: 'string',
        requiresArg: true,
        describe: 'folder to write each chart of the run into, as SVG and PNG',
      })
      .option('scheme', {
        choices: SCHEMES,
        default: 'light' as const,
        requiresArg: true,
        describe: 'colours of the charts in --charts',
      })
      .check(({ out, charts }) => {
        if (out === undefined && charts === undefined)
          throw new InputError('say what to write: --out F.html for the page, --charts DIR for its charts')
        return true
      })
      .example('tollgate report --run RUN_ID --charts slides', 'frontier.svg, frontier.png, …'),
  async run({ run, out, charts, scheme, json }) {
    const comparison = loadRun(run)
    if (out !== undefined) await writePage(comparison, out)
    const pictures = charts === undefined ? [] : await writePictures(comparison, charts, scheme)
    if (json) {
      const { runId } = comparison
      printJson({
        runId,
        ...(out === undefined ? {} : { out }),
        ...(charts === undefined ? {} : { charts: pictures }),
      })
      return 0
    }
    if (out !== undefined) print(`${out}: report of run ${comparison.runId}`)
    if (charts !== undefined)
      print(
        `${charts}: ${plural(pictures.length, 'chart')} of run ${comparison.runId}, each as SVG and PNG; --json has their text alternatives`,
      )
    return 0
  },
})

async function writePage(comparison: Comparison, out: string): Promise<void> {
  const { renderHtml } = await import('../../report/html.js')
  writeFileAtomic(out, await renderHtml(comparison))
}

async function writePictures(
  comparison: Comparison,
  folder: string,
  scheme: Scheme,
): Promise<WrittenChart[]> {
  const { writeCharts } = await import('../../report/write-charts.js')
  return writeCharts(comparison, folder, scheme)
}
