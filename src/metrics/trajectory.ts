import type { LogTable } from '../core/log-table.js'
import type { Policy } from '../core/policy.js'
import type { Steps } from '../replay/steps.js'
import type { Contributions } from './contributions.js'
import { evidenceMode } from './evidence-mode.js'

/** Up to this share of the requests, what was recorded off a policy's own trajectory is taken as it is. */
export const OFF_TRAJECTORY_ALLOWED = 0.05

/**
 * What requests off the trajectory do to the figures of quality.
 * - `none`: there are none, or the log has no quality.
 * - `logged prompts`: other models were asked the logged prompts themselves (a full matrix, an attached sample), and figures are
 *   said to hold for these.
 * - `few`: at most 5 % of the requests.
 * - `once a session`: the policy chooses one model a session.
 * - `not identified`: quality was recorded in conversations that this policy would not have had.
 */
export type TrajectoryEffect = 'none' | 'logged prompts' | 'few' | 'once a session' | 'not identified'

/** How far a run's sessions are those of the log. */
export interface Trajectory {
  /** 1 where an earlier request of the session was answered by another model than in the log, or by none. */
  readonly off: Uint8Array
  /** Of offered requests. */
  readonly share: number
  readonly effect: TrajectoryEffect
}

/**
 * Undefined where the question does not arise: the log has no session of two requests, or does not name the models that were
 * called. Steps in row order. A row of which the log does not say who answered counts as no difference.
 */
export function trajectoryOf(
  table: LogTable,
  steps: Steps,
  policy: Policy | undefined,
): Trajectory | undefined {
  const session = table.labels['session']?.codes
  if (session === undefined || !hasTurns(session) || !table.chosen.some((model) => model >= 0))
    return undefined
  const differs = differences(table, steps)
  const left = new Set<number>()
  let count = 0
  const off = Uint8Array.from(session, (code, row) => {
    const isOff = code >= 0 && left.has(code)
    if (isOff) count++
    if (code >= 0 && differs[row] === 1) left.add(code)
    return isOff ? 1 : 0
  })
  const share = count / table.size
  return { off, share, effect: effectOf(share, { table, steps, policy, session }) }
}

/** Why quality is then not identified, as the end of a sentence with the way out. */
export const OFF_TRAJECTORY =
  'more than 5 % of its requests come after one of the same session that another model answered than in the log, so that their prompts are those of another conversation; choose once per session (`sessionAffinity` with mode `pin`), or judge whole sessions (`--quality-unit session`)'

/** What is recorded off the trajectory belongs to other conversations: unknown, where that is too much of the log. */
export function onTrajectory(run: Contributions, trajectory: Trajectory | undefined): Contributions {
  return { ...run, quality: knownOnTrajectory(run.quality, trajectory) }
}

/** Per-request qualities, NaN off the trajectory where quality is not identified. */
export function knownOnTrajectory(quality: Float64Array, trajectory: Trajectory | undefined): Float64Array {
  if (trajectory?.effect !== 'not identified') return quality
  return quality.map((value, row) => (trajectory.off[row] === 1 ? NaN : value))
}

/**
 * By row: 1 where the run's answer came from another model than the log's, or only one of the two answered; 0 too where the log
 * does not say who did.
 */
export function differences(
  { chosen, rejected, outcomes }: LogTable,
  { model, models, size }: Steps,
): Uint8Array {
  const places = models.map(({ id }) => outcomes.findIndex((outcome) => outcome.model === id))
  const differs = new Uint8Array(size)
  for (let row = 0; row < size; row++) {
    const served = model[row] ?? -1
    const logged = chosen[row] ?? -1
    if (logged >= 0) differs[row] = served >= 0 && places[served] === logged ? 0 : 1
    else if (rejected?.[row] === 1) differs[row] = served >= 0 ? 1 : 0
  }
  return differs
}

interface EffectInput {
  readonly table: LogTable
  readonly steps: Steps
  readonly policy: Policy | undefined
  readonly session: Int32Array
}

function effectOf(share: number, { table, steps, policy, session }: EffectInput): TrajectoryEffect {
  const mode = evidenceMode(
    table,
    steps.models.map(({ id }) => id),
  )
  if (share === 0 || mode === 'cost-only') return 'none'
  if (mode === 'full-matrix' || table.sampled !== undefined) return 'logged prompts'
  if (share <= OFF_TRAJECTORY_ALLOWED) return 'few'
  return choosesOncePerSession(policy) && isOneModelPerSession(steps, session)
    ? 'once a session'
    : 'not identified'
}

/** By its rules: one model for everything, or a pin that is never moved. */
export function choosesOncePerSession(policy: Policy | undefined): boolean {
  if (policy === undefined || policy.exploration !== undefined) return false
  const { models, file, sessions } = policy
  if (models.length === 1 || file.selector.kind === 'fixed') return true
  return sessions?.label === 'session' && sessions.mode === 'pin' && sessions.maxSwitches === 0
}

/** Budgets may part what the rules keep together. */
function isOneModelPerSession({ model }: Steps, session: Int32Array): boolean {
  const first = new Map<number, number>()
  return session.every((code, row) => {
    if (code < 0) return true
    const served = model[row] ?? -1
    const known = first.get(code)
    if (known === undefined) first.set(code, served)
    return known === undefined || known === served
  })
}

function hasTurns(session: Int32Array): boolean {
  const seen = new Set<number>()
  return session.some((code) => {
    if (code < 0) return false
    if (seen.has(code)) return true
    seen.add(code)
    return false
  })
}
