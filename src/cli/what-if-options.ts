import { InputError, nearMiss } from '../core/errors.js'
import type { LogTable } from '../core/log-table.js'
import type { Policy } from '../core/policy.js'
import { listedModels } from '../logs/prices/chosen-book.js'
import type { AddedModel, Change, Pricing, QualitySource, Shift } from '../tune/what-if/change.js'
import { chosenBook, type PriceArguments } from './price-option.js'
import { readText } from './read-file.js'

export interface ChangeArguments extends PriceArguments {
  readonly price?: readonly string[] | undefined
  readonly addModel?: string | undefined
  readonly qualityFrom?: string | undefined
  readonly statedQuality?: number | undefined
  readonly removeModel?: readonly string[] | undefined
  readonly traffic?: string | undefined
  readonly shift?: readonly string[] | undefined
}

/** The change of the command line, with what was found of its prices. @throws InputError when nothing would change. */
export function readChange(
  args: ChangeArguments,
  policies: readonly Policy[],
  table: LogTable,
): { change: Change; notes: readonly string[] } {
  const removeModels = args.removeModel ?? []
  const ids = [...new Set(policies.flatMap(({ models }) => models.map(({ id }) => id)))]
  for (const id of removeModels) checkKnown('--remove-model', id, ids)
  const book = bookPrices(args, ids, table)
  const change: Change = {
    removeModels,
    addModels: args.addModel === undefined ? [] : [addedModel(args.addModel, args, table)],
    prices: changedPrices(args.price ?? [], policies, book.prices),
    shifts: (args.shift ?? []).map((text) => knownShift(parseShift(text), table)),
    traffic: parseTraffic(args.traffic),
  }
  refuseNothing(change)
  return { change, notes: book.notes }
}

function bookPrices(
  args: ChangeArguments,
  ids: readonly string[],
  table: LogTable,
): { prices: Map<string, Pricing>; notes: readonly string[] } {
  const last = table.arrivals === 'logged' ? table.at[table.size - 1] : undefined
  const { priceBook, notes } = listedModels(chosenBook(args), ids, last)
  const found = ids.flatMap((id): [string, Pricing][] => {
    const pricing = priceBook?.(id)?.pricing
    return pricing === undefined ? [] : [[id, pricing]]
  })
  return { prices: new Map(found), notes }
}

const FIELDS = [
  'promptPer1m',
  'completionPer1m',
  'cachedInputPer1m',
  'cacheWritePer1m',
  'perRequest',
] as const

interface PriceEdit {
  readonly model: string
  readonly field: (typeof FIELDS)[number]
  /** Dollars per million tokens (a request: dollars), or a factor on what it is. */
  readonly value: number
  readonly isFactor: boolean
}

/** `gpt-4o.promptPer1m=1.25`, or `=x0.5` for half of what it is. @throws InputError naming what is wrong. */
export function parsePriceEdit(text: string): PriceEdit {
  const [, model = '', name = '', sign = '', number = ''] = /^(.+)\.(\w+)=(x?)([\d.eE+-]+)$/.exec(text) ?? []
  const field = FIELDS.find((one) => one === name)
  const value = Number(number)
  if (field === undefined || number === '' || !(value >= 0)) {
    throw new InputError(
      `--price must look like gpt-4o.promptPer1m=1.25 or gpt-4o.promptPer1m=x0.5, with one of ${FIELDS.join(', ')}; got ${text}`,
    )
  }
  return { model, field, value, isFactor: sign === 'x' }
}

function changedPrices(
  edits: readonly string[],
  policies: readonly Policy[],
  prices: Map<string, Pricing>,
): ReadonlyMap<string, Pricing> {
  const specs = policies.flatMap(({ file }) => file.models)
  for (const edit of edits.map(parsePriceEdit)) {
    checkKnown('--price', edit.model, [...new Set(specs.map(({ id }) => id))])
    const known =
      prices.get(edit.model) ?? specs.find(({ id, pricing }) => id === edit.model && pricing)?.pricing
    if (known === undefined)
      throw new InputError(`--price ${edit.model}: the policy has no price of it to change`)
    const value = edit.isFactor ? factored(known[edit.field] ?? known.promptPer1m, edit.value) : edit.value
    prices.set(edit.model, { ...known, [edit.field]: value })
  }
  return prices
}

/** A price has six decimals. */
function factored(price: number, factor: number): number {
  return Number((price * factor).toFixed(6))
}

function addedModel(path: string, args: ChangeArguments, table: LogTable): AddedModel {
  let spec: AddedModel['spec']
  try {
    spec = JSON.parse(readText(path)) as AddedModel['spec']
  } catch (error) {
    if (error instanceof InputError) throw error
    throw new InputError(`--add-model ${path} is not JSON: ${(error as Error).message}`)
  }
  if (typeof spec?.id !== 'string' || spec.pricing === undefined || typeof spec.tier !== 'number') {
    throw new InputError(
      `--add-model ${path} must be an entry of a policy's models: {"id", "tier", "pricing": {"promptPer1m", "completionPer1m"}, …}`,
    )
  }
  return { spec, quality: qualitySource(spec.id, args, table) }
}

function qualitySource(id: string, args: ChangeArguments, table: LogTable): QualitySource {
  if (args.qualityFrom !== undefined) return { kind: 'model', model: args.qualityFrom }
  if (args.statedQuality !== undefined) return { kind: 'stated', quality: args.statedQuality }
  if (table.outcomes.some(({ model }) => model === id)) return { kind: 'log' }
  throw new InputError(
    `the log has no outcome of ${id}: say how good it is, with --quality-from MODEL or --stated-quality 0.8`,
  )
}

/** `x3`. @throws InputError when it is no factor above 0, or a very large one. */
export function parseTraffic(text: string | undefined): number {
  if (text === undefined) return 1
  const factor = Number(/^x(\d+(?:\.\d+)?)$/.exec(text)?.[1])
  if (factor > 0 && factor <= 100) return factor
  throw new InputError(`--traffic must be a factor from above x0 up to x100, such as x3, got ${text}`)
}

/** `task=debug:+20%`: its share becomes 1.2 times what it is. @throws InputError naming what is wrong. */
export function parseShift(text: string): Shift {
  const [, task, percent] = /^task=(.+):([+-]\d+(?:\.\d+)?)%$/.exec(text) ?? []
  const factor = 1 + Number(percent) / 100
  if (task !== undefined && factor >= 0) return { task, factor }
  throw new InputError(
    `--shift must look like task=debug:+20% or task=debug:-50% (of its own share), got ${text}`,
  )
}

function knownShift(shift: Shift, table: LogTable): Shift {
  checkKnown('--shift', shift.task, table.task.values)
  return shift
}

function checkKnown(option: string, name: string, known: readonly string[]): void {
  if (known.includes(name)) return
  const near = nearMiss(name, known)
  const hint = near === undefined ? `known: ${known.join(', ')}` : `did you mean ${near}?`
  throw new InputError(`${option}: unknown ${name}; ${hint}`)
}

function refuseNothing({ removeModels, addModels, prices, shifts, traffic }: Change): void {
  if (removeModels.length + addModels.length + prices.size + shifts.length > 0 || traffic !== 1) return
  throw new InputError(
    'nothing would change: give --price, --prices, --add-model, --remove-model, --traffic or --shift',
  )
}
