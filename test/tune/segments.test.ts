import { describe, expect, it } from 'vitest'
import { replay } from '../../src/replay/replay.js'
import { splitLog } from '../../src/tune/split.js'
import type { TuneOptions, TuneResult } from '../../src/tune/tune.js'
import { aText } from '../metrics/builders.js'
import { aPlantedLog, aTune, parsed } from './builders.js'

const planted = aPlantedLog(4000, 13)
/** As in the plant: of these the cheap model answers 20 %. */
const HARD = Array.from(planted.table.features[4]!, (trace, row) => {
  const keyword = planted.table.features[7]![row]!
  return 0.6 * trace + 0.4 * keyword > 0.6
})
const TABLE = { ...planted.table, task: aText(HARD.map((hard) => (hard ? 'hard' : 'easy'))) }
const tuneFor = (constraints: readonly string[], parts: Partial<TuneOptions> = {}): Promise<TuneResult> =>
  aTune(TABLE, { constraints, ...parts })

/** On the test part, by the policy's own replay. */
function hardQuality(result: TuneResult): number {
  const { steps } = replay(TABLE, parsed(result))
  const rows = splitLog(TABLE, 1).rows.test.filter((row) => HARD[row])
  return rows.reduce((sum, row) => sum + steps.quality[row]!, 0) / rows.length
}

describe('a constraint of a segment', () => {
  it('is kept there, where a constraint on all requests alone lets it go', async () => {
    const [all, segment] = [
      await tuneFor(['quality >= 0.75']),
      await tuneFor(['quality >= 0.75', 'quality[task=hard] >= 0.85']),
    ]
    if (all.kind === 'none' || segment.kind === 'none') throw new Error('nothing found')
    expect(hardQuality(all)).toBeLessThan(0.7)
    expect(hardQuality(segment)).toBeGreaterThan(0.82)
    expect(segment.tuning.heldOut.costUsd).toBeGreaterThan(all.tuning.heldOut.costUsd!)
    expect(segment.tuning.constraints).toContain('quality[task=hard] >= 0.85')
  })

  it('is held against the baseline on the same requests', async () => {
    const easy = await tuneFor(['quality[task=easy] >= baseline', 'quality[task=hard] >= 0.1'], {
      candidates: 5,
    })
    expect(JSON.stringify(easy)).toContain('quality[task=easy] >= baseline')
    const none = await tuneFor(['quality[task=hard] >= 1.2 * baseline'], { candidates: 5 })
    if (none.kind === 'tuned') throw new Error('found what cannot be')
    expect(none.because).toMatch(/quality\[task=hard\] >= 1\.2 \* baseline \(by 0\.(19|2)/)
  })

  it('needs enough of its requests in each part, and fields that the log has', async () => {
    await expect(tuneFor(['quality[task=none] >= 0.5'])).rejects.toThrow(
      '“quality[task=none] >= 0.5” would be judged on 0 requests of the tune part; 50 are needed in each part',
    )
    await expect(tuneFor(['quality[tsk=hard] >= 0.5'])).rejects.toThrow(/tsk/)
  })
})
