import fc from 'fast-check'
import { rmSync } from 'node:fs'
import { expect, it } from 'vitest'
import { openLog } from '../../src/logs/store.js'
import { importLog, workdir } from './workdir.js'

const dir = workdir()

interface Row {
  readonly id: string
  readonly task: string
  readonly model: string
  readonly quality: string
}

/** Runs of new requests, longer than a batch, with rows between them that come again or disagree. */
const rows = fc
  .array(
    fc.record({
      isNew: fc.boolean(),
      length: fc.integer({ min: 1, max: 40 }),
      pick: fc.nat(1000),
      task: fc.constantFrom('', 'a', 'b'),
      model: fc.constantFrom('m0', 'm1'),
      quality: fc.constantFrom('', '0', '1'),
    }),
    { minLength: 1, maxLength: 12 },
  )
  .map((parts) => {
    let next = 0
    return parts.flatMap(({ isNew, length, pick, task, model, quality }): Row[] => {
      if (!isNew && next > 0) return [{ id: `r${pick % next}`, task, model, quality }]
      return Array.from({ length }, () => ({ id: `r${next++}`, task, model, quality }))
    })
  })

/** The merge rule, written plainly: a known value wins over an unknown one, the later over the earlier. */
function reference(all: readonly Row[]): Awaited<ReturnType<typeof imported>> {
  const tasks = new Map<string, string>()
  const qualities = new Map<string, string>()
  const conflicts: string[] = []
  let stored = 0
  for (const { id, task, model, quality } of all) {
    const told = [put(tasks, id, task, conflicts), put(qualities, `${id} ${model}`, quality, conflicts)]
    if (told.includes(true)) stored++
  }
  return {
    stored,
    duplicates: all.length - stored,
    requests: [...tasks].map((entry) => entry.join(' ')).sort(),
    outcomes: [...qualities].map((entry) => entry.join(' ')).sort(),
    conflicts: conflicts.sort(),
  }
}

function put(into: Map<string, string>, key: string, value: string, conflicts: string[]): boolean {
  const before = into.get(key)
  if (before !== undefined && (value === '' || value === before)) return false
  if (before !== undefined && before !== '') conflicts.push(`${key} ${before} ${value}`)
  into.set(key, value)
  return true
}

async function imported(
  header: string,
  lines: readonly string[],
): Promise<{
  readonly stored: number
  readonly duplicates: number
  readonly requests: readonly unknown[]
  readonly outcomes: readonly unknown[]
  readonly conflicts: readonly unknown[]
}> {
  const log = dir.path('x.db')
  rmSync(log, { force: true })
  const file = dir.file('x.csv', [header, ...lines].join('\n'))
  const { stored, duplicates } = await importLog({ log, files: [file], format: 'csv' })
  const { db, close } = openLog(log)
  const all = (sql: string): unknown[] => db.prepare(sql).pluck().all().sort()
  const result = {
    stored,
    duplicates,
    requests: all("select id || ' ' || coalesce(task, '') from requests"),
    outcomes: all(
      `select r.id || ' ' || m.id || ' ' || coalesce(cast(quality as integer), '') from outcomes o
       join requests r on r.key = o.request join models m on m.key = o.model`,
    ),
    conflicts: all(
      `select id || coalesce(' ' || model, '') || ' ' || iif(model is null, earlier, cast(earlier as integer))
         || ' ' || iif(model is null, later, cast(later as integer)) from conflicts`,
    ),
  }
  close()
  return result
}

it.each(['2026-11-02T09:00:00Z', ''])(
  'rows that come many at a time are merged like rows that come one by one, at "%s"',
  { timeout: 60_000 },
  async (at) => {
    await fc.assert(
      fc.asyncProperty(rows, async (all) => {
        const lines = all.map(({ id, task, model, quality }) => [id, at, task, model, quality].join(','))
        expect(await imported('id,at,task,model,quality', lines)).toEqual(reference(all))
      }),
      { numRuns: 60 },
    )
  },
)
