import { appendFileSync, existsSync, readFileSync, rmSync } from 'node:fs'
import { InputError } from '../core/errors.js'
import { writeFileAtomic } from '../report/write-file.js'
import type { Knobs } from '../tune/knobs.js'
import type { OpenTrials, Reached } from '../tune/trial.js'

export interface Journal {
  readonly path: string
  /** Whatever makes the same knobs reach something else: log, policy, constraints, split. */
  readonly of: string
  /** Go on from what the file holds; else it is begun anew. */
  readonly resume: boolean
}

export interface JournaledTrials {
  readonly openTrials: OpenTrials
  /** Candidates that the journal held already. */
  readonly known: number
  /** When all is done: nothing is left to resume. */
  remove(): void
}

/**
 * Keeps what each candidate reached in a file beside the policy, a line each, so that a search that was stopped goes on where
 * it was: a search of the same seed asks for the same candidates, and finds them there.
 * @throws InputError where the file to go on from is of another search.
 */
export function journaledTrials(open: OpenTrials, { path, of, resume }: Journal): JournaledTrials {
  const kept = resume && existsSync(path) ? readJournal(path, of) : []
  const known = new Map(kept.map(({ knobs, reached }) => [JSON.stringify(knobs), reached]))
  return {
    known: known.size,
    openTrials: (input) => {
      // Also where it goes on: the next line would be written behind one that a crash broke off.
      writeFileAtomic(path, `${headOf(of)}\n${kept.map(lineOf).join('')}`)
      const { tryKnobs, close } = open(input)
      return {
        close,
        async tryKnobs(knobs) {
          const key = JSON.stringify(knobs)
          const before = known.get(key)
          if (before !== undefined) return before
          const reached = await tryKnobs(knobs)
          appendFileSync(path, lineOf({ knobs, reached }))
          return reached
        },
      }
    },
    remove: () => rmSync(path, { force: true }),
  }
}

interface Entry {
  readonly knobs: Knobs
  readonly reached: Reached
}

function headOf(of: string): string {
  return JSON.stringify({ trials: 1, of })
}

/** Numbers as text: JSON has no infinity. */
function lineOf({ knobs, reached: { loss, slack, aimed, roomy } }: Entry): string {
  return `${JSON.stringify({ knobs, reached: [loss, slack, aimed, roomy].map(String) })}\n`
}

/** A last line without its end was being written when the search was killed: that candidate is tried again. */
function readJournal(path: string, of: string): readonly Entry[] {
  const [head = '', ...lines] = readFileSync(path, 'utf8').split('\n').slice(0, -1)
  const wayOut = 'Leave --resume out to begin anew.'
  if (head !== headOf(of))
    throw new InputError(
      `${path} is of another search: the log, the policy, its baseline, the constraints, the seed or the version differ. ${wayOut}`,
    )
  return lines.map((line, index) => {
    const entry = entryOf(line)
    if (entry === undefined)
      throw new InputError(`${path}, line ${index + 2}: not what a search writes. ${wayOut}`)
    return entry
  })
}

function entryOf(line: string): Entry | undefined {
  try {
    const { knobs, reached } = JSON.parse(line) as { readonly knobs: Knobs; readonly reached: string[] }
    const [loss = NaN, slack = NaN, aimed = NaN, roomy = NaN] = reached.map(Number)
    if ([loss, slack, aimed, roomy].some(Number.isNaN)) return undefined
    return { knobs, reached: { loss, slack, aimed, roomy } }
  } catch {
    return undefined
  }
}
