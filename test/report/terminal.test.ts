import { describe, expect, it } from 'vitest'
import { renderText } from '../../src/report/terminal.js'
import { renderTuneText } from '../../src/report/terminal-tune.js'
import { aComparison, aTuning, hostile, manyModels, unknowns } from '../builders/a-comparison.js'

describe('text of a comparison', () => {
  it.each([
    ['sample', aComparison],
    ['many', manyModels],
    ['unknowns', unknowns],
  ])('of %s reads as kept', async (name, make) => {
    await expect(renderText(make(), { width: 80, color: false })).toMatchFileSnapshot(`golden/${name}-80.txt`)
    await expect(renderText(make(), { width: 140, color: false })).toMatchFileSnapshot(
      `golden/${name}-140.txt`,
    )
  })

  it.each([aComparison, manyModels, unknowns])('fits 80 columns', (make) => {
    for (const line of renderText(make(), { width: 80, color: false }).split('\n')) {
      expect([...line].length).toBeLessThanOrEqual(80)
    }
  })

  it('says that faults were injected, and how many of each', () => {
    const faults = { aborted: 12, lost: 1, failed: 0, duplicated: 3, slow: 0, clockSteps: 2, unanswered: 7 }
    const comparison = aComparison()
    const runs = comparison.runs.map((run) => ({ ...run, faults }))
    const options = { width: 400, color: false }
    const text = renderText({ ...comparison, runs, faults: 'abort=0.1' }, options)
    expect(text).toContain('Faults were injected into every run (abort=0.1, seed 1): these are')
    expect(text).toContain(
      'heuristic-caps: injected 12 aborted calls, 1 lost settlement, 3 duplicated settlements and 2 clock steps; 7 requests got no answer.',
    )
    expect(text).toMatch(/offered +served +refused +unresolved +unanswered\n/)
    expect(renderText(comparison, options)).not.toMatch(/fault|unanswered/i)
  })

  it('says how many requests come after another model than the logged one', () => {
    const comparison = aComparison()
    const options = { width: 400, color: false }
    const off = (identification: 'recorded' | 'not identified'): string => {
      const runs = comparison.runs.map((run, index) => ({
        ...run,
        offTrajectoryShare: index === 0 ? 0 : 0.125,
        evidence: { ...run.evidence, identification },
      }))
      return renderText({ ...comparison, runs }, options)
    }
    expect(off('recorded')).toMatch(
      /Requests after another model than the logged one had answered in their session: 12.5 % with .*\. The recorded answers were given to the logged conversations: quality holds for these prompts\.\n/,
    )
    expect(off('not identified')).not.toContain('holds for these prompts')
    expect(renderText(comparison, options)).not.toContain('had answered in their session')
  })

  it('has colours only when asked', () => {
    const codes = /\u001b\[/
    expect(renderText(aComparison(), { width: 80, color: false })).not.toMatch(codes)
    expect(renderText(aComparison(), { width: 80, color: true })).toMatch(codes)
  })

  it('lets no name move the cursor, colour the screen or start a line', () => {
    const text = renderText(hostile(), { width: 80, color: false })
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/)
  })
})

describe('text of a tuning', () => {
  it('stands promised beside held out', async () => {
    await expect(renderTuneText(aTuning(), { width: 80, color: false })).toMatchFileSnapshot(
      'golden/tuning.txt',
    )
  })
  it('says unknown', () => {
    const { tuning } = unknowns()
    expect(tuning === null ? '' : renderTuneText(tuning, { width: 80, color: false })).toMatch(
      /quality unknown, cost per 1,000 requests unknown/,
    )
  })
})
