import type { LogTable } from '../core/log-table.js'
import { fittedStarts, pricesAround } from './fit.js'
import { clamp, type Knobs } from './knobs.js'
import { readRungs } from './rungs.js'
import { createScreen, type Screened } from './screen.js'
import { priceOfQuality, type ChainedModel } from './shapes/model-chain.js'
import type { Shape } from './shapes/shape.js'

/** What of a shape the settings depend on. */
type Turned = Pick<Shape, 'json' | 'policy' | 'start'>

/**
 * Settings of a shape to begin with, from cheap to dear or the other way round: what screens find without budgets where difficulty
 * decides, else steps along the one number that matters most. Budgets decide later which part of the line is of use.
 */
export function lineOf(shape: Turned, table: LogTable, chain: readonly ChainedModel[]): readonly Knobs[] {
  const { start } = shape
  if (start.cuts.length > 0) return screened(shape, table)
  if (start.logCostWeight.length > 0) return weightLine(start, chain)
  if (start.accepts.length > 0) return acceptLine(start)
  if (start.shares.length > 0) return shareLine(shape, chain)
  return [start]
}

/** The screen's front by cost. */
function screened({ json, policy, start }: Turned, table: LogTable): readonly Knobs[] {
  const rungs = readRungs(table, json, policy, start)
  if (start.weights.length > 0) {
    const found = front(fittedStarts(table, rungs, start.weights))
    return found.map(({ weights, cuts }) => ({ ...start, weights, cuts }))
  }
  // What was learned has no weights to fit: only its boundaries are looked for.
  const assessedDifficulty = policy.classifier.difficulties(table.features, table.size)
  const screen = createScreen({ ...table, assessedDifficulty }, rungs)
  return front(screen.best([0], pricesAround(rungs))).map(({ cuts }) => ({ ...start, cuts }))
}

/** Points that no other beats in both cost and quality, by cost. */
function front(points: readonly Screened[]): readonly Screened[] {
  const sorted = [...points].sort((a, b) => a.costUsd - b.costUsd || b.quality - a.quality)
  let reached = -Infinity
  return sorted.filter(({ quality }) => {
    if (quality <= reached) return false
    reached = quality
    return true
  })
}

/** Half decades of the weight around what quality costs from one end of the chain to the other, and around the given one. */
const HALF_DECADES = [-5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5]

function weightLine(start: Knobs, chain: readonly ChainedModel[]): readonly Knobs[] {
  const middle = Math.log(priceOfQuality(chain))
  const logs = HALF_DECADES.map((step) => middle + (step / 2) * Math.LN10)
  return [...logs, ...start.logCostWeight]
    .sort((a, b) => a - b)
    .map((log) => ({ ...start, logCostWeight: [clamp(log, -30, 30)] }))
}

const SCORES = [0.05, 0.15, 0.25, 0.35, 0.45, 0.5, 0.55, 0.65, 0.75, 0.85, 0.95]

function acceptLine(start: Knobs): readonly Knobs[] {
  return SCORES.map((score) => ({ ...start, accepts: start.accepts.map(() => score) }))
}

const STEPS = 4

/** From each model of the chain to the next. */
function shareLine({ policy, start }: Turned, chain: readonly ChainedModel[]): readonly Knobs[] {
  const places = chain.map(({ id }) => policy.models.findIndex((model) => model.id === id))
  const mixes = places.slice(0, -1).flatMap((from, index) =>
    Array.from({ length: STEPS }, (_, step) => ({
      ...start,
      shares: start.shares.map((_, model) =>
        model === from ? 1 - step / STEPS : model === places[index + 1] ? step / STEPS : 0,
      ),
    })),
  )
  return mixes.length === 0 ? [start] : mixes
}
