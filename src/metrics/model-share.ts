import type { Steps } from '../replay/steps.js'

/** Share of offered requests that each model answered, largest first; models that answered none are left out. */
export function modelShare(steps: Steps): Readonly<Record<string, number>> {
  const counts = new Float64Array(steps.models.length)
  for (const model of steps.model) if (model >= 0) counts[model] = (counts[model] ?? 0) + 1
  const shares = steps.models
    .map((model, index) => [model.id, (counts[index] ?? 0) / steps.size] as const)
    .filter(([, share]) => share > 0)
    .sort(([, a], [, b]) => b - a)
  return Object.fromEntries(shares)
}
