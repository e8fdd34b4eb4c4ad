import type { Profile } from '../../core/forecast-schema.js'
import type { LogTable } from '../../core/log-table.js'
import type { Policy } from '../../core/policy.js'
import { driftOf } from '../../metrics/drift/drift.js'
import { loggedObservations } from '../../metrics/drift/observations.js'
import { forecastProfile } from '../../metrics/drift/forecast-profile.js'
import { profileOf } from '../../metrics/drift/profile.js'
import { summarizeLog } from '../../metrics/log-summary.js'
import { renderDriftText } from '../../report/terminal-drift.js'
import { loadPolicy } from '../../router/load-policy.js'
import { checkOption } from '../check-option.js'
import { plural } from '../format.js'
import { withYoungUnlabelled } from '../../replay/young.js'
import { defineCommand, type Command } from '../command.js'
import { tableReader } from '../compare-on-table.js'
import { withLogStore } from '../decision-log-store.js'
import { parseDriftLimits } from '../drift-limits.js'
import { labelDelayOption, parseLabelDelay } from '../label-delay.js'
import { logOptions, type LogArgs } from '../log-options.js'
import { note, print, printJson } from '../output.js'
import { terminal } from '../terminal.js'

const DRIFTED = 1
const INCONCLUSIVE = 3

/** `tollgate drift`: a decision log against the forecast of its policy, or against another log. */
export const command: Command = defineCommand({
  options: (yargs) =>
    labelDelayOption(logOptions(yargs))
      .option('policy', {
        type: 'string',
        demandOption: true,
        requiresArg: true,
        describe: 'the policy that decided; tollgate tune writes its forecast',
      })
      .option('against', {
        type: 'string',
        requiresArg: true,
        describe: 'a log of better days, in place of the forecast',
      })
      .option('limits', {
        type: 'string',
        requiresArg: true,
        describe:
          'changes that are no drift: cost (a share of it), quality, share (of a model or task), reject (share refused), psi (of what requests look like); default cost=0.1,quality=0.02,share=0.05,reject=0.01,psi=0.2',
      })
      .check(checkOption('limits', parseDriftLimits))
      .example(
        'tollgate drift --log decisions.jsonl --policy policies/tuned.json',
        'this week against the forecast',
      )
      .example('tollgate drift --log june.db --against march.db --policy policy.json', 'two logs'),
  async run(args) {
    const policy = await loadPolicy(args.policy)
    const expected =
      args.against === undefined ? forecastProfile(policy) : await profileOfLog(args, args.against, policy)
    return withLogStore(args.log, async (store) => {
      const read = tableOf({ ...args, log: store }, policy)
      const { labelDelay: delay } = args
      const table = delay === undefined ? read : withYoungUnlabelled(read, parseLabelDelay(delay))
      const log = { ...summarizeLog(table), path: args.log }
      const drift = driftOf(
        expected,
        profileOf(loggedObservations(table, policy), expected),
        parseDriftLimits(args.limits),
      )
      if (table.leftOutYoung !== undefined)
        note(
          `the quality of ${plural(table.leftOutYoung.requests, 'request')} is left out: their labels may still be on their way (--label-delay ${table.leftOutYoung.delay})`,
        )
      if (args.json) printJson({ log, policyId: policy.policyId, against: args.against ?? null, ...drift })
      else
        print(
          renderDriftText(
            log,
            { ...drift, policyId: policy.policyId, against: args.against ?? null },
            terminal(),
          ),
        )
      if (drift.alarms > 0) return DRIFTED
      return drift.checks.length === 0 ? INCONCLUSIVE : 0
    })
  },
})

function tableOf(args: LogArgs, policy: Policy): LogTable {
  return tableReader({ ...args, split: undefined, labelDelay: undefined })(policy)
}

function profileOfLog(args: LogArgs, path: string, policy: Policy): Promise<Profile> {
  return withLogStore(path, async (log) =>
    profileOf(loggedObservations(tableOf({ ...args, log }, policy), policy)),
  )
}
