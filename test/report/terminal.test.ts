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
