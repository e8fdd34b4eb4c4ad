import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../../../src/core/random.js'
import { RowOrderReader, type RowOrder } from '../../../src/logs/lint/row-order.js'
import { storeFacts } from '../../../src/logs/store-facts.js'
import { openLog } from '../../../src/logs/store.js'
import { hasSharedData, SHARED_DATA } from '../../cli/built.js'
import { importLog, workdir } from '../workdir.js'

const HOUR = 3_600_000
const SEED = 20261126

interface Row {
  readonly at: number
  readonly latencyMs?: number
}

function orderOf(rows: readonly Row[]): RowOrder {
  const reader = new RowOrderReader()
  rows.forEach(({ at, latencyMs = 0 }, index) =>
    reader.see({ id: `r${index}`, at, outcomes: [{ model: 'm', latencyMs }] }),
  )
  return reader.order()
}

/** Requests every few seconds for some hours. */
function traffic(count: number, seed: number = SEED): Row[] {
  const random = createRandom(seed)
  let at = Date.UTC(2026, 10, 2)
  return Array.from({ length: count }, () => ({
    at: (at += Math.floor(20_000 * random.next())),
    latencyMs: 500 + 9000 * random.next() ** 3,
  }))
}

describe(`the order of a file's rows (seed ${SEED})`, () => {
  const random = createRandom(SEED)

  it.each([
    ['every third row of a host two hours ahead', 2, 3],
    ['every second row of a host five and a half hours behind', -5.5, 2],
    ['every tenth row of a host an hour ahead', 1, 10],
  ])('%s: another zone, by its distance', (_, hours, every) => {
    for (const newestFirst of [false, true]) {
      const rows = traffic(600).map((row, index) =>
        index % every === 0 ? { ...row, at: row.at + hours * HOUR } : row,
      )
      const found = orderOf(newestFirst ? rows.reverse() : rows)
      expect(found.zoneHours).toBe(Math.abs(hours))
      expect(found.otherZone.count).toBeGreaterThan(0.8 * (600 / every))
      expect(found.otherZone.examples).toHaveLength(5)
      expect(found.outOfOrder.count).toBe(0)
    }
  })

  it('a host whose clock is seven minutes slow is no zone', () => {
    const rows = traffic(600).map((row, index) =>
      index % 20 === 7 ? { ...row, at: row.at - 7 * 60_000 } : row,
    )
    const { otherZone, outOfOrder } = orderOf(rows)
    expect(otherZone.count).toBe(0)
    expect(outOfOrder.count).toBe(30)
    expect(outOfOrder.examples[0]).toBe('r7')
  })

  it.each<[string, () => readonly Row[]]>([
    ['in order', () => traffic(600)],
    ['newest first', () => traffic(600).reverse()],
    ['two files in a row', () => [...traffic(300), ...traffic(300)]],
    ['by lot', () => traffic(600).sort(() => random.next() - 0.5)],
    [
      'written when their calls end, of which some take five minutes',
      () =>
        traffic(600)
          .map((row, index) => (index % 7 === 0 ? { ...row, latencyMs: 300_000 } : row))
          .sort((a, b) => a.at + a.latencyMs! - b.at - b.latencyMs!),
    ],
    ['session after session', () => Array.from({ length: 60 }, (_, session) => traffic(10, session)).flat()],
    ['without a row', () => []],
  ])('%s: nothing to find', (_, rows) => {
    const { otherZone, outOfOrder } = orderOf(rows())
    expect([otherZone.count, outOfOrder.count]).toEqual([0, 0])
  })

  it('finds zones by chance in none of 200 files whose rows lie in any order', () => {
    let found = 0
    for (let file = 0; file < 200; file++) {
      const start = Date.UTC(2026, 10, 2)
      const rows = Array.from({ length: 400 }, () => ({ at: start + Math.floor(72 * HOUR * random.next()) }))
      if (orderOf(rows).otherZone.count > 0) found++
    }
    expect(found).toBe(0)
  })
})

describe.skipIf(!hasSharedData)('real logs', () => {
  const dir = workdir()

  it('have no other zones and no clocks that are off', async () => {
    const folder = join(SHARED_DATA, 'traces_azure')
    const files = readdirSync(folder).filter((name) => name.endsWith('.gz'))
    expect(files.length).toBeGreaterThan(0)
    const log = dir.path('azure.db')
    await importLog({ log, files: files.map((name) => join(folder, name)) })
    await importLog({ log, files: ['datasets/coding-week.jsonl.gz'] })
    const store = openLog(log)
    const { rowOrders = [] } = storeFacts(store)
    store.close()
    expect(rowOrders.length).toBe(files.length + 1)
    expect(rowOrders.filter(({ otherZone, outOfOrder }) => otherZone.count + outOfOrder.count > 0)).toEqual(
      [],
    )
  })
})
