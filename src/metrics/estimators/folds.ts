import { permutation } from '../../core/random.js'
import type { Clusters } from '../clusters.js'

/** Parts for cross-fitting: each row is predicted by a model of the other four. */
export const FOLDS = 5

/** Whole clusters dealt to folds by lot: what belongs together is never on both sides. */
export function clusterFolds({ units, of }: Pick<Clusters, 'units' | 'of'>, seed: number): Int32Array {
  const order = permutation(units, seed)
  return of.map((cluster) => (order[cluster] ?? 0) % FOLDS)
}
