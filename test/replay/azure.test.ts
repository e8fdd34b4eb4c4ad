import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { CAPS, WINDOW_KINDS } from '../bench/azure-policy.js'
import { heldOnAzure } from '../bench/azure-result.js'
import { azureTable, hasAzureTraces } from '../bench/azure-table.js'
import { checkThenCharge } from '../bench/check-then-charge.js'

const README = readFileSync('README.md', 'utf8')

/** Real arrivals with their token counts; figures and method are those of `npm run bench -- azure`. */

if (!hasAzureTraces) console.log('Azure arrivals skipped: ../shared/data/traces_azure is absent')

describe.skipIf(!hasAzureTraces && process.env['CI'] !== 'true')('the Azure arrivals', () => {
  it('are all there, with their token counts', () => {
    const { size, at, inputTokensBound, outcomes } = azureTable()
    expect(size).toBe(8819 + 19_366)
    expect(new Date(at[0]!).toISOString()).toBe('2023-11-16T18:15:46.680Z')
    expect([inputTokensBound[0], outcomes[0]!.outputTokens[0]]).toEqual([374, 44])
    expect(Math.max(...outcomes[0]!.outputTokens)).toBe(1899)
  })

  it.each(WINDOW_KINDS)('keep every cap of %s windows, and check-then-charge does not', (kind) => {
    const table = azureTable()
    const held = heldOnAzure(table, kind)
    expect(held).toMatchObject({ violations: 0, overspendNanoUsd: 0, capGuarantee: 'proved' })
    expect(held.refused / table.size).toBeGreaterThan(0.25)
    expect(held.refused / table.size).toBeLessThan(0.35)
    const control = checkThenCharge(table, kind)
    expect(control.over).toBeGreaterThan(0)
    expect(control.maxOverUsd).toBeGreaterThan(0)
    const shares = [held.refused / table.size, control.maxOverShare].map((share) => (share * 100).toFixed(1))
    const cells = [
      kind,
      `$${CAPS[kind].user} / $${CAPS[kind].org}`,
      `${shares[0]} %`,
      `${held.violations} of ${held.pools}, $${held.overspendNanoUsd / 1e9}`,
      `${control.over}`,
      `$${control.maxOverUsd.toFixed(2)}`,
      `${shares[1]} %`,
    ]
    expect(README.replaceAll(/ +/g, ' ')).toContain(`| ${cells.join(' | ')} |`)
  })
})
