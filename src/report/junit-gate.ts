import { gateChecks, gateNotes, gateWarnings, VERDICT_WORDS, type GateReport } from './findings/gate.js'
import { renderJunit, type JunitCase } from './junit.js'
import { plainName } from './format.js'

const OUTCOMES = { pass: 'passed', fail: 'failure', inconclusive: 'error' } as const

/** The gate's two checks as test cases. What is inconclusive is an error, so that no CI takes it for a pass. */
export function renderGateJunit(report: GateReport): string {
  const details = [...gateWarnings(report), ...gateNotes(report)].join('\n')
  const { candidate, incumbent } = report.result
  return renderJunit({
    name: `tollgate gate: ${plainName(candidate.policyId)} against ${plainName(incumbent.policyId)}`,
    cases: gateChecks(report).map(({ name, judged, sentence }): JunitCase => {
      const message = `${VERDICT_WORDS[judged.verdict]}: ${sentence}.`
      return { name, outcome: OUTCOMES[judged.verdict], message, details: `${message}\n${details}` }
    }),
  })
}
