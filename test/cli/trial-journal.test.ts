import { appendFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { InputError } from '../../src/core/errors.js'
import { journaledTrials } from '../../src/cli/trial-journal.js'
import { trialsHere, type OpenTrials } from '../../src/tune/trial.js'
import { aPlantedLog, aTune } from '../tune/builders.js'

const folder = mkdtempSync(join(tmpdir(), 'tollgate-journal-'))
const path = join(folder, 'tuned.json.trials.jsonl')
const { table } = aPlantedLog(1500, 5)
const CANDIDATES = 40
const HEAD = JSON.stringify({ trials: 2, of: 'this' })

afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Trials that count how many were really tried. */
function counted(): { readonly openTrials: OpenTrials; readonly tried: () => number } {
  let tried = 0
  return {
    tried: () => tried,
    openTrials: (input) => {
      const trials = trialsHere(input)
      return { ...trials, attempt: (one) => (tried++, trials.attempt(one)) }
    },
  }
}

describe('the journal of a search', () => {
  it('lets one that was stopped go on where it was, to the same end', async () => {
    const whole = await aTune(table, { candidates: CANDIDATES })
    const controller = new AbortController()
    const first = counted()
    const begun = journaledTrials(first.openTrials, { path, of: 'this', resume: false })
    const stopped = await aTune(table, {
      candidates: CANDIDATES,
      openTrials: begun.openTrials,
      signal: controller.signal,
      onProgress: (done) => {
        if (done === 15) controller.abort()
      },
    })
    const tried = first.tried()
    expect(tried).toBeGreaterThanOrEqual(15)
    expect(tried).toBeLessThan(CANDIDATES)
    expect(stopped.kind === 'none' ? stopped.candidates : stopped.tuning.candidates).toBe(tried)

    appendFileSync(path, '{"shape":0,"slice":0,"knobs":{"weig')
    const second = counted()
    const resumed = journaledTrials(second.openTrials, { path, of: 'this', resume: true })
    expect(resumed.known).toBe(tried)
    const result = await aTune(table, { candidates: CANDIDATES, openTrials: resumed.openTrials })
    expect(JSON.stringify(result)).toBe(JSON.stringify(whole))
    expect(second.tried()).toBe(CANDIDATES - tried)

    const third = counted()
    const again = journaledTrials(third.openTrials, { path, of: 'this', resume: true })
    expect(await aTune(table, { candidates: CANDIDATES, openTrials: again.openTrials })).toEqual(result)
    expect(third.tried()).toBe(0)
    again.remove()
    expect(existsSync(path)).toBe(false)
  })

  it('is of one search: another is refused, and without resume begun anew', async () => {
    writeFileSync(path, `${HEAD}\n`)
    const open = (resume: boolean) => journaledTrials(trialsHere, { path, of: 'another', resume })
    expect(() => open(true)).toThrow(InputError)
    expect(() => open(true)).toThrow('is of another search')
    await aTune(table, { candidates: 1, openTrials: open(false).openTrials })
    expect(open(true).known).toBe(1)
    rmSync(path)
    expect(open(true).known).toBe(0)
    expect(existsSync(path)).toBe(false)
  })

  it('names the line that no search writes', () => {
    const good =
      '{"shape":0,"slice":0,"knobs":{},"reached":["1","-Infinity","-Infinity","Infinity","1","NaN"]}\n'
    writeFileSync(path, `${HEAD}\n${good}{"shape":0,"slice":0,"knobs":{},"reached":["1"]}\n`)
    const open = () => journaledTrials(trialsHere, { path, of: 'this', resume: true })
    expect(open).toThrow(/line 3: not what a search writes/)
  })
})
