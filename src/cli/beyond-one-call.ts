import type { Policy } from '../core/policy.js'

/** What a decision of one call does not show: a ladder that may be climbed, and a service that nobody asked here. */
export function beyondOneCall({ file: { selector, classifier } }: Policy): string[] {
  const service =
    classifier.kind === 'service'
      ? classifier
      : classifier.kind === 'hybrid' && classifier.inside.kind === 'service'
        ? classifier.inside
        : undefined
  return [
    ...(service === undefined
      ? []
      : [
          `The service ${service.name} is not asked here, and the rules stand in for it; --request with an assessment shows another answer.`,
        ]),
    ...(selector.kind === 'cascade'
      ? [
          `A cascade (scorer: ${selector.scorer.kind}): ${selector.rungs
            .map(({ model, accept }) =>
              accept === undefined ? model : `${model} if it scores ${accept} or more`,
            )
            .join(', else ')}.`,
        ]
      : []),
  ]
}
