import type { Comparison } from '../../metrics/result.js'
import { listed, percent, plainName } from '../format.js'

/** What nobody may overlook of cascades whose scorer knows the truth; null without such. */
export function simulatedBanner({
  scorerError,
  seed,
  runs = [],
}: Partial<Pick<Comparison, 'scorerError' | 'seed' | 'runs'>>): string | null {
  const simulated = runs.filter(({ scores }) => (scores?.simulated ?? 0) > 0)
  if (scorerError === undefined || simulated.length === 0) return null
  const names = listed(simulated.map(({ policyId }) => plainName(policyId)))
  return `Simulated, not deployable: the answers of ${names} were scored by a scorer that knows which are right and errs on ${percent(scorerError)} of them (seed ${seed}).`
}
