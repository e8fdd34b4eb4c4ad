import { InputError } from '../../core/errors.js'
import { Rejection } from './format.js'

/** What a log says about how good an answer was, before a rule makes a quality of it. */
export interface Signals {
  /** The value logged under this name: a number, a yes or no, a list of them, or undefined. */
  score(name: string): unknown
  /** A user's thumb: a yes or no, 1 or -1, "up" or "down". */
  readonly thumbs?: unknown
  /** The call failed: an error, a refusal by the provider, a cancellation. */
  readonly failed?: boolean
  /** The answer was cut off at the output limit. */
  readonly truncated?: boolean
}

export interface Judged {
  readonly quality: number
  readonly qualitySource: string
}

/** The quality that the rules in force make of a row's signals; undefined when none of them knows. */
export type QualityOf = (signals: Signals) => Judged | undefined

export interface QualityRules {
  /** As they were named, in order: the first that knows decides. */
  readonly names: readonly string[]
  readonly qualityOf: QualityOf
  /** `retry` looks at several requests and is applied to the store once all rows are in. */
  readonly retry: boolean
}

export const NO_QUALITY_RULES: QualityRules = { names: [], qualityOf: () => undefined, retry: false }

const FORMS =
  'score:NAME (in [0, 1]), judge:NAME/5 or judge:NAME/1-5 (a scale), thumbs, error (0 when the call failed or was cut off), retry (0 when the same was asked again within ten minutes), else:1 (what no rule before it knows)'

/**
 * `score:helpful,error` as rules. Nothing but what is named here becomes a quality.
 * @throws InputError naming every rule that is none, with all forms.
 */
export function parseQualityRules(texts: readonly string[]): QualityRules {
  const names = texts
    .flatMap((text) => text.split(',').map((name) => name.trim()))
    .filter((name) => name !== '')
  const rules = names.map((name) => ({ name, rule: ruleOf(name) }))
  const unknown = rules.filter(({ rule }) => rule === undefined)
  if (unknown.length > 0) {
    throw new InputError(
      'a quality rule is not known',
      unknown.map(({ name }) => ({ path: `--quality ${name}`, message: `rules are ${FORMS}` })),
    )
  }
  return { names, qualityOf: firstThatKnows(rules as readonly Named[]), retry: names.includes('retry') }
}

type Rule = (signals: Signals) => number | undefined
interface Named {
  readonly name: string
  readonly rule: Rule
}

function firstThatKnows(rules: readonly Named[]): QualityOf {
  return (signals) => {
    for (const { name, rule } of rules) {
      const quality = rule(signals)
      if (quality !== undefined) return { quality, qualitySource: name }
    }
    return undefined
  }
}

function ruleOf(name: string): Rule | undefined {
  if (name === 'thumbs') return ({ thumbs }) => thumbsQuality(thumbs)
  if (name === 'error')
    return ({ failed, truncated }) => (failed === true || truncated === true ? 0 : undefined)
  if (name === 'retry') return () => undefined
  const otherwise = /^else:(0|1|0?\.\d+|1\.0+)$/.exec(name)
  if (otherwise !== null) return () => Number(otherwise[1])
  const score = /^score:(.+)$/.exec(name)
  if (score !== null) return scaled(name, score[1] ?? '', 0, 1)
  const judge = /^judge:(.+)\/(?:(-?\d+(?:\.\d+)?)-)?(-?\d+(?:\.\d+)?)$/.exec(name)
  if (judge === null || !(Number(judge[3]) > Number(judge[2] ?? 0))) return undefined
  return scaled(name, judge[1] ?? '', Number(judge[2] ?? 0), Number(judge[3]))
}

function scaled(rule: string, name: string, low: number, high: number): Rule {
  return (signals) => {
    const value = mean(signals.score(name), rule)
    if (value === undefined) return undefined
    if (value >= low && value <= high) return (value - low) / (high - low)
    throw new Rejection(
      'quality-out-of-range',
      `${name} is ${value}, outside [${low}, ${high}] of ${rule}; name its scale, such as --quality judge:${name}/5`,
    )
  }
}

/** Several values of one score are taken at their mean. */
function mean(value: unknown, rule: string): number | undefined {
  const values = (Array.isArray(value) ? value : [value]).filter(
    (one) => one !== null && one !== undefined && one !== '',
  )
  if (values.length === 0) return undefined
  return values.reduce<number>((sum, one) => sum + scoreNumber(one, rule), 0) / values.length
}

function scoreNumber(value: unknown, rule: string): number {
  if (typeof value === 'boolean') return value ? 1 : 0
  const number = typeof value === 'string' ? textScore(value.trim()) : value
  if (typeof number === 'number' && Number.isFinite(number)) return number
  throw new Rejection(
    'not-a-number',
    `${rule} must find a number or a yes or no, got ${JSON.stringify(value)}`,
  )
}

function textScore(text: string): number {
  if (/^(true|yes|pass|passed|correct)$/i.test(text)) return 1
  if (/^(false|no|fail|failed|incorrect)$/i.test(text)) return 0
  return text === '' ? NaN : Number(text)
}

function thumbsQuality(value: unknown): number | undefined {
  if (value === undefined || value === null || value === '') return undefined
  if (value === true || value === 1 || /^(1|up|true|yes|positive|thumbs_?up|👍)$/i.test(String(value)))
    return 1
  if (
    value === false ||
    value === 0 ||
    /^(0|-1|down|false|no|negative|thumbs_?down|👎)$/i.test(String(value))
  )
    return 0
  throw new Rejection('bad-thumbs', `thumbs must be up or down, got ${JSON.stringify(value)}`)
}
