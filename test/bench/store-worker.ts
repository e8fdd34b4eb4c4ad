import { sqliteStore } from '../../src/router/stores/sqlite.js'
import { aPolicy } from './a-policy.js'
import { reserveAndSettle, startOptions } from './a-store-request.js'

/** One of several processes on one store: makes as many calls as it is told, and says when they are done. */
const [, , path = '', name = ''] = process.argv
const policy = aPolicy('lax')
const store = sqliteStore(path, { busyTimeoutMs: 60_000 })
let made = 0

process.on('message', (calls) => void makeCalls(Number(calls)))
await store.start(startOptions(policy))
process.send?.('ready')

async function makeCalls(calls: number): Promise<void> {
  for (const end = made + calls; made < end; made++)
    await reserveAndSettle(store, policy, `${name}-${made}`, made)
  process.send?.('done')
}
