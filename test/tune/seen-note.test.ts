import { describe, expect, it } from 'vitest'
import { parsePolicy, type Policy } from '../../src/core/policy.js'
import { learnedFrom, seenNote } from '../../src/tune/seen-note.js'
import { aLearnedSpec } from '../builders/a-learned-spec.js'
import { aPolicyFile } from '../builders/a-policy.js'
import { anOutcome, aTable } from '../metrics/builders.js'

const table = aTable({ outcomes: [anOutcome('small', [1], 1)] })
const models = ['small', 'medium', 'large']

function trained(evidence: object): Policy {
  const classifier = { kind: 'learned', learned: aLearnedSpec(models, 60) }
  return parsePolicy({
    ...aPolicyFile(),
    policyId: 'trained',
    classifier,
    evidence: { logHash: table.hash, ...evidence },
  })
}

describe('seenNote', () => {
  const notesOf = (evidence: object, seed = 1): string[] => {
    const source = trained(evidence)
    const chosen = parsePolicy({ ...source.file, policyId: 'chosen', evidence: undefined })
    return seenNote(chosen, [parsePolicy(aPolicyFile()), source], { table, seed })
  }

  it.each([
    ['learned from all that came before the test', { split: 'by time', learnedFrom: 'tune and validate' }],
    ['learned before anybody said from what', { split: 'by time' }],
    ['learned from another lot', { split: 'by lot', learnedFrom: 'tune', seed: 2 }],
  ])('warns of a classifier that was %s', (_, evidence) => {
    expect(notesOf(evidence).join()).toMatch(
      /classifier of trained .* only the held-out line counts.*--for-tuning/,
    )
  })

  it.each([
    ['on the first part only', { split: 'by time', learnedFrom: 'tune', seed: 2 }],
    ['on the same lot', { split: 'by lot', learnedFrom: 'tune', seed: 1 }],
    ['on another log', { split: 'by time', logHash: 'sha256:other' }],
  ])('says nothing of one that was learned %s', (_, evidence) => {
    expect(notesOf(evidence)).toEqual([])
  })

  it('says nothing where the chosen policy took nothing from it', () => {
    const plain = parsePolicy(aPolicyFile())
    expect(seenNote(plain, [plain, trained({ split: 'by time' })], { table, seed: 1 })).toEqual([])
  })
})

describe('learnedFrom', () => {
  it('goes with the classifier', () => {
    const source = trained({ learnedFrom: 'tune' })
    expect(learnedFrom(source, [source])).toBe('tune')
    expect(learnedFrom(parsePolicy(aPolicyFile()), [source])).toBeUndefined()
  })
})
