import type { Interval, LogSummary } from '../../metrics/result.js'
import { unitsToJudge, type Judged, type Verdict } from '../../metrics/non-inferiority.js'
import type { GateResult } from '../../tune/gate.js'
import { count, listed, money, percent, plainName, plural } from '../format.js'

/** What a gate's reports tell beside the result itself. */
export interface GateReport {
  readonly log: LogSummary
  readonly result: GateResult
  readonly filters: readonly string[]
  readonly seed: number
}

export const VERDICT_WORDS: Readonly<Record<Verdict, string>> = {
  pass: 'PASS',
  fail: 'FAIL',
  inconclusive: 'INCONCLUSIVE',
}

/** One of the two things that are judged, in words. */
export interface GateCheck {
  readonly name: 'quality' | 'cost'
  readonly judged: Judged
  readonly incumbent: string
  readonly candidate: string
  readonly difference: string
  /** One-sided 95 % limits. */
  readonly limits: string
  readonly allowed: string
  /** With neither a capital nor a full stop. */
  readonly sentence: string
}

export function gateChecks({
  log,
  result,
}: Pick<GateReport, 'log' | 'result'>): readonly [GateCheck, GateCheck] {
  const { quality, cost, candidate, incumbent, maxQualityDrop } = result
  const pointsText = beside(quality.bound, finePoints)
  const costText = beside(cost.bound, cost.unit === 'share' ? signedPercent : signedMoney)
  return [
    {
      name: 'quality',
      judged: quality,
      incumbent: percent(incumbent.quality, 2),
      candidate: percent(candidate.quality, 2),
      difference: finePoints(quality.delta),
      limits: limitsText(quality.limits, pointsText),
      allowed: `above ${finePoints(-maxQualityDrop)}`,
      sentence: openSentence('quality', quality, { log, result }) ?? qualitySentence(quality, pointsText),
    },
    {
      name: 'cost',
      judged: cost,
      incumbent: money(incumbent.meanCostUsd),
      candidate: money(candidate.meanCostUsd),
      difference: costText(cost.delta),
      limits: limitsText(cost.limits, costText),
      allowed: `below ${cost.bound === 0 ? '0' : costText(cost.bound)}`,
      sentence: openSentence('cost', cost, { log, result }) ?? costSentence(cost, costText),
    },
  ]
}

const SAME_POLICY = 'the two policies decide by the same rules'

/** The verdict and what it stands on: of a failure what failed, of an open one what is open and what would settle it. */
export function gateReason(report: Pick<GateReport, 'log' | 'result'>): string {
  const { verdict, neededRequests, requests, quality, cost } = report.result
  if (quality.because === 'samePolicy' && cost.because === 'samePolicy' && verdict === 'pass')
    return `${VERDICT_WORDS.pass}: ${SAME_POLICY}, and no request of this log tells them apart.`
  const telling = gateChecks(report).filter(({ judged }) => judged.verdict === verdict)
  const needed = neededRequests === null ? '' : `; ${neededClause(neededRequests, requests)}`
  return `${VERDICT_WORDS[verdict]}: ${telling.map(({ sentence }) => sentence).join(', and ')}${needed}.`
}

function neededClause(needed: number, requests: number): string {
  return `about ${plural(needed, 'request')} like these (here ${count(requests)}) would settle it in 80 % of cases if the differences stay as they are`
}

/** Why there is nothing to hold against a bound, and the way out; null where there is. */
function openSentence(
  name: GateCheck['name'],
  { because, knownShare }: Judged,
  { log, result }: Pick<GateReport, 'log' | 'result'>,
): string | null {
  const { resampling } = result
  switch (because) {
    case 'unknown':
      return name === 'quality' ? unknownQuality(knownShare, { log, result }) : unknownCost(knownShare)
    case 'estimated':
      return 'cost cannot be judged, since more than 5 % of the requests differ in a cost that is estimated, not recorded (import their costs, or usage and a price book: tollgate import --prices)'
    case 'fewUnits':
      return `${name} has no limits, since only ${plural(resampling.units, unitName(resampling.unit))} can be told apart and ${unitsToJudge(resampling)} are needed (a longer log)`
    case 'samePolicy':
      return `${name} is the same, since ${SAME_POLICY}`
    default:
      return null
  }
}

function unknownQuality(knownShare: number, { log, result }: Pick<GateReport, 'log' | 'result'>): string {
  if (result.sessions !== undefined)
    return `quality by session is known under both policies for only ${percent(knownShare)} of the sessions, those that have an outcome and that both answer as logged, and 95 % are needed (give more sessions a sessionOutcome, or judge requests: --quality-unit request)`
  if (log.evidence === 'cost-only')
    return 'quality cannot be gated, since the log holds costs and no quality at all (import labels, or name rules that make qualities: tollgate import --quality)'
  if (result.offTrajectory)
    return `quality is not identified, since ${percent(offShare(result))} of the requests come after one of their session that another model answered than in the log, and only 5 % may (choose once per session: sessionAffinity with mode pin; or judge whole sessions: --quality-unit session)`
  return `quality is known under both policies for only ${percent(knownShare)} of the requests, and 95 % are needed (run the other requests on the models that the candidate asks and import their outcomes, or keep requests that all models answered: --complete-cases)`
}

function offShare({ candidate, incumbent }: GateResult): number {
  return Math.max(candidate.offTrajectoryShare ?? 0, incumbent.offTrajectoryShare ?? 0)
}

function unknownCost(knownShare: number): string {
  return `cost is known under both policies for only ${percent(knownShare)} of the requests, and 95 % are needed (give the models prices in the policies, or import with --prices)`
}

function qualitySentence({ verdict, because, delta, limits, bound }: Judged, text: Wording): string {
  const drop = `${finePoints(-bound).slice(1)} is allowed`
  const seen = because === 'identical' ? 'no request differs in quality' : `quality changes by ${text(delta)}`
  if (limits === null) return seen
  if (verdict === 'fail') return `${seen}, at best ${text(limits[1])}, where a drop of less than ${drop}`
  return `${seen}, at worst ${text(limits[0])}, where a drop of less than ${drop}`
}

function costSentence({ verdict, because, delta, limits, bound }: Judged, text: Wording): string {
  if (because === 'identical' && verdict === 'pass') return 'no request differs in cost'
  const allowed = bound === 0 ? 'no rise is allowed' : `it must stay below ${text(bound)}`
  const seen = because === 'identical' ? 'no request differs in cost' : `cost changes by ${text(delta)}`
  if (limits === null) return seen
  if (verdict === 'fail') return `${seen}, at least ${text(limits[0])}, where ${allowed}`
  return `${seen}, at most ${text(limits[1])}, where ${allowed}`
}

/** What a reader of the verdict must know. */
export function gateWarnings({ log, result }: Pick<GateReport, 'log' | 'result'>): string[] {
  const { chosenOnThisLog, unservedQuality, quality, qualityBounds, resampling } = result
  const [low, high] = qualityBounds
  return [
    ...(chosenOnThisLog === undefined
      ? []
      : [...chosenOnThisLog, 'Gate it on requests that it was not chosen on: a newer log.']),
    ...(quality.knownShare < 1 && quality.delta !== null
      ? [
          `Quality is known under both policies for ${percent(quality.knownShare)} of the ${result.sessions === undefined ? 'requests' : 'sessions'}, and these are judged; whatever the others were worth, the difference lies between ${finePoints(low)} and ${finePoints(high)}.`,
        ]
      : []),
    ...(unservedQuality.candidate === unservedQuality.incumbent
      ? []
      : [
          `The candidate would count requests without an answer ${unservedQuality.candidate}, the incumbent ${unservedQuality.incumbent} (unservedQuality): the incumbent’s holds for both.`,
        ]),
    ...(resampling.note === null ? [] : [`${capital(resampling.note)}.`]),
    ...(log.arrivals === 'synthetic'
      ? ['The log has no times: arrivals are synthetic, so what budgets do through time is a what-if.']
      : []),
  ]
}

/** What the limits are. */
export function gateNotes({ log, result, filters, seed }: GateReport): string[] {
  const { resampling, candidate, incumbent } = result
  const varying =
    resampling.unit === 'requests'
      ? ''
      : `, ${plural(resampling.units, unitName(resampling.unit))} as what varies`
  return [
    `Paired by request, ${listed([candidate, incumbent].map(({ policyId }) => plainName(policyId)))} on ${plainName(log.path)} (${plural(result.requests, 'request')}${varying}, lots drawn with seed ${seed}). Limits are one-sided 95 %, so that at most 1 candidate in 20 that is just at a bound passes.`,
    ...(result.sessions === undefined
      ? []
      : [
          `Quality is by session: the mean of what ${plural(result.sessions, 'session')} came to, known of a policy where it answers all of a session as the log did.`,
        ]),
    ...(filters.length === 0 ? [] : [`Only a part of the log: ${filters.map(plainName).join(', ')}.`]),
    ...(log.qualityRules === undefined
      ? []
      : [`Quality by the rules ${log.qualityRules.map(plainName).join(', ')}, named at import.`]),
  ]
}

function limitsText(limits: Interval | null, text: Wording): string {
  return limits === null ? 'none' : `${text(limits[0])} to ${text(limits[1])}`
}

type Wording = (value: number | null) => string

function finePoints(difference: number | null, decimals = 2): string {
  return difference === null ? 'unknown' : `${signed(difference * 100, decimals)} points`
}

function signedPercent(share: number | null, decimals = 2): string {
  return share === null ? 'unknown' : `${signed(share * 100, decimals)}\u00a0%`
}

function signedMoney(usd: number | null): string {
  return usd === null ? 'unknown' : `${usd > 0 ? '+' : ''}${money(usd)} a request`
}

/** With more decimals where two would set a limit on its very bound. */
function beside(bound: number, text: (value: number | null, decimals?: number) => string): Wording {
  return (value) =>
    value !== null && value !== bound && text(value) === text(bound) ? text(value, 4) : text(value)
}

function signed(value: number, decimals: number): string {
  const text = Math.abs(value).toFixed(decimals)
  const isZero = Number(text) === 0
  const shown = isZero && value !== 0 ? Math.abs(value).toPrecision(1) : text
  return `${value === 0 ? '±' : value < 0 ? '−' : '+'}${shown}`
}

/** `sessions` are counted `1 session`. */
function unitName(unit: string): string {
  return unit.replace(/s$/, '')
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
