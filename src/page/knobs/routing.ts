import type { PolicyFile } from '../../core/policy-schema.js'
import { aroundAmount, movedNumber, type Knob, type KnobGroup, type Moved } from './knob.js'

type Selector = PolicyFile['selector']

/** What difficulty and money decide: tier boundaries, a threshold, the cost weight, what a cascade accepts. */
export const ROUTING: KnobGroup = {
  title: 'Routing',
  list: (file) => [...boundaryKnobs(file), ...selectorKnobs(file.selector)],
  missing: (file) => (hasFixedBoundaries(file) ? FIXED_BOUNDARIES : ''),
  apply: (file, moved) => ({
    ...file,
    tierBoundaries: movedBoundaries(file.tierBoundaries, moved),
    selector: movedSelector(file.selector, moved),
  }),
}

const FIXED_BOUNDARIES =
  'The boundaries of tiers stay where they are: what was learned inside this classifier was asked of requests near them only, and what it says of others is not in this page. Change tierBoundaries in the file and replay it: tollgate replay reads the prompts anew.'

function hasFixedBoundaries({ selector, classifier }: PolicyFile): boolean {
  return (
    selector.kind === 'cheapestCapable' &&
    classifier.kind === 'hybrid' &&
    classifier.inside.kind === 'learned'
  )
}

function boundaryKnobs(file: PolicyFile): Knob[] {
  if (file.selector.kind !== 'cheapestCapable' || hasFixedBoundaries(file)) return []
  return file.tierBoundaries.map((value, index) => ({
    kind: 'range',
    id: boundaryId(index),
    label: `Boundary of tiers ${index} and ${index + 1}`,
    note: index === 0 ? boundaryNote(file.classifier) : '',
    value,
    min: 0,
    max: 1,
    scale: 'linear',
    unit: 'number',
  }))
}

function boundaryNote({ kind }: PolicyFile['classifier']): string {
  const meaning = 'A request of this difficulty or more needs the higher tier.'
  return kind === 'hybrid'
    ? `${meaning} The service answered for requests near the boundaries as they were: for others the rules decide.`
    : meaning
}

function selectorKnobs(selector: Selector): Knob[] {
  switch (selector.kind) {
    case 'threshold':
      return [
        {
          kind: 'range',
          id: 'threshold',
          label: 'Threshold',
          note: `From this difficulty on ${selector.strong} is asked.`,
          value: selector.threshold,
          min: 0,
          max: 1,
          scale: 'linear',
          unit: 'number',
        },
      ]
    case 'utility':
    case 'paced':
      return [
        {
          kind: 'range',
          id: 'costWeight',
          label: 'Cost weight',
          note: 'Success probability that a dollar is worth: more of it asks cheaper models.',
          value: selector.costWeight,
          ...aroundAmount(selector.costWeight),
          unit: 'number',
        },
      ]
    case 'cascade':
      return selector.rungs.flatMap(({ model, accept }, index): Knob[] =>
        accept === undefined
          ? []
          : [
              {
                kind: 'range',
                id: `accept:${index}`,
                label: `Accept from ${model}`,
                note: 'An answer that scores at least this is taken.',
                value: accept,
                min: 0,
                max: 1,
                scale: 'linear',
                unit: 'number',
              },
            ],
      )
    case 'cheapestCapable':
    case 'fixed':
    case 'mix':
      return []
  }
}

/** A boundary below the one before it counts as that one: they never fall. */
function movedBoundaries(boundaries: readonly number[], moved: Moved): number[] {
  let low = 0
  return boundaries.map(
    (value, index) => (low = Math.max(low, movedNumber(moved, boundaryId(index)) ?? value)),
  )
}

function boundaryId(index: number): string {
  return `boundary:${index}`
}

function movedSelector(selector: Selector, moved: Moved): Selector {
  switch (selector.kind) {
    case 'threshold':
      return { ...selector, threshold: movedNumber(moved, 'threshold') ?? selector.threshold }
    case 'utility':
    case 'paced':
      return { ...selector, costWeight: movedNumber(moved, 'costWeight') ?? selector.costWeight }
    case 'cascade':
      return {
        ...selector,
        rungs: selector.rungs.map((rung, index) => {
          const accept = movedNumber(moved, `accept:${index}`)
          return accept === undefined ? rung : { ...rung, accept }
        }),
      }
    case 'cheapestCapable':
    case 'fixed':
    case 'mix':
      return selector
  }
}
