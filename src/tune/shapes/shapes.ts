import type { LogTable } from '../../core/log-table.js'
import { parsePolicy, type Policy } from '../../core/policy.js'
import { classifierShapes } from './classifier-shapes.js'
import { ladderShapes } from './ladder-shapes.js'
import { modelChain } from './model-chain.js'
import { selectorShapes } from './selector-shapes.js'
import { createShape, type PolicyJson, type ReadBy, type Shape, type ShapeParts } from './shape.js'
import { windowShapes } from './window-shapes.js'

/** What may be searched beside a policy's numbers. */
export const SEARCHABLE = ['selector', 'classifier', 'cascade', 'budgets'] as const
export type Searchable = (typeof SEARCHABLE)[number]

/** Caps and their windows are their owner's decision: `budgets` has to be asked for. */
export const SEARCHED_BY_DEFAULT: readonly Searchable[] = ['selector', 'classifier', 'cascade']

export interface ShapesInput {
  readonly json: PolicyJson
  readonly search: readonly Searchable[]
  /** Policies whose classifiers and scorers may be taken. */
  readonly others: readonly Policy[]
  readonly readBy: ReadBy
  /** Requests to see on which models can be worth asking. */
  readonly seen: LogTable
}

/** Every shape that the policy may take, itself first, each once. */
export function shapesOf({ json, search, others, readBy, seen }: ShapesInput): readonly Shape[] {
  const searches = (part: Searchable): boolean => search.includes(part)
  const policy = parsePolicy(json)
  const chain = modelChain(policy, seen)
  const given: ShapeParts = { name: 'as given', json }
  const classified = [given, ...(searches('classifier') ? classifierShapes(json, policy, others) : [])]
  const selected = classified.flatMap((parts, index) => {
    const own = policyOf(parts)
    const named = (list: readonly ShapeParts[]): readonly ShapeParts[] =>
      list.map((one) => ({ ...one, name: index === 0 ? one.name : `${one.name}, ${parts.name}` }))
    return [
      parts,
      ...(searches('selector')
        ? named(selectorShapes(parts.json, own, { chain, withoutText: index === 0 }))
        : []),
      ...(searches('cascade') ? named(ladderShapes(parts.json, own, { chain, others })) : []),
    ]
  })
  const windowed = searches('budgets') ? selected.flatMap((parts) => [parts, ...inWindows(parts)]) : selected
  const amounts = searches('budgets')
  const distinct = new Map(windowed.map((parts) => [JSON.stringify(parts.json), parts]))
  return [...distinct.values()].flatMap((parts) => createShape(parts, { readBy, amounts }) ?? [])
}

function inWindows(parts: ShapeParts): readonly ShapeParts[] {
  return windowShapes(parts.json, policyOf(parts)).map((one) => ({
    ...one,
    name: parts.name === 'as given' ? one.name : `${parts.name}, ${one.name}`,
  }))
}

function policyOf({ json }: ShapeParts): Policy {
  const { contentHash: _old, ...unsealed } = json
  return parsePolicy(unsealed)
}
