import type { Model } from './model.js'
import { wholeBlocks, type CacheHint } from './prompt-cache.js'

/**
 * What sessions have left in the models' prompt caches: by session and model, how long a prefix and when it was last used. A
 * plain value that saves and loads; of more sessions than `mostSessions` those used longest ago are forgotten.
 */
export interface SessionCaches {
  /** What is known of the caches when a request of the session arrives. Changes nothing. */
  hint(request: SessionRequest, models: readonly Model[]): CacheHint
  /** Tokens of a request's input that one model's cache holds. */
  cachedTokens(request: SessionRequest, model: Model): number
  /** A call of the session has ended with an answer. */
  ended(call: SessionCall): void
  save(): SessionCachesState
}

export interface SessionRequest {
  /** The value of the label that makes a session. */
  readonly session: string
  /** Epoch milliseconds. */
  readonly at: number
  readonly inputTokens: number
  /** As `Request.sharedPrefixTokens`; undefined: assumed from the session's last input. */
  readonly sharedPrefixTokens: number | undefined
  /** Other models than the session's own may be taken this often before it is pinned; undefined: never pinned. */
  readonly maxSwitches?: number | undefined
}

export interface SessionCall {
  readonly session: string
  readonly model: Model
  /** When it ended, epoch milliseconds. */
  readonly at: number
  readonly inputTokens: number
  /** As the provider told, where it did. */
  readonly cachedInputTokens?: number | undefined
  readonly cacheWriteTokens?: number | undefined
  /** It was what the plan asked for first: a model that a budget forced on the session does not become its own. */
  readonly asPlanned: boolean
}

/** As JSON: sessions in the order of their last use, the one used longest ago first. */
export interface SessionCachesState {
  readonly sessions: readonly SessionState[]
}

export interface SessionState {
  readonly session: string
  readonly inputTokens: number
  readonly own: string | null
  readonly switches: number
  readonly prefixes: readonly { readonly model: string; readonly tokens: number; readonly usedAt: number }[]
}

interface Session {
  /** Of the last call that ended. */
  inputTokens: number
  /** The model that last served as planned. */
  own: string | null
  /** How often that has become another one. */
  switches: number
  readonly prefixes: Map<string, Prefix>
}

interface Prefix {
  readonly tokens: number
  readonly usedAt: number
}

/** How many sessions a host keeps: some 30 MB. */
export const KEPT_SESSIONS = 100_000

export function createSessionCaches(
  mostSessions: number,
  state: SessionCachesState = { sessions: [] },
): SessionCaches {
  const sessions = new Map(state.sessions.map((saved) => [saved.session, loadSession(saved)]))
  return {
    hint: (request, models) => hintOf(sessions.get(request.session), request, models),
    cachedTokens: (request, model) => cachedIn(sessions.get(request.session), request, model),
    ended(call) {
      const session = sessions.get(call.session) ?? newSession()
      noteCall(session, call)
      sessions.delete(call.session)
      sessions.set(call.session, session)
      if (sessions.size > mostSessions) forgetOldest(sessions)
    },
    save: () => ({ sessions: [...sessions].map(([name, session]) => saveSession(name, session)) }),
  }
}

function newSession(): Session {
  return { inputTokens: 0, own: null, switches: 0, prefixes: new Map() }
}

function forgetOldest(sessions: Map<string, Session>): void {
  for (const oldest of sessions.keys()) {
    sessions.delete(oldest)
    return
  }
}

function hintOf(session: Session | undefined, request: SessionRequest, models: readonly Model[]): CacheHint {
  const basis = request.sharedPrefixTokens === undefined ? 'assumed' : 'told'
  if (session === undefined) return { sharedTokens: 0, basis, cachedTokens: {} }
  const cachedTokens: Record<string, number> = {}
  for (const model of models) {
    const tokens = cachedIn(session, request, model)
    if (tokens > 0) cachedTokens[model.id] = tokens
  }
  const hint = { sharedTokens: sharedBy(session, request), basis, cachedTokens } as const
  const isPinned = request.maxSwitches !== undefined && session.switches >= request.maxSwitches
  return isPinned && session.own !== null ? { ...hint, pinned: session.own } : hint
}

/** A conversation grows: the whole last input is at the beginning of a longer one, and nothing of it in another. */
function sharedBy({ inputTokens: last }: Session, request: SessionRequest): number {
  const { inputTokens, sharedPrefixTokens } = request
  return Math.min(inputTokens, sharedPrefixTokens ?? (inputTokens > last ? last : 0))
}

function cachedIn(session: Session | undefined, request: SessionRequest, model: Model): number {
  const { promptCache } = model
  const prefix = session?.prefixes.get(model.id)
  if (session === undefined || promptCache === undefined || prefix === undefined) return 0
  if (request.at - prefix.usedAt > promptCache.ttlMs) return 0
  return wholeBlocks(promptCache, Math.min(prefix.tokens, sharedBy(session, request)))
}

function noteCall(session: Session, call: SessionCall): void {
  const { model, at, asPlanned } = call
  session.inputTokens = call.inputTokens
  if (asPlanned && session.own !== model.id) {
    if (session.own !== null) session.switches++
    session.own = model.id
  }
  if (model.promptCache === undefined) return
  const before = session.prefixes.get(model.id)
  const isAlive = before !== undefined && at - before.usedAt <= model.promptCache.ttlMs
  const tokens = keptTokens(call)
  if (tokens === 0) session.prefixes.delete(model.id)
  else
    session.prefixes.set(model.id, { tokens: isAlive ? Math.max(before.tokens, tokens) : tokens, usedAt: at })
}

/** Who tells of writes tells all that is kept; reads alone say nothing of what was added. */
function keptTokens({ inputTokens, cachedInputTokens, cacheWriteTokens }: SessionCall): number {
  return cacheWriteTokens === undefined ? inputTokens : (cachedInputTokens ?? 0) + cacheWriteTokens
}

function saveSession(name: string, { inputTokens, own, switches, prefixes }: Session): SessionState {
  const saved = [...prefixes].map(([model, prefix]) => ({ model, ...prefix }))
  return { session: name, inputTokens, own, switches, prefixes: saved }
}

function loadSession({ inputTokens, own, switches, prefixes }: SessionState): Session {
  const loaded = prefixes.map(({ model, tokens, usedAt }) => [model, { tokens, usedAt }] as const)
  return { inputTokens, own, switches, prefixes: new Map(loaded) }
}
