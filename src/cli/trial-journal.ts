import { appendFileSync, existsSync, readFileSync, rmSync } from 'node:fs'
import { InputError } from '../core/errors.js'
import { writeFileAtomic } from '../report/write-file.js'
import { keyOf } from '../tune/queue.js'
import type { Attempt, OpenTrials, Reached } from '../tune/trial.js'

export interface Journal {
  readonly path: string
  /** Whatever makes the same attempt reach something else: log, policy, constraints, split, what is searched. */
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
  const known = new Map(kept.map(({ attempt, reached }) => [keyOf(attempt), reached]))
  return {
    known: known.size,
    openTrials: (input) => {
      // Also where it goes on: the next line would be written behind one that a crash broke off.
      writeFileAtomic(path, `${headOf(of)}\n${kept.map(lineOf).join('')}`)
      const trials = open(input)
      return {
        ...trials,
        async attempt(attempt) {
          const before = known.get(keyOf(attempt))
          if (before !== undefined) return before
          const reached = await trials.attempt(attempt)
          appendFileSync(path, lineOf({ attempt, reached }))
          return reached
        },
      }
    },
    remove: () => rmSync(path, { force: true }),
  }
}

interface Entry {
  readonly attempt: Attempt
  readonly reached: Reached
}

function headOf(of: string): string {
  return JSON.stringify({ trials: 2, of })
}

/** Numbers as text: JSON has neither infinity nor NaN. */
function lineOf({ attempt: { shape, slice, knobs }, reached }: Entry): string {
  const numbers = FIELDS.map((field) => String(reached[field]))
  return `${JSON.stringify({ shape, slice, knobs, reached: numbers })}\n`
}

const FIELDS = ['loss', 'slack', 'aimed', 'roomy', 'costUsd', 'quality'] as const
/** Means may be unknown. */
const MUST_BE_KNOWN = 4

/** A last line without its end was being written when the search was killed: that candidate is tried again. */
function readJournal(path: string, of: string): readonly Entry[] {
  const [head = '', ...lines] = readFileSync(path, 'utf8').split('\n').slice(0, -1)
  const wayOut = 'Leave --resume out to begin anew.'
  if (head !== headOf(of))
    throw new InputError(
      `${path} is of another search: the log, the policies, the baseline, the constraints, what is searched, the seed or the version differ. ${wayOut}`,
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
    const { reached, ...attempt } = JSON.parse(line) as Attempt & { readonly reached: string[] }
    const numbers = reached.map(Number)
    if (numbers.length !== FIELDS.length || numbers.slice(0, MUST_BE_KNOWN).some(Number.isNaN))
      return undefined
    const [loss = NaN, slack = NaN, aimed = NaN, roomy = NaN, costUsd = NaN, quality = NaN] = numbers
    return { attempt, reached: { loss, slack, aimed, roomy, costUsd, quality } }
  } catch {
    return undefined
  }
}
