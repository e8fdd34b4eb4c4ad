import pc from 'picocolors'
import type { PolicyChange, RunChanges } from '../metrics/run-changes.js'
import {
  changeName,
  changeNotes,
  changeSentences,
  isUnchanged,
  pointsOf,
  signedMoney,
  signedMoneyInterval,
  signedShare,
} from './findings/changes.js'
import { money, percent, points, shortName } from './format.js'
import { moneyScale, scaled, scaledInterval, type MoneyScale } from './monthly.js'
import { banner, plainTable, spaced, withoutTrailingSpace, wrapped, type TextOptions } from './terminal.js'

/** For `tollgate report --run A --run B`: what changed, one table, what to beware of. */
export function renderChangesText(changes: RunChanges, { width, color }: TextOptions): string {
  const colours = pc.createColors(color)
  const plain = (text: string): string => wrapped((line) => line, text, width)
  const [lead = '', ...others] = changeSentences(changes)
  return spaced([
    ...banner({ log: changes.log }, width, colours),
    wrapped(colours.bold, lead, width),
    ...others.map(plain),
    drawTable(changes, width, colours.dim),
    changeNotes(changes).map(plain).join('\n'),
  ])
}

type Cell = (policy: PolicyChange, scale: MoneyScale) => string

const COSTS: Readonly<Record<string, Cell>> = {
  first: ({ meanCostUsd }, scale) => money(scaled(meanCostUsd.from, scale)),
  second: ({ meanCostUsd }, scale) => money(scaled(meanCostUsd.to, scale)),
  change: ({ meanCostUsd }, scale) => signedMoney(scaled(meanCostUsd.change, scale)),
  '95 %': (policy, scale) =>
    isUnchanged(policy) ? '' : signedMoneyInterval(scaledInterval(policy.meanCostUsd.ci, scale)),
  share: ({ costShare }) => signedShare(costShare.change),
}

const QUALITIES: Readonly<Record<string, Cell>> = {
  first: ({ quality }) => percent(quality.from),
  second: ({ quality }) => percent(quality.to),
  change: ({ quality }) => points(quality.change),
  '95 %': (policy) => (isUnchanged(policy) ? '' : pointsOf(policy.quality.ci)),
  served: ({ servedShare }) => points(servedShare.change),
}

const NAME_LENGTH = 28

/** Two tables under one another: side by side they fit no terminal. */
function drawTable(changes: RunChanges, width: number, dim: (text: string) => string): string {
  const scale = moneyScale(changes)
  const draw = (title: string, cells: Readonly<Record<string, Cell>>): string => {
    const table = plainTable(['left', ...Object.keys(cells).map(() => 'right' as const)])
    table.push([title, ...Object.keys(cells)].map(dim))
    for (const policy of changes.policies)
      table.push([
        shortName(changeName(policy), width < 100 ? 20 : NAME_LENGTH),
        ...Object.values(cells).map((cell) => cell(policy, scale)),
      ])
    return withoutTrailingSpace(table.toString())
  }
  return `${draw(`cost ${scale.head}`, COSTS)}\n\n${draw('quality', QUALITIES)}`
}
