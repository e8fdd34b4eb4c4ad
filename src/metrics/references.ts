import type { LogTable } from '../core/log-table.js'
import { KNOWN_ENOUGH } from './contributions.js'
import { convexHull } from './hull.js'
import { oracle } from './oracle.js'
import { randomMix } from './random-mix.js'
import type { Point, References } from './result.js'
import { singlePoints, singles } from './singles.js'

/**
 * What policies are held against on the chart. Every model with a known mean is shown alone; hull, mixes and oracle use
 * only models known on 95 % of the requests, since a model that the log asked now and then has a mean over requests
 * that somebody chose for it.
 */
export function references(table: LogTable): References {
  const all = singles(table)
  const widely = all.filter(
    (model) =>
      model.outcomes - Math.max(model.unknownQuality, model.unknownCost) >= table.size * KNOWN_ENOUGH,
  )
  const hull = convexHull(singlePoints(widely))
  const names = new Set(widely.map(({ model }) => model))
  const comparable = { ...table, outcomes: table.outcomes.filter(({ model }) => names.has(model)) }
  return {
    singles: singlePoints(all),
    hull,
    oracle: widely.length < 2 ? null : oraclePoint(comparable),
    randomMix: randomMix(hull),
  }
}

function oraclePoint(table: LogTable): Point | null {
  const { quality, costUsd } = oracle(table)
  return quality === null || costUsd === null ? null : { label: 'oracle', costUsd, quality }
}
