import type { PolicyFile } from '../../core/policy-schema.js'
import type { KnobGroup } from './knob.js'

/** Models on or off. One that the selector names cannot go: nothing says what would stand for it. */
export const MODELS: KnobGroup = {
  title: 'Models',
  list: ({ models, selector }) =>
    models.length < 2
      ? []
      : models
          .filter(({ id }) => !namedBy(selector).has(id))
          .map(({ id, tier }) => ({
            kind: 'switch',
            id: modelId(id),
            label: id,
            note: `tier ${tier}`,
            value: true,
          })),
  apply(file, moved) {
    const models = file.models.filter(({ id }) => moved[modelId(id)] !== false)
    if (models.length === file.models.length) return file
    const gone = new Set(file.models.filter((model) => !models.includes(model)).map(({ id }) => id))
    return {
      ...file,
      models,
      tierBoundaries: partingBoundaries(file, models),
      denyModels: without(file, gone),
    }
  },
}

function namedBy(selector: PolicyFile['selector']): ReadonlySet<string> {
  switch (selector.kind) {
    case 'fixed':
      return new Set([selector.model])
    case 'threshold':
      return new Set([selector.strong, selector.weak])
    case 'cascade':
      return new Set(selector.rungs.map(({ model }) => model))
    case 'mix':
      return new Set(Object.keys(selector.shares))
    case 'cheapestCapable':
    case 'utility':
    case 'paced':
      return new Set()
  }
}

/** Boundaries above the last tier that has a model part nothing. */
function partingBoundaries({ tierBoundaries }: PolicyFile, models: PolicyFile['models']): number[] {
  return tierBoundaries.slice(0, Math.max(0, ...models.map(({ tier }) => tier)))
}

function without({ denyModels }: PolicyFile, gone: ReadonlySet<string>): PolicyFile['denyModels'] {
  return Object.fromEntries(
    Object.entries(denyModels).map(([label, ids]) => [label, ids.filter((id) => !gone.has(id))]),
  )
}

function modelId(id: string): string {
  return `model:${id}`
}
