import { InputError } from '../../core/errors.js'
import type { LogTable } from '../../core/log-table.js'
import { answers, type Answer } from '../../logs/answers.js'
import { lint, type LintFinding } from '../../logs/lint/lint.js'
import { storeFacts } from '../../logs/store-facts.js'
import { logEvidence } from '../../metrics/evidence-mode.js'
import { summarizeLog } from '../../metrics/log-summary.js'
import { oracle, type Oracle } from '../../metrics/oracle.js'
import type { LogSummary } from '../../metrics/result.js'
import { sessionsOf } from '../../metrics/sessions.js'
import { singles, type SingleModel } from '../../metrics/singles.js'
import type { Finding } from '../../metrics/suspect/finding.js'
import { suspectOutcomes } from '../../metrics/suspect/suspect-outcomes.js'
import { defineCommand, type Command } from '../command.js'
import { count, dollars, fraction, plural, time } from '../format.js'
import { logOptions, readLog } from '../log-options.js'
import { note, print, printJson } from '../output.js'
import { table } from '../table.js'
import { writeFixed, type WrittenFix } from '../write-fixed.js'

/** `tollgate inspect`: what the log holds, a lint of its quality, and what can and cannot be answered from it. */
export const command: Command = defineCommand({
  options: (yargs) =>
    logOptions(yargs).option('fix', {
      type: 'string',
      requiresArg: true,
      describe:
        'write the whole log as canonical JSONL to this file, with what needs no guess mended: zero costs of models that cost something are unknown, cents are dollars, two names of one model (by the price book of the import) are one; every change stands in FILE.changes.jsonl, and nothing is changed in place',
    }),
  run(args) {
    const { table: log, facts, filters } = readLog(args, storeFacts)
    if (log.size === 0) throw new InputError(`no request of ${args.log} is left after ${filters.join(', ')}`)
    const inspection: Inspection = {
      log: summarize(log),
      models: singles(log).filter(({ outcomes }) => outcomes > 0),
      oracle: log.sampled === undefined ? oracle(log) : NO_ORACLE,
      warnings: [...lint(log, facts), ...suspectOutcomes(log).map(asFinding)],
      answers: answers(log, logEvidence(log)),
      sessions: sessionCounts(log),
      quality: { rules: facts.qualityRules, sources: facts.qualitySources },
    }
    const fixed = args.fix === undefined ? undefined : writeFixed(args.log, args.fix)
    if (args.json) printJson({ ...asJson(inspection), ...(fixed === undefined ? {} : { fixed }) })
    else print(asText(inspection, filters))
    if (fixed !== undefined) note(fixedSentence(fixed))
    return 0
  },
})

/** Most requests of a log with an attached sample have one answer: the best of one is no oracle. */
const NO_ORACLE: Oracle = { quality: null, costUsd: null, requests: 0, unknownCost: 0 }

function fixedSentence({ file, changesFile, requests, changes }: WrittenFix): string {
  const listed = Object.entries(changes).map(([code, n]) => `${code} ${count(n)}`)
  return `${file}: ${plural(requests, 'request')}, ${listed.length === 0 ? 'nothing to mend' : `mended: ${listed.join(', ')} (each in ${changesFile})`}`
}

/** Of qualities that a degenerate answer wins. */
function asFinding({ code, message, count: n }: Finding): LintFinding {
  return {
    code,
    message,
    count: n,
    examples: [],
    effect: 'what routing seems to win on it may be luck, or no answer to anything',
    wayOut: 'look at the task without it: --where task!=NAME',
  }
}

interface Inspection {
  readonly log: LogSummary
  readonly models: readonly SingleModel[]
  readonly oracle: Oracle
  readonly warnings: readonly LintFinding[]
  readonly answers: readonly Answer[]
  /** Absent where no session has an outcome. */
  readonly sessions: SessionCounts | undefined
  /** Where qualities come from: the rules named at import, and outcomes by source in the whole store. */
  readonly quality: {
    readonly rules: readonly string[]
    readonly sources: Readonly<Record<string, number>>
  }
}

interface SessionCounts {
  readonly count: number
  readonly withOutcome: number
  /** Over those that have one. */
  readonly meanQuality: number
}

function sessionCounts(log: LogTable): SessionCounts | undefined {
  const sessions = sessionsOf(log)
  const known = sessions?.quality.filter((value) => !Number.isNaN(value)) ?? new Float64Array()
  if (sessions === undefined || known.length === 0) return undefined
  const sum = known.reduce((all, value) => all + value, 0)
  return { count: sessions.count, withOutcome: known.length, meanQuality: sum / known.length }
}

/** A filter may leave models without an outcome: they do not count here. */
function summarize(log: LogTable): LogSummary {
  return { ...summarizeLog(log), models: singles(log).filter(({ outcomes }) => outcomes > 0).length }
}

function asJson(inspection: Inspection): object {
  const { log, models, oracle: best, warnings, answers: replies, sessions, quality } = inspection
  return {
    log,
    models: models.map(({ model, ...facts }) => ({ id: model, ...facts })),
    oracle: { quality: best.quality, costUsd: best.costUsd },
    warnings,
    answers: replies,
    ...(sessions === undefined ? {} : { sessions }),
    ...(quality.rules.length > 0 && { quality }),
  }
}

function asText(inspection: Inspection, filters: readonly string[]): string {
  return [
    ...headLines(inspection.log, filters),
    ...sessionLines(inspection.sessions),
    ...qualityLines(inspection.quality),
    '',
    modelTable(inspection),
    '',
    ...warningLines(inspection.warnings),
    '',
    'What this log can answer',
    ...inspection.answers.map(
      ({ question, can, because }) => `  ${can ? 'yes' : 'NO '}  ${question}\n         ${because}`,
    ),
  ].join('\n')
}

function headLines(log: LogSummary, filters: readonly string[]): string[] {
  const times = log.arrivals === 'synthetic' ? 'times are made up (synthetic)' : 'times as logged'
  return [
    `${log.path}: ${plural(log.requests, 'request')}, ${plural(log.models, 'model')}, evidence: ${log.evidence}`,
    `${time(log.from)} to ${time(log.to)}, ${times}`,
    ...(filters.length === 0 ? [] : [`only rows with: ${filters.join(', ')}`]),
    log.hash,
  ]
}

function sessionLines(sessions: SessionCounts | undefined): string[] {
  if (sessions === undefined) return []
  const { count: all, withOutcome, meanQuality } = sessions
  return [
    `${plural(all, 'session')}, ${count(withOutcome)} with an outcome of their own (mean ${fraction(meanQuality)}; --quality-unit session judges by these)`,
  ]
}

/** Only where a rule made qualities: a log's own need no explanation. */
function qualityLines({ rules, sources }: Inspection['quality']): string[] {
  if (rules.length === 0) return []
  const counts = rules.map((rule) => `${rule} ${count(sources[rule] ?? 0)}`)
  return [`quality by the rules named at import (outcomes judged by each): ${counts.join(', ')}`]
}

/** Best quality first; models without any quality last, by cost. */
function modelTable({ log, models, oracle: best }: Inspection): string {
  const ordered = [...models].sort(
    (a, b) => (b.meanQuality ?? -1) - (a.meanQuality ?? -1) || (a.meanCostUsd ?? 0) - (b.meanCostUsd ?? 0),
  )
  const rows = ordered.map((model) => [
    model.model,
    fraction(model.meanQuality),
    dollars(model.meanCostUsd),
    model.outcomes < log.requests ? `${count(model.outcomes)} *` : count(model.outcomes),
    count(model.unknownQuality),
    count(model.unknownCost),
  ])
  const oracleRow = [
    'oracle (best per request)',
    fraction(best.quality),
    dollars(best.costUsd),
    count(best.requests),
    '',
    '',
  ]
  const hasOracle = models.length > 1 && best.quality !== null
  const isPartial = models.some(({ outcomes }) => outcomes < log.requests)
  const drawn = table(
    ['model', 'mean quality', 'mean cost', 'outcomes', 'quality unknown', 'cost unknown'],
    hasOracle ? [...rows, oracleRow] : rows,
  )
  if (!isPartial) return drawn
  return `${drawn}\n* fewer outcomes than requests: means over different requests are not comparable (--complete-cases)`
}

function warningLines(warnings: readonly LintFinding[]): string[] {
  if (warnings.length === 0) return ['No warnings.']
  return [
    'Warnings',
    ...warnings.flatMap(({ code, message, count: n, effect, wayOut, examples }) => [
      `  ${count(n)} × ${code}: ${message}`,
      `        so ${effect}${examples.length === 0 ? '' : ` (such as ${examples.slice(0, 3).join(', ')})`}`,
      `        way out: ${wayOut}`,
    ]),
  ]
}
