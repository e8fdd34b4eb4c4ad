import pc from 'picocolors'
import type { Drift, DriftCheck } from '../metrics/drift/drift.js'
import type { LogSummary } from '../metrics/result.js'
import { driftSentence, DRIFT_WORDS, measureName, segmentName, uncheckedSentence } from './findings/drift.js'
import { count, money, percent, plainName, points } from './format.js'
import { banner, plainTable, spaced, withoutTrailingSpace, wrapped, type TextOptions } from './terminal.js'

export interface DriftText extends Drift {
  readonly policyId: string
  readonly against: string | null
}

/** Checks without an alarm that are shown: those that come nearest to one. */
const QUIET_SHOWN = 8

/** For `tollgate drift`: the answer, what alarmed, what came near, what the words mean. */
export function renderDriftText(log: LogSummary, drift: DriftText, { width, color }: TextOptions): string {
  const colours = pc.createColors(color)
  const plain = (text: string): string => wrapped((line) => line, text, width)
  const bySize = (a: DriftCheck, b: DriftCheck): number => overLimit(b) - overLimit(a)
  const alarms = drift.checks.filter(({ alarm }) => alarm).sort(bySize)
  const quiet = drift.checks.filter(({ alarm }) => !alarm).sort((a, b) => a.pValue - b.pValue || bySize(a, b))
  const unchecked = uncheckedSentence(drift)
  return spaced([
    ...banner({ log }, width, colours),
    wrapped(alarms.length > 0 ? colours.red : colours.bold, driftSentence(drift), width),
    ...(alarms.length > 0 ? [table('drifted', alarms, colours.dim)] : []),
    ...(quiet.length > 0
      ? [table('within limits, or chance', quiet.slice(0, QUIET_SHOWN), colours.dim)]
      : []),
    [
      ...(quiet.length > QUIET_SHOWN
        ? [`${count(quiet.length - QUIET_SHOWN)} more checks are quiet; --json has all.`]
        : []),
      ...(unchecked === null ? [] : [unchecked]),
    ]
      .map(plain)
      .join('\n'),
    DRIFT_WORDS.map(([term, meaning]) => plain(`${term}: ${meaning}.`)).join('\n'),
    plain(
      `${plainName(log.path)}, ${count(drift.requests)} calls, against ${drift.against === null ? `the forecast of ${plainName(drift.policyId)}` : plainName(drift.against)} (${count(drift.expectedFrom)} calls).`,
    ),
  ])
}

/** How many times its limit a change is. */
function overLimit({ change, limit }: DriftCheck): number {
  return Math.abs(change) / limit
}

function table(title: string, checks: readonly DriftCheck[], dim: (text: string) => string): string {
  const drawn = plainTable(['left', 'left', 'right', 'right', 'right', 'right', 'right'])
  drawn.push([title, '', 'expected', 'seen', 'change', 'limit', 'p'].map(dim))
  for (const check of checks) {
    const { segment, measure, expected, seen, change, limit, pValue } = check
    const p = pValue < 0.001 ? '< 0.001' : pValue.toFixed(3)
    const [before, now] = [expected, seen].map((value) => amount(check, value))
    drawn.push([
      segmentName(segment),
      measureName(measure),
      before ?? '',
      now ?? '',
      changeOf(check, change),
      changeOf(check, limit).replace(/^\+/, ''),
      p,
    ])
  }
  return withoutTrailingSpace(drawn.toString())
}

function amount({ measure }: DriftCheck, value: number | null): string {
  if (value === null) return ''
  return measure === 'costUsd' ? money(value) : percent(value)
}

/** Of a cost in per cent of what was expected, of shares in points, of a distribution the index. */
function changeOf({ measure }: DriftCheck, change: number): string {
  if (measure === 'costUsd') return `${change > 0 ? '+' : ''}${percent(change)}`
  if (measure === 'quality' || measure === 'share' || measure === 'rejectShare') return points(change)
  return change.toFixed(3)
}
