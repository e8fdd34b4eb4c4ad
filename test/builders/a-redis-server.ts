import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'

/** A real Redis of the test's own: free loopback port, temporary directory, gone with `stop`. */
export interface RedisServer {
  readonly port: number
  /** No farewell: as a machine that loses power. */
  kill(): Promise<void>
  start(): Promise<void>
  stop(): Promise<void>
}

/** Under CI a missing server is a failure, elsewhere the tests are skipped and say so. */
export function hasRedisServer(): boolean {
  if (spawnSync('redis-server', ['--version']).status === 0) return true
  if (process.env.CI !== undefined) throw new Error('redis-server must be installed under CI')
  console.log('skipped: redis-server is not installed (apt-get install redis-server)')
  return false
}

/** `durable`: every write is on disk before it is acknowledged. */
export async function aRedisServer(durable = false): Promise<RedisServer> {
  const port = await freePort()
  const dir = mkdtempSync(join(tmpdir(), 'tollgate-redis-'))
  const persistence = durable ? ['--appendonly', 'yes', '--appendfsync', 'always'] : ['--appendonly', 'no']
  const settings = ['--port', String(port), '--bind', '127.0.0.1', '--dir', dir, '--save', '']
  let child: ChildProcess | undefined
  const kill = async (): Promise<void> => {
    if (child === undefined || child.exitCode !== null) return
    const gone = once(child, 'exit')
    child.kill('SIGKILL')
    await gone
    child = undefined
  }
  const start = async (): Promise<void> => {
    child = spawn('redis-server', [...settings, ...persistence], { stdio: 'ignore' })
    await answers(port)
  }
  await start()
  return {
    port,
    kill,
    start,
    async stop() {
      await kill()
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

async function answers(port: number): Promise<void> {
  for (let attempt = 0; attempt < 500; attempt++) {
    const client = new Redis({ port, lazyConnect: true, retryStrategy: () => null, enableOfflineQueue: true })
    client.on('error', () => undefined)
    try {
      await client.connect()
      await client.ping()
      return
    } catch {
      await sleep(20)
    } finally {
      client.disconnect()
    }
  }
  throw new Error(`redis-server does not answer on port ${port}`)
}
