import type { OutcomeColumns } from '../../core/log-table.js'
import { PICO_PER_NANO } from '../../core/money.js'
import type { ByteWriter } from './bytes.js'
import { packNumbers, unpackNumbers, type NumberColumn } from './number-column.js'

/** Costs, as their difference to what the call's tokens cost at one pair of rates: where these explain the log, nothing is left. */
export interface CostColumn {
  /** Pico-dollars a token. */
  readonly inputPico: number
  readonly outputPico: number
  readonly rest: NumberColumn
}

type Usage = Pick<OutcomeColumns, 'inputTokens' | 'outputTokens'>

/** Rates that explain fewer of the costs than this save nothing. */
const MOST = 0.5
const NO_RATES = { inputPico: 0, outputPico: 0 }

export function packCosts(writer: ByteWriter, costs: Float64Array, usage: Usage): CostColumn {
  const rates = fitted(costs, usage)
  const explained = costs.reduce((sum, cost, row) => sum + (cost === priced(rates, usage, row) ? 1 : 0), 0)
  // A difference of fractions would not come back to the bit.
  const areWhole = costs.every((cost) => Number.isNaN(cost) || Number.isSafeInteger(cost))
  const kept = areWhole && explained >= MOST * costs.length ? rates : NO_RATES
  return {
    ...kept,
    rest: packNumbers(
      writer,
      costs.map((cost, row) => cost - priced(kept, usage, row)),
    ),
  }
}

export function unpackCosts(bytes: Uint8Array, { rest, ...rates }: CostColumn, usage: Usage): Float64Array {
  return unpackNumbers(bytes, rest, usage.inputTokens.length).map(
    (value, row) => value + priced(rates, usage, row),
  )
}

type Rates = Omit<CostColumn, 'rest'>

/** Whole nano-dollars, summed in pico and rounded up once, as the core bills; 0 where the usage is unknown. */
function priced({ inputPico, outputPico }: Rates, { inputTokens, outputTokens }: Usage, row: number): number {
  const [input, output] = [inputTokens[row] as number, outputTokens[row] as number]
  if (input < 0 || output < 0) return 0
  return Math.ceil((input * inputPico + output * outputPico) / PICO_PER_NANO)
}

/** Least squares over the calls that tell cost and usage; no rates where they cannot be told apart. */
function fitted(costs: Float64Array, { inputTokens, outputTokens }: Usage): Rates {
  let [xx, xy, yy, xc, yc] = [0, 0, 0, 0, 0]
  for (let row = 0; row < costs.length; row++) {
    const [x, y, cost] = [inputTokens[row] as number, outputTokens[row] as number, costs[row] as number]
    if (x < 0 || y < 0 || !Number.isSafeInteger(cost)) continue
    xx += x * x
    xy += x * y
    yy += y * y
    xc += x * cost
    yc += y * cost
  }
  const determinant = xx * yy - xy * xy
  const inputPico = Math.round((PICO_PER_NANO * (xc * yy - yc * xy)) / determinant)
  const outputPico = Math.round((PICO_PER_NANO * (yc * xx - xc * xy)) / determinant)
  const isRate = (rate: number): boolean => Number.isSafeInteger(rate) && rate >= 0
  return isRate(inputPico) && isRate(outputPico) ? { inputPico, outputPico } : NO_RATES
}
