import type { LogTable } from '../core/log-table.js'
import { parsePolicy, type Policy } from '../core/policy.js'
import { parseFaults } from '../replay/fault-spec.js'
import type { Replayable } from '../replay/packed/replayable.js'
import { replay, type ReplayOptions } from '../replay/replay.js'
import type { ReplayResult } from '../replay/steps.js'
import { changedPolicy } from '../tune/what-if/changed-policy.js'
import type { Change } from '../tune/what-if/change.js'
import { entry } from './entry.js'
import { withMoved } from './knobs/index.js'
import { isUnmoved, type Move } from './move.js'
import { remembered } from './remembered.js'
import { createWorld, keyOfPrices, pricesOf, type Prices } from './world.js'

/** A policy, the log as it reads it, and what it did there. */
export interface Replayed {
  readonly policy: Policy
  readonly table: LogTable
  readonly result: ReplayResult
}

/** Replays of a comparison's policies with what was moved of them, under the faults and scorers of the comparison. */
export interface Replays {
  /** As they were replayed. */
  readonly given: readonly Policy[]
  /** @throws InputError where what was moved is no policy any more. */
  policyOf(move: Move): Policy
  run(move: Move, own?: ReplayOptions): Replayed
  /** The policy that others are held against, at the prices of this one. */
  baseline(move: Move): Replayed
}

const NO_CHANGE: Change = { removeModels: [], addModels: [], prices: new Map(), shifts: [], traffic: 1 }

export function createReplays(replayable: Replayable): Replays {
  const options = replayOptions(replayable)
  const given = replayable.policies.map(({ file, contentHash }): Policy => ({
    ...parsePolicy(file),
    contentHash,
  }))
  const worldOf = remembered((prices: Prices) => createWorld(replayable, given, prices), keyOfPrices)
  const replayed = (policy: Policy, origin: number, prices: Prices, own?: ReplayOptions): Replayed => {
    const table = worldOf(prices).tableFor(policy, origin)
    return { policy, table, result: replay(table, policy, { ...options, ...own }) }
  }
  const baselineAt = remembered((prices: Prices) => {
    const policy = changedPolicy(entry(given, replayable.baseline), { ...NO_CHANGE, prices: prices.next })
    return replayed(policy, replayable.baseline, prices)
  }, keyOfPrices)
  const pricesIn = ({ policy, moved }: Move): Prices => pricesOf(entry(given, policy).file, moved)
  const policyOf = (move: Move): Policy => {
    const own = entry(given, move.policy)
    return isUnmoved(move) ? own : parsePolicy(withMoved(own.file, move.moved))
  }
  return {
    given,
    policyOf,
    run: (move, own) => replayed(policyOf(move), move.policy, pricesIn(move), own),
    baseline: (move) => baselineAt(pricesIn(move)),
  }
}

function replayOptions({ settings: { seed, faults, scorerError } }: Replayable): ReplayOptions {
  return {
    ...(faults === undefined ? {} : { faults: { spec: parseFaults(faults), seed } }),
    ...(scorerError === undefined ? {} : { simulatedScorer: { errorRate: scorerError, seed } }),
  }
}
