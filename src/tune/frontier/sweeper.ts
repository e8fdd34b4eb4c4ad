import { createClassifier } from '../../core/classify/index.js'
import { heuristicSchema, type HeuristicSpec } from '../../core/classify/heuristic-schema.js'
import type { LogTable } from '../../core/log-table.js'
import { answerScores, cascadeSweep, type Scores } from './cascade-sweep.js'
import { difficultySweep } from './difficulty-sweep.js'
import { hybridSweep } from './hybrid-sweep.js'
import type { FrontierKind } from './kinds.js'
import { learnedPredictions, type LearnOptions } from './learned-predictions.js'
import type { OutcomeMatrix } from './outcome-matrix.js'
import type { Predictions, Sweep } from './sweep.js'
import { taskPredictions } from './task-predictions.js'
import { utilitySweep } from './utility-sweep.js'

export interface SweeperOptions extends LearnOptions {
  /** The rules whose difficulty is swept; undefined: the default ones. */
  readonly heuristic: HeuristicSpec | undefined
}

export interface Sweeper {
  sweep(kind: FrontierKind, matrix: OutcomeMatrix): Sweep
  /** What the answers of a matrix score in a cascade. */
  scores(matrix: OutcomeMatrix): Scores
}

/** Sweeps kinds over matrices. What is learned from one is learned once, for all kinds that need it. */
export function sweeper(options: SweeperOptions): Sweeper {
  const known = new Map<OutcomeMatrix, Predictions>()
  const learned = (matrix: OutcomeMatrix): Predictions => {
    const predictions = known.get(matrix) ?? learnedPredictions(matrix, options)
    known.set(matrix, predictions)
    return predictions
  }
  const hasText = options.messages.some((one) => one !== undefined)
  const scores = (matrix: OutcomeMatrix): Scores =>
    answerScores(matrix, hasText ? learned(matrix) : taskPredictions(matrix, options.seed), options.seed)
  const sweep = (kind: FrontierKind, matrix: OutcomeMatrix): Sweep => {
    switch (kind) {
      case 'heuristic':
        return difficultySweep(matrix, difficulties(matrix.table, options.heuristic))
      case 'task':
        return utilitySweep(matrix, taskPredictions(matrix, options.seed))
      case 'learned':
        return utilitySweep(matrix, learned(matrix))
      case 'hybrid':
        return hybridSweep(matrix, {
          difficulty: difficulties(matrix.table, options.heuristic),
          told: matrix.table.assessedDifficulty,
          predictions: learned(matrix),
        })
      case 'cascade':
        return cascadeSweep(matrix, scores(matrix))
    }
  }
  return { sweep, scores }
}

/** The caller's own assessment where there is one, as the router has it. */
function difficulties(table: LogTable, heuristic: HeuristicSpec | undefined): Float64Array {
  const spec = { kind: 'heuristic' as const, heuristic: heuristic ?? heuristicSchema.parse({}) }
  const own = createClassifier(spec, { models: [], tierBoundaries: [] }).difficulties(
    table.features,
    table.size,
  )
  return table.assessedDifficulty.map((told, row) => (Number.isNaN(told) ? (own[row] ?? 1) : told))
}
