import { StoreError } from '../../store.js'
import type { Reply } from './reply.js'
import type { Script } from './scripts.js'

/** What the store needs of a Redis client: ioredis has it as it is, `fromNodeRedis` makes it of node-redis. */
export interface RedisClient {
  evalsha(sha: string, keyCount: number, ...keysAndArguments: string[]): Promise<unknown>
  eval(script: string, keyCount: number, ...keysAndArguments: string[]): Promise<unknown>
}

/** The part of node-redis that is used. */
export interface NodeRedisClient {
  evalSha(sha: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>
  eval(script: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>
}

/** node-redis (`createClient` of `redis` or `@redis/client`) as the store wants it. */
export function fromNodeRedis(client: NodeRedisClient): RedisClient {
  const split = (keyCount: number, all: string[]): { keys: string[]; arguments: string[] } => ({
    keys: all.slice(0, keyCount),
    arguments: all.slice(keyCount),
  })
  return {
    evalsha: (sha, keyCount, ...all) => client.evalSha(sha, split(keyCount, all)),
    eval: (script, keyCount, ...all) => client.eval(script, split(keyCount, all)),
  }
}

/** One round trip; a server that does not know the script yet, as after a restart, gets it whole. */
export async function runScript(
  client: RedisClient,
  { sha, source }: Script,
  key: string,
  argumentsOf: readonly string[],
): Promise<Reply> {
  try {
    return (await client.evalsha(sha, 1, key, ...argumentsOf)) as Reply
  } catch (error) {
    if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error
    return (await client.eval(source, 1, key, ...argumentsOf)) as Reply
  }
}

/** @throws StoreError when the operation fails or is not done in time: no caller hangs, whatever the connection does. */
export async function withinTime<Value>(
  timeoutMs: number,
  operation: (signal: { readonly over: boolean }) => Promise<Value>,
): Promise<Value> {
  const signal = { over: false }
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      signal.over = true
      reject(new StoreError(`Redis did not answer within ${timeoutMs} ms`))
    }, timeoutMs)
  })
  try {
    return await Promise.race([operation(signal), late])
  } catch (error) {
    throw isOurs(error) ? error : new StoreError(`Redis: ${messageOf(error)}`, { cause: error })
  } finally {
    clearTimeout(timer)
  }
}

/** Wrong use by code is no failure of the store. */
function isOurs(error: unknown): boolean {
  return error instanceof StoreError || error instanceof RangeError || error instanceof TypeError
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
