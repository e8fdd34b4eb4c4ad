import type { MarginRow } from '../../metrics/margin-row.js'
import type { MarginResult } from '../../metrics/margin-row.js'
import { count, listed, money, percent, plainName, plural } from '../format.js'

/** A way of reserving, in the fewest words. */
export function wayName({ mode, margin, quantile }: MarginRow): string {
  if (mode === 'worstCase') return 'worst case'
  if (quantile !== null) return `quantile ${quantile}`
  return margin === 0 ? 'mean' : `mean + ${percent(margin, 0)}`
}

const DEFAULT_MARGIN = 0.3

export function isDefaultMargin({ quantile, margin }: MarginRow): boolean {
  return quantile === null && margin === DEFAULT_MARGIN
}

/** What the default margin lets through, and what the worst case asks for being proved. */
export function marginSentence({ rows }: MarginResult): string {
  const usual = rows.find(isDefaultMargin)
  const worst = rows.find(({ mode }) => mode === 'worstCase')
  if (usual === undefined || worst === undefined) return ''
  return [
    `Holding the expected cost plus ${percent(DEFAULT_MARGIN, 0)}, ${percent(usual.overspendProbability)} of ${plural(usual.charged ?? 0, 'call')} cost more than was held for them, ${money(usual.overspendUsd)} in all (of ${money(usual.chargedUsd)}), and ${capsOf(usual)} went over the cap; ${changed(usual)}.`,
    `Holding the worst case, ${percent(worst.overspendProbability)} of the calls cost more and ${capsOf(worst)} went over the cap; ${changed(worst)}.`,
  ].join(' ')
}

function capsOf({ windowsOverCap, poolWindows }: MarginRow): string {
  return `${count(windowsOverCap)} of ${plural(poolWindows ?? 0, 'budget window')}`
}

function changed({ refused, downgraded, truncated }: MarginRow): string {
  return `${count(refused)} refused, ${count(downgraded)} downgraded, ${count(truncated)} truncated`
}

/** Where no row shows what its reservations did, so that any others would do the same. Null where one does. */
export function unboundSentence({ rows }: MarginResult): string | null {
  const [first] = rows
  const isBound = ({ refused, downgraded, windowsOverCap, truncated }: MarginRow): boolean =>
    (refused ?? 0) + (downgraded ?? 0) + (windowsOverCap ?? 0) > 0 ||
    (truncated ?? 0) !== (first?.truncated ?? 0)
  if (rows.some(isBound)) return null
  return 'No budget bound: nothing was refused, downgraded or over a cap in any row, so the margin makes no difference here; a tighter budget shows what it costs.'
}

/** What the rows stand on, and what they leave out. */
export function marginNotes({ split, outputTokens, rows }: MarginResult): string[] {
  const { outcomes, counted, fromCost, unlearned } = outputTokens
  const estimated = fromCost === 0 ? '' : `, ${count(fromCost)} of them by what their recorded cost pays for`
  const unknownCharges = Math.max(...rows.map(({ chargeUnknown }) => chargeUnknown ?? 0))
  const unknownRefusals = Math.max(...rows.map(({ refusedUnknown }) => refusedUnknown ?? 0))
  return [
    `No figure is in-sample: output tokens were learned from ${plural(split.learned, 'request')}, all rows measured on ${count(split.measured)} others (${plainName(split.rule)}). Budgets hold for these alone.`,
    `Learned from ${count(counted)} of ${plural(outcomes, 'outcome')} with known output tokens${estimated}.`,
    ...(unlearned.length === 0
      ? []
      : [`Nothing was learned of ${listed(unlearned.map(plainName))}: expectedOutputTokens stands in.`]),
    ...(rows.some(({ overspendProbability, quantile }) => quantile !== null && overspendProbability === null)
      ? ['Quantiles are unknown: a model has outcomes but no output tokens to take them from.']
      : []),
    ...(unknownCharges === 0
      ? []
      : [
          `Up to ${plural(unknownCharges, 'charge')} in a row are expected, not recorded: they count in no overspend.`,
        ]),
    ...(unknownRefusals === 0
      ? []
      : [
          `For up to ${plural(unknownRefusals, 'refused or downgraded request')} in a row the log does not know what the first choice costs: they are not counted as wrong.`,
        ]),
  ]
}

/** The columns that need words. */
export const MARGIN_WORDS: readonly (readonly [term: string, meaning: string])[] = [
  ['over', 'share of the charged calls that cost more than was held for them'],
  ['overspent', 'what they cost above that'],
  ['over cap', 'budget windows that went over their cap'],
  ['stranded', 'left unused at the end of a window that refused or downgraded something'],
  [
    'wrongly',
    'part of refused and downgraded: what the first choice really costs would have fitted every pool just then, with the calls in flight at what they really cost',
  ],
]
