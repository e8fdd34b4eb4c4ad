import { gunzipSync, gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { packReplayable, unpackReplayable } from '../../src/replay/packed/replayable.js'
import { renderHtml } from '../../src/report/html.js'
import { nameNobody, redact, redactWithColumns } from '../../src/report/redact.js'
import { aLabelRow, aProvenance } from '../builders/a-background.js'
import { aComparison, runCharts } from '../builders/a-comparison.js'
import { aBudget, aPolicy } from '../builders/a-policy.js'
import { aTable } from '../builders/a-table.js'

const PROMPTS = { kind: 'shown', byId: new Map([['cw-00017', 'the secret of acme']]) } as const

describe('a redacted comparison', () => {
  const redacted = redact(aComparison())

  it('names nobody: no organisation, team, user, session or request, in any table', async () => {
    const page = await renderHtml(redacted)
    const plain = await renderHtml(aComparison())
    for (const name of ['acme', 'globex', 'u17', 'u10', 's-1184', 'cw-00017', '>ide<', '>data<']) {
      expect(plain).toContain(name)
      expect(page).not.toContain(name)
      expect(JSON.stringify(redacted)).not.toContain(`"${name}"`)
    }
  })

  it('shows no prompt even where one is handed in', async () => {
    expect(await renderHtml(aComparison(), PROMPTS)).toContain('the secret of acme')
    const page = await renderHtml(redacted, PROMPTS)
    expect(page).not.toContain('the secret')
    expect(page).toContain('Prompts are not shown: this page was made with --redact.')
  })

  it('keeps figures, models, tasks and priorities, and who is who across tables', () => {
    const { charts } = redacted
    const values = (label: string): (string | null)[] =>
      charts[0]!.labels!.find((own) => own.label === label)!.rows.map(({ value }) => value)
    expect(values('org')).toEqual(['org 1', 'org 2'])
    expect(values('team')).toEqual(['team 1', 'team 2', null])
    expect(values('priority')).toEqual(['normal', 'low'])
    expect(charts[1]!.poolSpend.map(({ label }) => label)).toEqual(['org 1', 'org 1/user 8', 'pool 3'])
    expect(charts[1]!.mixByTask).toEqual(aComparison().charts[1]!.mixByTask)
    expect(redacted.runs).toEqual(aComparison().runs)
  })

  it('quotes no filter, and keeps those that name nobody', () => {
    const provenance = aProvenance({ command: ['tollgate', 'replay', '--where', 'user=ada', '--seed', '1'] })
    const filtered = redact({ ...aComparison(), filters: ['where user=ada', 'complete cases'], provenance })
    expect(filtered.filters).toEqual(['where (redacted)', 'complete cases'])
    expect(filtered.provenance?.command).toEqual([
      ...['tollgate', 'replay', '--where', '(redacted)', '--seed', '1'],
    ])
  })

  it('does not mistake a value of two labels, or one with a slash, for somebody known', () => {
    const labels = [
      { label: 'org', values: 1, rows: [aLabelRow({ value: 'a/b' }), aLabelRow({ value: 'twin' })] },
      { label: 'team', values: 1, rows: [aLabelRow({ value: 'twin' })] },
    ]
    const pool = (label: string) => ({ budgetId: 'b', label, capUsd: 1, points: [] })
    const poolSpend = [pool('a%2Fb'), pool('a/b'), pool('twin'), pool('*'), pool('a%2Fb/*')]
    const own = redact({ ...aComparison(), charts: [runCharts({ labels, poolSpend, poolWindows: [] })] })
    expect(own.charts[0]!.poolSpend.map(({ label }) => label)).toEqual([
      ...['org 1', 'pool 2', 'pool 3', '*', 'org 1/*'],
    ])
  })

  it('is itself when it is redacted again', () => expect(redact(redacted)).toBe(redacted))

  describe('with columns that its page replays', () => {
    const scope = ['org', 'user']
    const table = aTable([
      { at: 1, scope: { org: 'acme', user: 'u17' } },
      { at: 2, scope: { org: 'acme', user: 'only-here' } },
    ])
    const columns = gzipSync(
      packReplayable({
        policies: [aPolicy({ budgets: [aBudget('user', 1, { scope })] })],
        tableOf: () => table,
        baseline: 0,
        settings: { seed: 1 },
        clusterLabels: [],
        mostRequests: 10,
      }),
    )
    const pool = (label: string) => ({ budgetId: 'user', label, capUsd: 1, points: [] })
    const [first, ...others] = aComparison().charts
    const charts = [{ ...first!, poolSpend: [pool('acme/u17'), pool('acme/only-here')] }, ...others]
    const both = redactWithColumns({ comparison: { ...aComparison(), charts }, columns })

    it('has the same names in both, also of those that no table lists', () => {
      const { labels } = unpackReplayable(gunzipSync(both.columns!)).table
      expect(labels['org']!.values).toEqual(['org 1'])
      expect(labels['user']!.values).toEqual(['user 8', 'user 16'])
      expect(both.comparison.charts[0]!.poolSpend.map(({ label }) => label)).toEqual([
        ...['org 1/user 8', 'org 1/user 16'],
      ])
    })

    it('keeps none that were kept with names', () => {
      expect(nameNobody(columns)).toBe(false)
      expect(redactWithColumns(both)).toEqual(both)
      expect(redactWithColumns({ ...both, columns }).columns).toBeUndefined()
    })
  })
})
