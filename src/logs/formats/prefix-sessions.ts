/** Sessions of a trace that names none, by the hashes of its prompts' prefixes. */
export interface PrefixSessions {
  /**
   * `blocks` has one hash for each prefix of whole blocks, shortest first; the last block may be cut short. `name` is what the
   * session is called if the request is its first.
   */
  place(
    blocks: readonly unknown[],
    inputTokens: number,
    name: string,
  ): { readonly session: string; readonly sharedPrefixTokens: number }
}

/** How many ends of prompts are kept: a trace of any length passes in flat memory. */
const KEPT_ENDS = 100_000

/**
 * A prompt that holds all whole blocks of an earlier one goes on from it. The first block alone tells nothing: many
 * conversations begin with the same instructions.
 */
export function createPrefixSessions(blockTokens: number): PrefixSessions {
  const ends = new Map<unknown, string>()
  return {
    place(blocks, inputTokens, name) {
      const continued = blocks.findLastIndex((hash, index) => index > 0 && ends.has(hash))
      const session = ends.get(blocks[continued]) ?? name
      const lastWhole = Math.min(blocks.length, Math.floor(inputTokens / blockTokens)) - 1
      if (lastWhole > 0) keep(ends, blocks[lastWhole], session)
      const shared = continued < 0 ? 0 : (continued + 1) * blockTokens
      return { session, sharedPrefixTokens: Math.min(shared, inputTokens) }
    },
  }
}

function keep(ends: Map<unknown, string>, hash: unknown, session: string): void {
  ends.delete(hash)
  ends.set(hash, session)
  if (ends.size <= KEPT_ENDS) return
  for (const oldest of ends.keys()) {
    ends.delete(oldest)
    return
  }
}
