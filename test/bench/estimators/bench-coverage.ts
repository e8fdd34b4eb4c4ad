import { parseArgs } from 'node:util'
import { ESTIMATORS } from '../../../src/metrics/estimators/estimate-figure.js'
import {
  aKnownMatrix,
  deterministic,
  epsilonGreedy,
  scoreRuns,
  uniform,
  type FigureName,
  type KnownMatrix,
  type Logger,
  type Scored,
  type Target,
} from '../../metrics/estimators/known-matrix.js'
import { hasData } from '../../metrics/real-data.js'
import { routerBenchMatrix, zeroEvalMatrix } from '../../metrics/estimators/real-matrix.js'

const RUNS = 2000
const REPLICATES = 500
const PROMISED = ['ips', 'snips', 'dr'] as const
/** What 2,000 runs of a 95 % interval may cover. */
const [LEAST, MOST] = [0.93, 0.97]

const POPULATIONS: Readonly<Record<string, () => KnownMatrix>> = {
  zeroeval: zeroEvalMatrix,
  routerbench: routerBenchMatrix,
  synthetic: () => aKnownMatrix(4000, 5),
}

interface Cell {
  readonly name: string
  readonly logger: Logger
  readonly target: Target
  readonly size: number
}

/**
 * `npm run bench:coverage`: how often the estimators' 95 % intervals hold the truth, from logs drawn with replacement from full
 * matrices. `--population NAME`, `--logger NAME`, `--runs N` and `--json` narrow or change it. Exit 1 where IPS, SNIPS or DR leaves 93 to 97 %.
 */
export function benchCoverage(args: readonly string[]): number {
  const { values } = parseArgs({
    args: [...args],
    options: {
      population: { type: 'string' },
      logger: { type: 'string', default: '' },
      runs: { type: 'string', default: String(RUNS) },
      json: { type: 'boolean', default: false },
    },
  })
  const runs = Number(values.runs)
  const asked = Object.entries(POPULATIONS).filter(([name]) => (values.population ?? name) === name)
  if (asked.length === 0 || !(runs >= 1)) {
    console.error(
      `no population ${values.population} or ${values.runs} runs; there are ${Object.keys(POPULATIONS).join(', ')}`,
    )
    return 2
  }
  let isHeld = true
  for (const [name, load] of asked) {
    if (name !== 'synthetic' && !hasData) {
      console.log(`${name} skipped: ../shared/data is absent`)
      continue
    }
    const matrix = load()
    for (const cell of cellsOf(matrix).filter(({ name: cell }) => cell.startsWith(values.logger))) {
      for (const figure of ['quality', 'cost'] as const) {
        const scored = scoreRuns({ matrix, figure, ...cell, seed: 1 }, runs, REPLICATES)
        isHeld &&= holds(scored)
        if (values.json)
          console.log(JSON.stringify({ population: name, cell: cell.name, figure, n: cell.size, ...scored }))
        else console.log(line(`${name}, ${figure}, ${cell.name}, n ${cell.size}`, figure, scored))
      }
    }
  }
  return isHeld ? 0 : 1
}

/** Loggers by targets: the weakest model for all, and the best one where a request is likely to need it. */
function cellsOf({ table, difficulty }: KnownMatrix): Cell[] {
  const models = table.outcomes.length
  const best = models - 1
  const mixed: Target = (row) => ((difficulty[row] ?? NaN) > 0.5 || table.task.codes[row] === 0 ? best : 0)
  const targets = { 'weakest for all': () => 0, 'by request': mixed }
  const loggers = {
    uniform: { logger: uniform(models), size: 1000 },
    'epsilon 0.2': { logger: epsilonGreedy(models, 0.2, () => best), size: 3000 },
    deterministic: { logger: deterministic(models, () => best), size: 1000 },
  }
  return Object.entries(loggers).flatMap(([log, { logger, size }]) =>
    Object.entries(targets).map(([name, target]) => ({ name: `${log}, ${name}`, logger, target, size })),
  )
}

function holds({ runs, refused, estimators }: Scored): boolean {
  if (refused === runs) return true
  return PROMISED.every((name) => estimators[name].covered >= LEAST && estimators[name].covered <= MOST)
}

function line(head: string, figure: FigureName, { runs, refused, truth, estimators }: Scored): string {
  if (refused === runs) return `${head}: refused in all ${runs} runs`
  const unit = figure === 'cost' ? truth : 1
  const parts = ESTIMATORS.map((name) => {
    const { covered, bias, biasError, meanWidth } = estimators[name]
    return `  ${name.padEnd(10)} covers ${(covered * 100).toFixed(2)} %  bias ${((bias / unit) * 100).toFixed(3)} (${(bias / biasError).toFixed(1)} SE)  width ${((meanWidth / unit) * 100).toFixed(2)}`
  })
  return [`${head}${refused > 0 ? `: refused in ${refused} of ${runs}` : ''}`, ...parts].join('\n')
}
