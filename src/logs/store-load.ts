import type { LogTable } from '../core/log-table.js'
import { InputError } from '../core/errors.js'
import { inferChosen, settleBases, tokensFromUsage } from './load-inferred.js'
import { readModels, readOutcomes } from './load-outcomes.js'
import { readPropensities } from './load-propensities.js'
import { readRequests } from './load-requests.js'
import { readRowOrder } from './load-rows.js'
import { layTraceTokens } from './load-trace-tokens.js'
import { readSampled } from './store-sample.js'
import { readSessionQuality } from './store-labels.js'
import { storedArrivals } from './store-arrivals.js'
import { qualityRulesOf } from './store-quality.js'
import { inputErrors, isEmpty, readMeta, type LogStore } from './store.js'
import { fillFeatures } from './store-features.js'
import { contentHash } from './store-hash.js'
import type { Extractor } from './store-merge.js'

/**
 * The whole log as columns, rows ordered by time, then id. Rows come raw and go straight into typed arrays.
 * Features that were stored by another extractor are computed again from the stored text and kept.
 * @throws InputError when the store holds nothing.
 */
export function loadTable(store: LogStore, extractor: Extractor): LogTable {
  return inputErrors(store.path, () => load(store, extractor))
}

function load(store: LogStore, extractor: Extractor): LogTable {
  const meta = readMeta(store.db)
  const arrivals = storedArrivals(meta)
  const rows = isEmpty(store.db) ? undefined : readRowOrder(store, arrivals)
  if (rows === undefined || rows.size === 0) {
    throw new InputError(
      `${store.path} holds no requests yet; fill it with: tollgate import FILE --log ${store.path}`,
    )
  }
  const models = readModels(store)
  const outcomes = readOutcomes(store, rows, models)
  const requests = readRequests(store, rows, models)
  inferChosen(requests.chosen, outcomes)
  settleBases(requests.chosen, outcomes)
  tokensFromUsage(requests, outcomes)
  if (arrivals !== undefined && 'trace' in arrivals && arrivals.tokens)
    layTraceTokens(store, rows, requests, outcomes)
  const rules = qualityRulesOf(meta)
  const requestsPerDay = Number(meta.get('requestsPerDay') ?? NaN)
  return {
    path: store.path,
    hash: contentHash(store),
    size: rows.size,
    arrivals: rows.synthetic > 0 ? 'synthetic' : 'logged',
    ids: rows.ids,
    at: rows.at,
    ...requests,
    propensities: readPropensities(store, rows),
    sampled: readSampled(store, rows),
    sessionQuality: readSessionQuality(store, { labels: requests.labels, size: rows.size }),
    features: fillFeatures(store, extractor, rows.rowOf, rows.size),
    outcomes,
    syntheticData: meta.get('synthetic') === 'true',
    ...(requestsPerDay > 0 && { requestsPerDay }),
    ...(rules.length > 0 && { qualityRules: rules }),
  }
}
