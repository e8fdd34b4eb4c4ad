import type { Steps } from '../replay/steps.js'
import type { RunCharts } from './result.js'

/** Answered requests by difficulty decile and model; requests of unknown difficulty are left out. */
export function mixByDifficulty(steps: Steps): RunCharts['mixByDifficulty'] {
  const models = steps.models.length
  const counts = new Float64Array(10 * models)
  steps.model.forEach((model, row) => {
    const difficulty = steps.difficulty[row] ?? NaN
    if (model < 0 || Number.isNaN(difficulty)) return
    const decile = Math.min(9, Math.max(0, Math.floor(difficulty * 10 + 1e-9)))
    const cell = decile * models + model
    counts[cell] = (counts[cell] ?? 0) + 1
  })
  return Array.from(counts, (requests, cell) => {
    const decile = Math.floor(cell / models)
    const model = steps.models[cell % models]?.id ?? ''
    return { from: decile / 10, to: (decile + 1) / 10, model, requests }
  }).filter((row) => row.requests > 0)
}
