import type { LogTable } from '../../src/core/log-table.js'
import { replay } from '../../src/replay/replay.js'
import { ENDS } from '../../src/replay/steps.js'
import { azurePolicy, type WindowKind } from './azure-policy.js'

/** How the caps of one window kind fared in a replay. */
export interface Held {
  readonly refused: number
  readonly pools: number
  readonly violations: number
  readonly overspendNanoUsd: number
  readonly capGuarantee: string
}

/** The arrivals through the product's own replay. */
export function heldOnAzure(table: LogTable, kind: WindowKind): Held {
  const { steps, poolWindows, capGuarantee } = replay(table, azurePolicy(kind))
  const rejected = ENDS.indexOf('rejected')
  return {
    refused: steps.end.filter((end) => end === rejected).length,
    pools: poolWindows.filter(({ reservations }) => reservations > 0).length,
    violations: poolWindows.filter(({ violated }) => violated).length,
    overspendNanoUsd: poolWindows.reduce((sum, { overspendNanoUsd }) => sum + overspendNanoUsd, 0),
    capGuarantee,
  }
}
