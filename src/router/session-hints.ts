import type { Policy } from '../core/policy.js'
import type { CacheHint } from '../core/prompt-cache.js'
import type { Request } from '../core/request.js'
import type { Run } from '../core/run.js'
import { createSessionCaches, KEPT_SESSIONS } from '../core/session-caches.js'
import type { Usage } from '../core/usage.js'

/**
 * What this router knows of prompt caches: of its own calls alone, and since it started. Another process's calls, and a cache
 * that the provider emptied early, are missed, which costs an estimate and no cap.
 */
export interface SessionHints {
  /** For the planner; undefined where the request has no session, or the policy looks at none. */
  hint(policy: Policy, request: Request, at: number): CacheHint | undefined
  /** The call that is under way has given its answer; with what the provider said of its cache. */
  ended(run: Run, usage: Usage | undefined, at: number): void
}

export function createSessionHints(mostSessions: number = KEPT_SESSIONS): SessionHints {
  const caches = createSessionCaches(mostSessions)
  return {
    hint({ sessions, models }, { scope, inputTokensEstimate, sharedPrefixTokens }, at) {
      const session = sessions && scope[sessions.label]
      if (sessions === undefined || session === undefined || sessions.mode === 'blind') return undefined
      const { maxSwitches } = sessions
      const inputTokens = inputTokensEstimate
      return caches.hint({ session, at, inputTokens, sharedPrefixTokens, maxSwitches }, models)
    },
    ended({ context, phase }, usage, at) {
      const { policy, request } = context
      const session = policy.sessions && request.scope[policy.sessions.label]
      if (session === undefined || phase.kind !== 'calling') return
      const model = policy.models[phase.choice.candidate.model]
      if (model === undefined) return
      caches.ended({
        session,
        model,
        at,
        inputTokens: request.inputTokensEstimate,
        cachedInputTokens: usage?.cachedInputTokens,
        cacheWriteTokens: usage?.cacheWriteTokens,
        asPlanned: phase.choice.candidate === phase.plan.first,
      })
    },
  }
}
