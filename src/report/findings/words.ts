/** Sentences that the page and the terminal share. */

import type { BudgetSummary, Comparison, EvidenceMode, RunMetrics } from '../../metrics/result.js'
import { count, duration, money, percent, plainName, plural, sentenceName } from '../format.js'

export const EVIDENCE_WORDS: Readonly<Record<EvidenceMode, string>> = {
  'full-matrix': 'full matrix: the log holds what every model did on the requests',
  'logged-propensity':
    'logged with propensities: one model answered each request, drawn with known chances, so that others can be estimated',
  'logged-deterministic':
    'logged, deterministic: one model answered each request by a fixed rule, so what others would have done is not identified: only bounds of it are known',
  'cost-only': 'cost only: the log holds no quality',
}

/** The same in the fewest words. */
const EVIDENCE_NAMES: Readonly<Record<EvidenceMode, string>> = {
  'full-matrix': 'looked up in the log, which holds what every model did (full matrix)',
  'logged-propensity': 'estimated from one answer a request, drawn with known chances',
  'logged-deterministic': 'one answer a request by a fixed rule: of other models only bounds are known',
  'cost-only': 'costs only, no quality',
}

/** Whatever the log holds of answers: of whole sessions it has one outcome. */
const OF_SESSIONS =
  'one outcome a session: of a policy that answers otherwise than the log only bounds are known'

export function evidenceWords(mode: EvidenceMode, unit: Comparison['qualityUnit']): string {
  return unit === 'session' ? OF_SESSIONS : EVIDENCE_WORDS[mode]
}

export function evidenceName(mode: EvidenceMode, unit: Comparison['qualityUnit']): string {
  return unit === 'session' ? OF_SESSIONS : EVIDENCE_NAMES[mode]
}

export const BY_SESSION =
  'Quality is by session: the mean of what sessions came to, known of a policy where it answers all of a session as the log did.'

/** Only a proved guarantee is called a hard cap. `held` says at which traffic, where that is not the one of the money. */
export function capsSentence(budget: BudgetSummary, held = ''): string {
  if (budget.capGuarantee === 'none') return 'It was replayed without budgets.'
  const over =
    budget.violations === 0
      ? `none of ${plural(budget.pools, 'budget window')} went over its cap`
      : `${count(budget.violations)} of ${plural(budget.pools, 'budget window')} went over the cap, by ${money(budget.overspendUsd)} in all`
  const soft =
    budget.softPassed === undefined
      ? ''
      : ` ${plural(budget.softPassed, 'budget window')} passed the soft budget, which warns and refuses nothing.`
  return budget.capGuarantee === 'proved'
    ? `Its budgets are hard caps (proved: every call is reserved at its worst case)${held}; ${over}.${soft}`
    : `Its budgets are kept by estimates and are not hard caps${held}; ${over}.${soft}`
}

export function capsShort(budget: BudgetSummary): string {
  if (budget.capGuarantee === 'none') return 'no budgets'
  const kind = budget.capGuarantee === 'proved' ? 'hard caps (proved)' : 'estimated, not hard'
  return budget.violations === 0 ? kind : `${kind}, ${count(budget.violations)} over`
}

/** What happened to those who were not served as planned; empty when nobody was touched. */
export function serviceSentence(run: RunMetrics): string {
  const parts = [
    [run.downgraded, 'served by a smaller model than planned'],
    [run.truncated, 'cut short'],
    [run.deferred, 'made to wait'],
    [run.rejected, 'refused'],
    [run.unresolved, 'still waiting at the end'],
    [run.faults?.unanswered ?? 0, 'broken off or failed'],
  ] as const
  const said = parts
    .filter(([requests]) => requests > 0)
    .map(([requests, what]) => `${count(requests)} ${what} (${percent(requests / run.offered)})`)
  if (said.length === 0) return `All ${count(run.offered)} requests were served as planned.`
  return `Of ${count(run.offered)} requests: ${said.join(', ')}.`
}

/** How long those waited who were served in the end, and how many were not; null where nobody waited. */
export function delaySentence({ deferred, rejected, unresolved, delayMs }: RunMetrics): string | null {
  if (delayMs === null || delayMs === undefined) return null
  const { count: served, p50, p95, max } = delayMs
  const waits =
    served === 0
      ? 'none of them was served'
      : `${count(served)} of them ${served === 1 ? 'was' : 'were'} served after ${duration(p50)} (median), ${p95 === null ? '' : `${duration(p95)} (p95), `}${duration(max)} (longest)`
  const others = [
    ...(unresolved > 0 ? [`${count(unresolved)} still waited at the end`] : []),
    ...(rejected > 0 && deferred > served + unresolved
      ? [served + unresolved === 0 ? 'all were refused' : 'the others were refused']
      : []),
  ]
  return `${plural(deferred, 'request')} had to wait: ${[waits, ...others].join('; ')}.`
}

/** The verdict of skill in plain words. */
export function skillSentence(run: RunMetrics): string {
  const name = `“${sentenceName(run.policyId)}”`
  const because = lowerFirst(plainName(run.routingSkillBecause))
  if (run.routingSkill === 'yes') return `${name} picks models better than chance: ${because}`
  const saves = run.savedByRouting !== null && run.savedByRouting > 0
  const fine =
    'What it saves, it saves by using cheaper models more often. That is fine, and is what it is: a cheaper single model or a fixed mix may do as well.'
  return `No evidence that ${name} picks the right model for each request: ${because}${saves ? ` ${fine}` : ''}`
}

function lowerFirst(sentence: string): string {
  return /^[A-Z][a-z]/.test(sentence) ? sentence.charAt(0).toLowerCase() + sentence.slice(1) : sentence
}
