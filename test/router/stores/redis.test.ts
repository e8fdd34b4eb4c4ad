import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe } from 'vitest'
import { redisStore } from '../../../src/router/stores/redis.js'
import { aRedisServer, hasRedisServer, type RedisServer } from '../../builders/a-redis-server.js'
import { budgetStoreContract } from '../../contract/budget-store.js'

const FOREVER = 50 * 365 * 86_400_000

describe.skipIf(!hasRedisServer())('redisStore', () => {
  let server: RedisServer
  let client: Redis
  let histories = 0

  beforeAll(async () => {
    server = await aRedisServer()
    client = new Redis({ port: server.port })
  })
  afterAll(async () => {
    client.disconnect()
    await server.stop()
  })

  budgetStoreContract(
    'redisStore',
    async (now) => ({
      store: redisStore(client, { clock: now, rememberMs: FOREVER, prefix: `h${++histories}` }),
      dispose: async () => void (await client.flushall()),
    }),
    { runs: process.env.TOLLGATE_FULL === undefined ? 60 : 10_000 },
  )
})
