import type { LogTable } from '../core/log-table.js'
import type { Model } from '../core/model.js'
import type { Policy, SessionRule } from '../core/policy.js'
import type { CacheHint } from '../core/prompt-cache.js'
import { createSessionCaches, KEPT_SESSIONS, type SessionRequest } from '../core/session-caches.js'
import { sharedPrefixAt } from './requests.js'

/**
 * The prompt caches along a replay: what the policy's own calls have left in them so far, and where its path through a session
 * is still the logged one, so that what the log recorded of caches is what would have happened.
 */
export interface CacheBook {
  /** For the planner; undefined where the row has no session, or the policy looks at none. */
  hint(row: number, at: number): CacheHint | undefined
  /** A call begins: what the model's cache holds of its input is looked up now. */
  called(row: number, model: number, at: number): void
  ended(row: number, call: { readonly model: number; readonly at: number; readonly asPlanned: boolean }): void
  /** The row was not served as logged. */
  parted(row: number): void
  /** Of the row's last call: what its cache held; undefined outside of sessions, and of models without a cache. */
  heldFor(row: number, model: number): HeldPrefix | undefined
}

export interface HeldPrefix {
  readonly cachedTokens: number
  /** The session's calls so far, and this one, are those of the log. */
  readonly asLogged: boolean
  /** The planner's expected cost does not count caches. */
  readonly unseen: boolean
}

/** Undefined for policies that keep no track of sessions: they pay nothing for it. */
export function createCacheBook(table: LogTable, policy: Policy): CacheBook | undefined {
  const { sessions } = policy
  if (sessions === undefined) return undefined
  const nameOf = sessionNames(table, sessions)
  const caches = createSessionCaches(KEPT_SESSIONS)
  const partedSessions = new Set<string>()
  const inFlight = new Map<number, HeldPrefix & { readonly model: number }>()
  const ask = (row: number, session: string, at: number): SessionRequest => ({
    session,
    at,
    inputTokens: inputAt(table, row),
    sharedPrefixTokens: sharedPrefixAt(table, row),
    maxSwitches: sessions.maxSwitches,
  })
  const parted = (row: number): void => {
    const session = nameOf(row)
    if (session !== undefined) partedSessions.add(session)
  }
  return {
    hint(row, at) {
      const session = sessions.mode === 'blind' ? undefined : nameOf(row)
      return session === undefined ? undefined : caches.hint(ask(row, session, at), policy.models)
    },
    called(row, index, at) {
      const session = nameOf(row)
      const model = policy.models[index]
      if (session === undefined || model === undefined) return
      if (!isLoggedCall(table, row, model)) parted(row)
      inFlight.set(row, {
        model: index,
        cachedTokens: caches.cachedTokens(ask(row, session, at), model),
        asLogged: !partedSessions.has(session),
        unseen: sessions.mode === 'blind',
      })
    },
    ended(row, { model: index, at, asPlanned }) {
      const session = nameOf(row)
      const model = policy.models[index]
      if (session === undefined || model === undefined) return
      inFlight.delete(row)
      caches.ended({ session, model, at, inputTokens: inputAt(table, row), asPlanned })
    },
    parted(row) {
      parted(row)
      inFlight.delete(row)
    },
    heldFor(row, model) {
      const held = policy.models[model]?.promptCache === undefined ? undefined : inFlight.get(row)
      return held?.model === model ? held : undefined
    },
  }
}

function sessionNames(table: LogTable, { label }: SessionRule): (row: number) => string | undefined {
  const column = table.labels[label]
  return (row) => column?.values[column.codes[row] ?? -1]
}

function isLoggedCall({ chosen, outcomes }: LogTable, row: number, { id }: Model): boolean {
  return outcomes[chosen[row] ?? -1]?.model === id
}

function inputAt({ inputTokensEstimate }: LogTable, row: number): number {
  return Math.max(0, inputTokensEstimate[row] ?? 0)
}
