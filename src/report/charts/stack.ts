/** Stacked shares, computed here rather than by the chart library: order and rounding are then tested as data. */

import { modelColour, modelRank, type ModelOrder } from './model-order.js'

export interface StackInput {
  readonly key: string
  readonly model: string
  readonly requests: number
}

export interface StackPiece {
  readonly key: string
  readonly model: string
  readonly from: number
  readonly to: number
  readonly colour: string
  readonly title: string
}

/** Shares per key (0 to 1), cheapest model first; models without a colour of their own are added up. */
export function stackShares(
  rows: readonly StackInput[],
  order: ModelOrder,
  title: (piece: { readonly key: string; readonly model: string; readonly share: number }) => string,
): StackPiece[] {
  return [...new Set(rows.map((row) => row.key))].flatMap((key) => {
    const sums = sumByRank(
      rows.filter((row) => row.key === key),
      order,
    )
    const total = sums.reduce((sum, piece) => sum + piece.requests, 0)
    let from = 0
    return sums.map(({ model, requests }) => {
      const share = requests / total
      const piece = {
        key,
        model,
        from,
        to: from + share,
        colour: modelColour(model, order),
        title: title({ key, model, share }),
      }
      from += share
      return piece
    })
  })
}

function sumByRank(rows: readonly StackInput[], order: ModelOrder): { model: string; requests: number }[] {
  const sums = new Map<number, { model: string; requests: number }>()
  for (const { model, requests } of rows) {
    if (!(requests > 0)) continue
    const rank = modelRank(model, order)
    const name = order.named[rank] ?? `${order.others} other models`
    sums.set(rank, { model: name, requests: (sums.get(rank)?.requests ?? 0) + requests })
  }
  return [...sums].sort((a, b) => a[0] - b[0]).map(([, sum]) => sum)
}
