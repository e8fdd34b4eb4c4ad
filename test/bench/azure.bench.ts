import { CAPS, WINDOW_KINDS, WINDOW_MINUTES } from './azure-policy.js'
import { heldOnAzure } from './azure-result.js'
import { azureTable, hasAzureTraces } from './azure-table.js'
import { checkThenCharge } from './check-then-charge.js'

/**
 * Caps on real arrivals, and what they are without reservations: the same requests, pools and windows, once through replay under
 * `worstCase` and once checked on arrival and charged afterwards. No speed is measured.
 */
export function bench(): Promise<void> {
  if (!hasAzureTraces) {
    console.log('azure skipped: ../shared/data/traces_azure is absent')
    return Promise.resolve()
  }
  const table = azureTable()
  console.log(
    `azure, ${table.size.toLocaleString('en-US')} arrivals of an hour (code and conversation), token counts as recorded`,
  )
  console.log(
    '  dealt to 200 users in 8 orgs by a seeded heavy-tailed draw (the trace has no ids); $3 and $15 per 1M tokens',
  )
  console.log(
    `  a call takes 500 ms + 20 ms an output token; windows of ${WINDOW_MINUTES} min, buckets refill in as long; nested pools of user and org\n`,
  )
  const rows = WINDOW_KINDS.map((kind) => {
    const held = heldOnAzure(table, kind)
    const control = checkThenCharge(table, kind)
    const { user, org } = CAPS[kind]
    return [
      kind,
      `$${user} / $${org}`,
      percent(held.refused / table.size),
      `${held.violations} of ${held.pools}`,
      `$${held.overspendNanoUsd / 1e9}`,
      held.capGuarantee,
      percent(control.refused / table.size),
      `${control.over}`,
      `$${control.maxOverUsd.toFixed(2)}`,
      percent(control.maxOverShare),
    ]
  })
  const heads = ['window', 'caps user / org', 'refused', 'over cap', 'overspend', 'caps']
  print([[...heads, 'control: refused', 'over cap', 'most over', 'of its cap'], ...rows])
  return Promise.resolve()
}

function print(rows: readonly (readonly string[])[]): void {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? []
  for (const row of rows)
    console.log(`  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd())
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`
}
