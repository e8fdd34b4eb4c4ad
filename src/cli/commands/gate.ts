import { InputError } from '../../core/errors.js'
import type { Policy } from '../../core/policy.js'
import { summarizeLog } from '../../metrics/log-summary.js'
import type { Verdict } from '../../metrics/non-inferiority.js'
import { gateReason, gateWarnings, type GateReport } from '../../report/findings/gate.js'
import { renderGateJunit } from '../../report/junit-gate.js'
import { renderGateMarkdown } from '../../report/markdown-gate.js'
import { renderGateText } from '../../report/terminal-gate.js'
import { writeFileAtomic } from '../../report/write-file.js'
import { gate } from '../../tune/gate.js'
import { checkOption } from '../check-option.js'
import { defineCommand, type Command } from '../command.js'
import { filterNames, tableReader } from '../compare-on-table.js'
import { labelDelayOption } from '../label-delay.js'
import { logOptions } from '../log-options.js'
import { note, print, printJson } from '../output.js'
import { completePolicies, readPolicyFiles } from '../policies.js'
import { countProgress } from '../progress.js'
import { qualityUnitOption } from '../quality-unit.js'
import { requireSeed } from '../seed.js'
import { addToStepSummary } from '../step-summary.js'
import { terminal } from '../terminal.js'

const EXIT_CODES: Readonly<Record<Verdict, number>> = { pass: 0, fail: 1, inconclusive: 3 }

/** `tollgate gate`: for CI, whether a policy may take the place of another, by your own log. */
export const command: Command = defineCommand({
  options: (yargs) =>
    labelDelayOption(qualityUnitOption(logOptions(yargs)))
      .option('policy', {
        type: 'string',
        demandOption: true,
        requiresArg: true,
        describe: 'the candidate: a policy file, or model:ID for one model',
      })
      .option('against', {
        type: 'string',
        demandOption: true,
        requiresArg: true,
        describe: 'the incumbent, likewise',
      })
      .option('max-quality-drop', {
        type: 'number',
        default: 0.01,
        requiresArg: true,
        describe: 'quality may be less than this much lower: a fraction, 0.01 is one point',
      })
      .option('max-cost-rise', {
        type: 'number',
        default: 0,
        requiresArg: true,
        describe: 'cost must rise by less than this share of the incumbent’s; -0.1 asks for a saving of 10 %',
      })
      .option('seed', {
        type: 'number',
        default: 1,
        requiresArg: true,
        describe: 'seed of the lots that policies draw (mixes, exploration), the same for both',
      })
      .option('junit', { type: 'string', requiresArg: true, describe: 'write the two checks as JUnit XML' })
      .check(checkOption('max-quality-drop', requireDrop))
      .check(checkOption('max-cost-rise', requireRise))
      .check(checkOption('seed', requireSeed))
      .example(
        'tollgate gate --log log.db --policy new.json --against old.json',
        '0 pass, 1 fail, 3 inconclusive',
      ),
  async run(args) {
    const names = [args.policy, args.against]
    const files = await readPolicyFiles(names)
    const readTable = tableReader({ ...args, split: undefined })
    const table = readTable(files.find((policy) => policy !== undefined))
    const [candidate, incumbent] = completePolicies(names, files, table) as [Policy, Policy]
    const progress = await countProgress('replay')
    const result = gate({
      tableOf: readTable,
      candidate,
      incumbent,
      maxQualityDrop: args['max-quality-drop'],
      maxCostRise: args['max-cost-rise'],
      seed: args.seed,
      ...(args.qualityUnit === undefined ? {} : { qualityUnit: args.qualityUnit }),
      onProgress: (done, total) => progress.update(done, total),
    })
    progress.stop()
    const filters = filterNames({ ...args, split: undefined }, table)
    const report: GateReport = { log: summarizeLog(table), result, filters, seed: args.seed }
    if (args.junit !== undefined) writeFileAtomic(args.junit, renderGateJunit(report))
    addToStepSummary(renderGateMarkdown(report))
    if (args.json) printJson(asJson(report))
    else print(renderGateText(report, terminal()))
    if (args.junit !== undefined) note(`JUnit XML written to ${args.junit}`)
    return EXIT_CODES[result.verdict]
  },
})

function asJson(report: GateReport): unknown {
  const { log, result, filters, seed } = report
  const { quality, cost, candidate, incumbent, verdict, neededRequests } = result
  return {
    log,
    policy: candidate,
    against: incumbent,
    verdict,
    reason: withoutNbsp(gateReason(report)),
    qualityDelta: quality.delta,
    qualityDeltaCi: quality.limits,
    costDelta: cost.delta,
    costDeltaCi: cost.limits,
    costDeltaUnit: cost.unit,
    neededRequests,
    limits: 'one-sided 95 %',
    maxQualityDrop: result.maxQualityDrop,
    maxCostRise: result.maxCostRise,
    requests: result.requests,
    ...(result.sessions === undefined ? {} : { qualityUnit: 'session', sessions: result.sessions }),
    checks: { quality, cost },
    qualityBounds: result.qualityBounds,
    chosenOnThisLog: result.chosenOnThisLog !== undefined,
    resampling: result.resampling,
    filters,
    seed,
    warnings: gateWarnings(report).map(withoutNbsp),
  }
}

/** Sentences that a script may search. */
function withoutNbsp(text: string): string {
  return text.replaceAll('\u00a0', ' ')
}

function requireDrop(drop: number): void {
  if (drop >= 0 && drop <= 1) return
  throw new InputError(`--max-quality-drop must be a fraction from 0 to 1 (0.01 is one point), got ${drop}`)
}

function requireRise(rise: number): void {
  if (rise > -1 && Number.isFinite(rise)) return
  throw new InputError(`--max-cost-rise must be a share above -1 (0.05 is 5 %), got ${rise}`)
}
