import { StoreError } from '../../store.js'
import { replyFrom, type Reply } from './reply.js'
import type { Script } from './scripts.js'

/** What the store needs of a Redis client: ioredis has it as it is, `fromNodeRedis` makes it of node-redis. */
export interface RedisClient {
  fcall(name: string, keyCount: number, ...keysAndArguments: string[]): Promise<unknown>
  function(load: 'LOAD', replace: 'REPLACE', library: string): Promise<unknown>
  evalsha(sha: string, keyCount: number, ...keysAndArguments: string[]): Promise<unknown>
  eval(script: string, keyCount: number, ...keysAndArguments: string[]): Promise<unknown>
}

interface KeysAndArguments {
  keys: string[]
  arguments: string[]
}

/** The part of node-redis that is used. */
export interface NodeRedisClient {
  fCall(name: string, options: KeysAndArguments): Promise<unknown>
  functionLoad(library: string, options: { REPLACE: boolean }): Promise<unknown>
  evalSha(sha: string, options: KeysAndArguments): Promise<unknown>
  eval(script: string, options: KeysAndArguments): Promise<unknown>
}

/** node-redis (`createClient` of `redis` or `@redis/client`) as the store wants it. */
export function fromNodeRedis(client: NodeRedisClient): RedisClient {
  const split = (keyCount: number, all: string[]): KeysAndArguments => ({
    keys: all.slice(0, keyCount),
    arguments: all.slice(keyCount),
  })
  return {
    fcall: (name, keyCount, ...all) => client.fCall(name, split(keyCount, all)),
    function: (_load, _replace, library) => client.functionLoad(library, { REPLACE: true }),
    evalsha: (sha, keyCount, ...all) => client.evalSha(sha, split(keyCount, all)),
    eval: (script, keyCount, ...all) => client.eval(script, split(keyCount, all)),
  }
}

/** Scripts in one round trip each; a server that does not know one yet, as after a restart, gets it whole. */
export class ScriptRunner {
  readonly #client: RedisClient
  /** No longer where functions may not be loaded, or are loaded to another node of a cluster than is asked. */
  #asFunctions = true

  constructor(client: RedisClient) {
    this.#client = client
  }

  async run(script: Script, key: string, own: readonly string[]): Promise<Reply> {
    if (!this.#asFunctions) return this.#evaluate(script, key, own)
    try {
      return await this.#call(script, key, own)
    } catch (error) {
      if (!isWithoutFunction(error)) throw error
    }
    try {
      await this.#client.function('LOAD', 'REPLACE', script.library)
      return await this.#call(script, key, own)
    } catch (error) {
      if (!isWithoutFunction(error)) throw error
    }
    this.#asFunctions = false
    return this.#evaluate(script, key, own)
  }

  async #call({ functionName }: Script, key: string, own: readonly string[]): Promise<Reply> {
    return replyFrom((await this.#client.fcall(functionName, 1, key, ...own)) as Reply | string)
  }

  async #evaluate({ sha, source }: Script, key: string, own: readonly string[]): Promise<Reply> {
    try {
      return replyFrom((await this.#client.evalsha(sha, 1, key, ...own)) as Reply | string)
    } catch (error) {
      if (!messageOf(error).startsWith('NOSCRIPT')) throw error
      return replyFrom((await this.#client.eval(source, 1, key, ...own)) as Reply | string)
    }
  }
}

/** Not loaded, or FCALL or FUNCTION LOAD is not allowed or unknown. The operation has not begun. */
function isWithoutFunction(error: unknown): boolean {
  return /^ERR Function not found|'(fcall|function(\|load)?)'/i.test(messageOf(error))
}

interface Pending {
  /** Its caller has been told that nobody waits for it any more. */
  over: boolean
  readonly due: number
  readonly reject: (error: StoreError) => void
}

/** Operations that may take so long, and one timer for all of them: a timer of its own costs each a tenth of its round trip. */
export class TimeLimit {
  readonly timeoutMs: number
  /** In the order in which they fall due. */
  readonly #pending = new Set<Pending>()
  #timer: NodeJS.Timeout | undefined

  constructor(timeoutMs: number) {
    this.timeoutMs = timeoutMs
  }

  /**
   * No caller hangs, whatever the connection does.
   * @throws StoreError when the operation fails or is not done in time.
   */
  keep<Value>(operation: (signal: { readonly over: boolean }) => Promise<Value>): Promise<Value> {
    return new Promise((resolve, reject) => {
      const pending: Pending = { over: false, due: performance.now() + this.timeoutMs, reject }
      this.#add(pending)
      operation(pending).then(
        (value) => {
          this.#remove(pending)
          resolve(value)
        },
        (error: unknown) => {
          this.#remove(pending)
          reject(isOurs(error) ? error : new StoreError(`Redis: ${messageOf(error)}`, { cause: error }))
        },
      )
    })
  }

  #add(pending: Pending): void {
    this.#pending.add(pending)
    if (this.#timer === undefined) this.#timer = setTimeout(() => this.#check(), this.timeoutMs)
    else if (this.#pending.size === 1) this.#timer.ref()
  }

  /** The timer is left to run out, but holds no process back. */
  #remove(pending: Pending): void {
    if (this.#pending.delete(pending) && this.#pending.size === 0) this.#timer?.unref()
  }

  #check(): void {
    const now = performance.now()
    this.#timer = undefined
    for (const pending of this.#pending) {
      // Timers count whole milliseconds.
      if (pending.due > now + 1) {
        this.#timer = setTimeout(() => this.#check(), pending.due - now)
        return
      }
      this.#pending.delete(pending)
      pending.over = true
      pending.reject(new StoreError(`Redis did not answer within ${this.timeoutMs} ms`))
    }
  }
}

/** Wrong use by code is no failure of the store. */
function isOurs(error: unknown): boolean {
  return error instanceof StoreError || error instanceof RangeError || error instanceof TypeError
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
