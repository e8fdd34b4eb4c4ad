import type { Policy } from '../../core/policy.js'
import type { ClassifierSpec } from '../../core/policy-schema.js'
import type { PolicyJson, ShapeParts } from './shape.js'

/**
 * The policy with each classifier that it or one of the others holds: a hybrid holds its heuristic and what was learned, and these by
 * themselves can decide everything. Boundaries go with their classifier, and a selector that needs chances of success
 * stays where they are known.
 */
export function classifierShapes(
  json: PolicyJson,
  policy: Policy,
  others: readonly Policy[],
): readonly ShapeParts[] {
  const held = [policy, ...others].flatMap(({ file }) => heldBy(file.classifier, file.tierBoundaries))
  const given = JSON.stringify(policy.file.classifier)
  const known = new Set([given])
  return held.flatMap(({ classifier, boundaries }) => {
    const text = JSON.stringify(classifier)
    if (known.has(text)) return []
    known.add(text)
    const { selector, tierBoundaries } = policy.file
    const needsSuccess = selector.kind === 'utility' || selector.kind === 'paced'
    const fits = classifier.kind === 'learned' || !needsSuccess
    const own = boundaries.length === tierBoundaries.length ? boundaries : tierBoundaries
    return [
      {
        name: `${classifier.kind} classifier`,
        json: {
          ...json,
          classifier,
          tierBoundaries: own,
          ...(fits ? {} : { selector: { kind: 'cheapestCapable' } }),
        },
      },
    ]
  })
}

interface Held {
  readonly classifier: ClassifierSpec
  readonly boundaries: readonly number[]
}

function heldBy(classifier: ClassifierSpec, boundaries: readonly number[]): readonly Held[] {
  if (classifier.kind !== 'hybrid') return [{ classifier, boundaries }]
  const { heuristic, inside } = classifier
  return [
    { classifier, boundaries },
    { classifier: { kind: 'heuristic', heuristic }, boundaries },
    ...(inside.kind === 'learned'
      ? [
          {
            classifier: { kind: 'learned', learned: inside.learned } as const,
            boundaries: inside.tierBoundaries,
          },
        ]
      : []),
  ]
}
