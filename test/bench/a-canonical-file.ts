import { closeSync, openSync, writeSync } from 'node:fs'
import { createRandom } from '../../src/core/random.js'

export type Writing = 'csv' | 'jsonl'

/** Columns of the canonical CSV: a request a row, with its one outcome. */
export const COLUMNS = [
  'id',
  'at',
  'org',
  'user',
  'session',
  'task',
  'model',
  'cost_usd',
  'quality',
  'output_tokens',
] as const

const START = Date.UTC(2026, 10, 2)
const PAGE = 5000

/** Writes a canonical log of so many requests: 8 models, 5000 users, sessions of 8 requests. */
export function writeCanonical(path: string, rows: number, writing: Writing): void {
  const file = openSync(path, 'w')
  if (writing === 'csv') writeSync(file, `${COLUMNS.join(',')}\n`)
  const random = createRandom(5)
  for (let row = 0; row < rows;) {
    let page = ''
    for (const end = Math.min(rows, row + PAGE); row < end; row++) page += line(cells(row, random), writing)
    writeSync(file, page)
  }
  closeSync(file)
}

type Cells = readonly [string, string, string, string, string, string, string, number, number, number]

function cells(row: number, random: { next(): number }): Cells {
  return [
    `request-${String(row).padStart(8, '0')}`,
    new Date(START + row * 1728).toISOString(),
    `org-${row % 7}`,
    `user-${Math.floor(random.next() * 5000)}`,
    `session-${row >> 3}`,
    `task-${row % 11}`,
    `vendor/model-${Math.floor(random.next() * 8)}`,
    Number((random.next() / 100).toFixed(8)),
    random.next() < 0.7 ? 1 : 0,
    Math.floor(random.next() * 700),
  ]
}

function line(row: Cells, writing: Writing): string {
  if (writing === 'csv') return `${row.join(',')}\n`
  const [id, at, org, user, session, task, model, costUsd, quality, outputTokens] = row
  const outcomes = [{ model, costUsd, quality, outputTokens }]
  return `${JSON.stringify({ id, at, scope: { org, session, user }, task, outcomes })}\n`
}
