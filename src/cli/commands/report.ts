import { renderHtml } from '../../report/html.js'
import { loadRun } from '../../report/run-store.js'
import { defineCommand, type Command } from '../command.js'
import { print, printJson } from '../output.js'
import { writeFileAtomic } from '../../report/write-file.js'

/** `tollgate report`: a stored run as a page again, without replaying. */
export const command: Command = defineCommand({
  options: (yargs) =>
    yargs
      .option('run', {
        type: 'string',
        demandOption: true,
        describe: 'run id as replay printed it, or a run’s file',
      })
      .option('out', { type: 'string', demandOption: true, describe: 'HTML file to write' }),
  async run(args) {
    const comparison = loadRun(args.run)
    writeFileAtomic(args.out, await renderHtml(comparison))
    if (args.json) printJson({ runId: comparison.runId, out: args.out })
    else print(`${args.out}: report of run ${comparison.runId}`)
    return 0
  },
})
