import {
  gateChecks,
  gateNotes,
  gateReason,
  gateWarnings,
  VERDICT_WORDS,
  type GateReport,
} from './findings/gate.js'

/** The gate for a GitHub step summary: https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands. */
export function renderGateMarkdown(report: GateReport): string {
  const { candidate, incumbent } = report.result
  const rows = gateChecks(report).map(({ name, judged, ...cells }) => [
    name === 'cost' ? 'cost a request' : name,
    cells.incumbent,
    cells.candidate,
    cells.difference,
    cells.limits,
    cells.allowed,
    VERDICT_WORDS[judged.verdict].toLowerCase(),
  ])
  const head = ['', 'incumbent', 'candidate', 'difference', 'limits (one-sided 95 %)', 'allowed', 'verdict']
  return `${[
    `### Tollgate: ${escaped(candidate.policyId)} against ${escaped(incumbent.policyId)}`,
    `**${escaped(gateReason(report))}**`,
    [head, head.map(() => '---'), ...rows.map((row) => row.map(escaped))]
      .map((row) => `| ${row.join(' | ')} |`)
      .join('\n'),
    ...gateWarnings(report).map((text) => `> ${escaped(text)}`),
    ...gateNotes(report).map(escaped),
  ].join('\n\n')}\n`
}

/** Names come from files: none may draw a table, a link or a tag. */
function escaped(text: string): string {
  return text
    .replace(/[\r\n\u00a0]+/g, ' ')
    .replace(/[\\`*_[\]<>|#~]/g, (sign) => `\\${sign}`)
    .replace(/&/g, '&amp;')
}
