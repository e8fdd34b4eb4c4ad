import { describe, expect, it } from 'vitest'
import { pace } from '../../src/cli/progress-pace.js'
import { wantsColour } from '../../src/cli/terminal.js'

describe('colours', () => {
  it.each([
    [{}, true, true],
    [{}, false, false],
    [{ TERM: 'dumb' }, true, false],
    [{ NO_COLOR: '1' }, true, false],
    [{ NO_COLOR: '' }, true, true],
    [{ FORCE_COLOR: '1' }, false, true],
    [{ FORCE_COLOR: '3', TERM: 'dumb' }, false, true],
    [{ FORCE_COLOR: '0' }, true, false],
    [{ FORCE_COLOR: 'false' }, true, false],
    [{ FORCE_COLOR: '' }, true, true],
    [{ NO_COLOR: '1', FORCE_COLOR: '1' }, true, false],
  ])('%j on a terminal: %j, then %j', (environment, isTerminal, wanted) => {
    expect(wantsColour(environment, isTerminal)).toBe(wanted)
  })
})

describe('the pace of a progress bar', () => {
  it.each([
    [0, 5, 5000, 'things', ''],
    [10, 5, 100, 'things', ''],
    [20_000, 60_000, 2000, 'things', ' · 10,000/s · 6 s left'],
    [25, 0, 2000, 'things', ' · 12.5/s · 0 s left'],
    [3, 300, 2000, 'things', ' · 1.5/s · 3 min left'],
    [2, 2000, 9000, 'things', ' · 4.5 s each · 2 h 30 min left'],
    [12_345_678, 24_691_356, 1000, 'bytes', ' · 12.3 MB/s · 2 s left'],
  ] as const)('%d done and %d left in %d ms of %s is %j', (done, left, elapsedMs, unit, text) => {
    expect(pace({ done, left, elapsedMs }, unit)).toBe(text)
  })
})
