import { PLAIN } from './plain-routers.js'
import { GOALS, README_GAINS } from './references.js'
import type { Estimate, SetScore } from './score-set.js'
import type { Tested } from './holm.js'

/** A plain router's gain that is as near to the README's counts as the same. */
const NEAR = 0.5

export interface Judged extends SetScore {
  readonly tested: Tested
}

/** The whole report, for people. */
export function reportLines(judged: readonly Judged[], date: string): readonly string[] {
  return [
    `Learned router on requests that it has not seen, ${date}. Points of quality at equal cost, [95 % interval over requests]`,
    'Five seeds x five outer folds, the cost weight chosen inside the training folds. Gain: over the best fixed mix of the single',
    'models at the same mean cost, pooled over folds, mean of the seeds; seeds: the least and the most of them. Folds: mean of the',
    'gains of single folds over the mixes on their own requests (pooled gains suffer when folds choose other segments of the hull).',
    'By task: over the best fixed mix for each task. Best plain: paired difference to the plain router and rule for its cost',
    'weight that gain most on these very requests. openhands_index and qwen_mini have no prompts: ids stand in.',
    '',
    ...aligned([
      ['set', 'requests', 'models', 'gain', 'seeds', 'folds', 'by task', 'best plain', '', 'goal', ''],
      ...judged.map(gainRow),
    ]),
    '',
    'Evidence: lower limit after Holm (two-sided 5 % over the sets; a set held back is a test of its own), one-sided p. Shuffled',
    'rows: the same router when each request has the outcomes of another; the interval must hold 0 or less.',
    ...aligned([
      ['set', 'lower limit', 'p', 'verdict', 'shuffled rows', 'folds', 'control'],
      ...judged.map(evidenceRow),
    ]),
    '',
    'Plain routers, cost weight by grid: gain, folds, and in brackets the gain that the README of the data gives; * differs by more than 0.5',
    ...aligned([['set', ...PLAIN], ...judged.map(plainRow)]),
    ...notes(judged),
  ]
}

function gainRow(score: Judged): string[] {
  const goal = GOALS[score.set]
  return [
    score.set,
    score.requests.toLocaleString('en-US'),
    `${score.models.length}`,
    shown(score.gain),
    `${signed(Math.min(...score.bySeed))} to ${signed(Math.max(...score.bySeed))}`,
    signed(score.foldMean),
    shown(score.overTaskHull),
    shown(score.overBestPlain),
    score.bestPlain,
    goal === undefined ? 'none' : `${goal}`,
    goal === undefined ? '' : score.gain.points >= goal ? 'met' : 'missed',
  ]
}

function evidenceRow({ set, tested, shuffledRows }: Judged): string[] {
  return [
    set,
    signed(tested.lowerLimit),
    tested.p.toFixed(3),
    tested.verdict,
    shown(shuffledRows),
    signed(shuffledRows.foldMean),
    shuffledRows.interval[0] <= 0 ? 'holds' : 'BROKEN',
  ]
}

function plainRow({ set, plain }: Judged): string[] {
  const cells = PLAIN.map((name) => {
    const published = README_GAINS[set]?.[name]
    const { points, foldMean } = plain[name]
    const own = `${signed(points)}, ${signed(foldMean)}`
    if (published === undefined) return own
    return `${own} (${signed(published)})${Math.abs(points - published) > NEAR ? '*' : ''}`
  })
  return [set, ...cells]
}

function notes(judged: readonly Judged[]): string[] {
  const differing = judged.flatMap(({ set, plain }) =>
    PLAIN.flatMap((name) => {
      const published = README_GAINS[set]?.[name]
      const own = plain[name].points
      return published === undefined || Math.abs(own - published) <= NEAR
        ? []
        : [`${set} ${name} ${signed(own - published)}`]
    }),
  )
  return differing.length === 0
    ? []
    : [
        `Differ from the README (it gives neither its grid of weights nor how it reads text): ${differing.join(', ')}`,
      ]
}

function shown({ points, interval: [low, high] }: Estimate): string {
  return `${signed(points)} [${low.toFixed(2)}, ${high.toFixed(2)}]`
}

function signed(points: number): string {
  return `${points < 0 ? '' : '+'}${points.toFixed(2)}`
}

function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  return rows.map((row) =>
    `  ${row.map((cell, column) => cell.padEnd(widths[column]!)).join('  ')}`.trimEnd(),
  )
}
