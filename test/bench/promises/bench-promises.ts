import { parseArgs } from 'node:util'
import { Piscina } from 'piscina'
import { hasData } from '../../metrics/real-data.js'
import { quantile } from '../timing.js'
import { SETS, type Kept, type Resplit } from './promise-set.js'

const RESPLITS = 100
const CANDIDATES = 200
const THREADS = 2
/** Shares that must be reached, and the most that the promised interval may be wider than the test part's own. */
const [LEAST_INSIDE, LEAST_NOTHING, MOST_WIDTH] = [0.84, 0.95, 2.5]

/**
 * `npm run bench:promises`: whether what tune promises is kept. Each resplit deals a public log anew, tunes on it and compares
 * held-out cost and quality with the promised intervals; beside it the same with shuffled outcomes, where nothing is to be found.
 * `--resplits N` and `--candidates N` change it. Exit 1 where a goal is missed.
 */
export async function benchPromises(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      resplits: { type: 'string', default: String(RESPLITS) },
      candidates: { type: 'string', default: String(CANDIDATES) },
    },
  })
  const [resplits, candidates] = [Number(values.resplits), Number(values.candidates)]
  if (!(resplits >= 1) || !(candidates >= 1)) {
    console.error(`--resplits ${values.resplits} and --candidates ${values.candidates}: whole numbers from 1`)
    return 2
  }
  if (!hasData) {
    console.log('bench:promises skipped: ../shared/data is absent')
    return 0
  }
  const pool = new Piscina<Resplit, Kept>({
    filename: new URL('./promise-worker.js', import.meta.url).href,
    minThreads: THREADS,
    maxThreads: THREADS,
  })
  console.log(
    `${resplits} resplits a row, ${candidates} candidates each: min cost subject to quality >= 0.95 * the best model's`,
  )
  let isKept = true
  for (const set of SETS) {
    for (const isShuffled of [false, true]) {
      const done = await Promise.all(
        Array.from({ length: resplits }, (_, index) =>
          pool.run({ set, seed: index + 1, isShuffled, candidates }),
        ),
      )
      const { line, isGood } = isShuffled ? nothingFound(done) : promisesKept(done)
      console.log(`  ${set.padEnd(12)} ${isShuffled ? 'shuffled' : 'as it is'}  ${line}`)
      isKept &&= isGood
    }
  }
  await pool.close()
  return isKept ? 0 : 1
}

interface Verdict {
  readonly line: string
  readonly isGood: boolean
}

function promisesKept(all: readonly Kept[]): Verdict {
  const tuned = all.filter(({ kind }) => kind === 'tuned')
  const both = tuned.filter(({ cost, quality }) => cost && quality).length
  const share = both / tuned.length
  const width = (of: 'costWidth' | 'qualityWidth'): number =>
    quantile(
      tuned.map((one) => one[of]),
      0.5,
    )
  const [cost, quality] = [width('costWidth'), width('qualityWidth')]
  return {
    line: `${tuned.length} tuned: cost and quality as promised in ${percent(share)} (goal ${percent(LEAST_INSIDE)}), cost in ${percent(tuned.filter((one) => one.cost).length / tuned.length)}, quality in ${percent(tuned.filter((one) => one.quality).length / tuned.length)}; median width ${cost.toFixed(2)}x and ${quality.toFixed(2)}x the test interval's (goal ${MOST_WIDTH}); a fixed mix called as good in ${tuned.filter(({ isNothing }) => isNothing).length}`,
    isGood: share >= LEAST_INSIDE && cost <= MOST_WIDTH && quality <= MOST_WIDTH,
  }
}

function nothingFound(all: readonly Kept[]): Verdict {
  const share = all.filter(({ isNothing }) => isNothing).length / all.length
  return {
    line: `no policy beats a fixed mix: said in ${percent(share)} (goal ${percent(LEAST_NOTHING)})`,
    isGood: share >= LEAST_NOTHING,
  }
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`
}
