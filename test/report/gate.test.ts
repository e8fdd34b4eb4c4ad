import { describe, expect, it } from 'vitest'
import type { Judged } from '../../src/metrics/non-inferiority.js'
import { gateReason, gateWarnings, type GateReport } from '../../src/report/findings/gate.js'
import { renderGateJunit } from '../../src/report/junit-gate.js'
import { renderGateMarkdown } from '../../src/report/markdown-gate.js'
import { renderGateText } from '../../src/report/terminal-gate.js'
import type { GateResult } from '../../src/tune/gate.js'
import { aComparison } from '../builders/a-comparison.js'

const quality: Judged = {
  verdict: 'pass',
  because: 'limits',
  delta: -0.002,
  limits: [-0.006, 0.002],
  bound: -0.01,
  knownShare: 1,
  neededRequests: null,
}
const cost: GateResult['cost'] = {
  ...quality,
  delta: -0.3,
  limits: [-0.35, -0.25],
  bound: 0,
  unit: 'share',
}

function aReport(parts: Partial<GateResult> = {}): GateReport {
  const result: GateResult = {
    verdict: 'pass',
    quality,
    cost,
    neededRequests: null,
    candidate: { policyId: 'new', contentHash: 'sha256:1', quality: 0.898, meanCostUsd: 0.007 },
    incumbent: { policyId: 'old', contentHash: 'sha256:2', quality: 0.9, meanCostUsd: 0.01 },
    maxQualityDrop: 0.01,
    maxCostRise: 0,
    requests: 5000,
    resampling: { unit: 'sessions', units: 800, note: null },
    qualityBounds: [-0.002, -0.002],
    offTrajectory: false,
    chosenOnThisLog: undefined,
    unservedQuality: { candidate: 0, incumbent: 0 },
    ...parts,
  }
  return { log: { ...aComparison().log, arrivals: 'logged' }, result, filters: [], seed: 1 }
}

const reason = (parts: Partial<GateResult>): string => gateReason(aReport(parts)).replaceAll('\u00a0', ' ')

describe('the reason of a gate', () => {
  it('is one sentence of what the verdict stands on', () => {
    expect(reason({})).toBe(
      'PASS: quality changes by −0.20 points, at worst −0.60 points, where a drop of less than 1.00 points is allowed, and cost changes by −30.00 %, at most −25.00 %, where no rise is allowed.',
    )
    const dearer = { ...cost, verdict: 'fail', delta: 0.2, limits: [0.1, 0.3] } as const
    expect(reason({ verdict: 'fail', cost: dearer })).toBe(
      'FAIL: cost changes by +20.00 %, at least +10.00 %, where no rise is allowed.',
    )
    const open = { ...quality, verdict: 'inconclusive', limits: [-0.014, 0.01] } as const
    expect(reason({ verdict: 'inconclusive', quality: open, neededRequests: 9000 })).toBe(
      'INCONCLUSIVE: quality changes by −0.20 points, at worst −1.40 points, where a drop of less than 1.00 points is allowed; about 9,000 requests like these (here 5,000) would settle it in 80 % of cases if the differences stay as they are.',
    )
  })

  it('never rounds a limit onto its bound', () => {
    const close = { ...quality, verdict: 'inconclusive', limits: [-0.01002, 0.001] } as const
    expect(reason({ verdict: 'inconclusive', quality: close })).toContain('at worst −1.0020 points')
  })

  it('says so where the sessions of the log are not those of the policies', () => {
    const none = {
      ...quality,
      verdict: 'inconclusive',
      because: 'unknown',
      delta: null,
      limits: null,
    } as const
    const candidate = { ...aReport().result.candidate, offTrajectoryShare: 0.3 }
    const text = reason({ verdict: 'inconclusive', quality: none, offTrajectory: true, candidate })
    expect(text).toContain(
      'quality is not identified, since 30.0 % of the requests come after one of their session that another model answered than in the log, and only 5 % may',
    )
    expect(text).toContain('sessionAffinity with mode pin')
  })

  it('names what is missing, and the way out', () => {
    const none = {
      ...quality,
      verdict: 'inconclusive',
      because: 'unknown',
      delta: null,
      limits: null,
      knownShare: 0.6,
    } as const
    expect(reason({ verdict: 'inconclusive', quality: none })).toMatch(
      /only 60\.0 % of the requests[^]*--complete-cases/,
    )
    const report = aReport({ verdict: 'inconclusive', quality: { ...none, knownShare: 0 } })
    const costOnly = { ...report, log: { ...report.log, evidence: 'cost-only' as const } }
    expect(gateReason(costOnly)).toMatch(/quality cannot be gated[^]*no quality at all[^]*--quality/)
    const estimated = { ...cost, verdict: 'inconclusive', because: 'estimated', limits: null } as const
    expect(reason({ verdict: 'inconclusive', cost: estimated })).toContain('--prices')
    const few = { ...quality, verdict: 'inconclusive', because: 'fewUnits', limits: null } as const
    const windows = { unit: 'windows', units: 7, note: 'only 7 windows' }
    expect(reason({ verdict: 'inconclusive', quality: few, resampling: windows })).toContain(
      'only 7 windows can be told apart and 10 are needed',
    )
  })

  it('says where the policies are one', () => {
    const same = { ...quality, because: 'samePolicy', delta: 0 } as const
    expect(reason({ quality: same, cost: { ...cost, because: 'samePolicy', delta: 0 } })).toContain(
      'decide by the same rules',
    )
  })
})

describe('the warnings of a gate', () => {
  it('tell of a candidate that was chosen on this log, of unknown answers, and of another worth of no answer', () => {
    expect(gateWarnings(aReport())).toEqual([])
    const untimed = { ...aReport(), log: { ...aReport().log, arrivals: 'synthetic' as const } }
    expect(gateWarnings(untimed).join()).toContain('arrivals are synthetic')
    const warned = gateWarnings(
      aReport({
        chosenOnThisLog: ['This policy was chosen on this log.'],
        quality: { ...quality, knownShare: 0.97 },
        qualityBounds: [-0.03, 0.03],
        unservedQuality: { candidate: 0.5, incumbent: 0 },
      }),
    )
    expect(warned.join('\n')).toMatch(
      /chosen on this log[^]*a newer log[^]*97\.0[^]*−3\.00 points and \+3\.00 points[^]*the incumbent’s holds/,
    )
  })
})

describe('the reports of a gate', () => {
  it('begin with the reason in a terminal', () => {
    const text = renderGateText(aReport(), { width: 200, color: false })
    expect(text).toMatch(/^PASS: quality changes by/)
    expect(text).toMatch(
      /^cost a request +\$0\.010 +\$0\.0070 +−30\.00 % +−35\.00 % to −25\.00 % +below 0 +pass$/m,
    )
    expect(text).toContain('800 sessions as what varies')
  })

  it('let no name out of a file draw Markdown or XML', () => {
    const hostile = { ...aReport().result.candidate, policyId: '|<img src=x>[a](http://b)`*' }
    const markdown = renderGateMarkdown(aReport({ candidate: hostile }))
    expect(markdown).toContain('### Tollgate: \\|\\<img src=x\\>\\[a\\](http://b)\\`\\* against old')
    const rows = markdown.split('\n').filter((line) => line.startsWith('| '))
    expect(rows).toHaveLength(4)
    expect(new Set(rows.map((line) => line.split(/(?<!\\)\|/).length))).toEqual(new Set([9]))
    const xml = renderGateJunit(aReport({ candidate: hostile }))
    expect(xml).toContain('name="tollgate gate: |&lt;img src=x&gt;[a](http://b)`* against old"')
  })

  it('show an open check as an error, so that it is no pass', () => {
    const open = { ...quality, verdict: 'inconclusive' } as const
    const xml = renderGateJunit(aReport({ verdict: 'inconclusive', quality: open }))
    expect(xml).toMatch(/tests="2" failures="0" errors="1"/)
    expect(xml).toMatch(/<testcase [^>]*name="quality">\s*<error type="error" message="INCONCLUSIVE: /)
  })
})
