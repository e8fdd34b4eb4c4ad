import { draw, permutation } from '../core/random.js'
import type { SimulatedRequest } from './week.js'

/**
 * Weakens what a prompt tells of its outcomes: on a share `1 - signal` of the requests outcomes (of all models together, quality,
 * cost, tokens and latency) change places by lot. With 0 no router can be better than a fixed mix, whatever it reads. Costs move
 * too: while a prompt tells what its answer will cost, there is something to win in asking a cheaper model where answers are dear.
 */
export function withSignal(
  requests: readonly SimulatedRequest[],
  signal: number,
  seed: number,
): readonly SimulatedRequest[] {
  const moved = requests.flatMap(({ record }, place) =>
    draw(seed, record.id, 'signal') < signal ? [] : [place],
  )
  const giver = new Map<number, SimulatedRequest>()
  permutation(moved.length, seed).forEach((from, to) =>
    giver.set(moved[to] as number, requests[moved[from] as number] as SimulatedRequest),
  )
  return requests.map((request, place) => {
    const other = giver.get(place)
    return other === undefined ? request : withOutcomesOf(request, other)
  })
}

function withOutcomesOf(
  { record }: SimulatedRequest,
  { record: other, truth }: SimulatedRequest,
): SimulatedRequest {
  const { outcomes: _own, ...asked } = record
  return { record: { ...asked, ...(other.outcomes && { outcomes: other.outcomes }) }, truth }
}
