import { InputError } from '../core/errors.js'
import type { Point } from '../metrics/result.js'
import { unpackReplayable } from '../replay/packed/replayable.js'
import { knobsOf } from './knobs/index.js'
import type { Answer, Question, Scene } from './messages.js'
import { policyDownload } from './policy-download.js'
import { unmoved, type Move } from './move.js'
import { createSession, type Session } from './session.js'

/** As the command line draws them: 95 % limits move little with more. */
const REPLICATES = 1000

export interface Answering {
  answer(question: Exclude<Question, { kind: 'open' }>): Promise<void>
}

/** What a worker needs of its surroundings. */
export interface AnsweringHost {
  tell(answer: Answer): void
  /** Milliseconds on a clock that only differences are taken of. */
  readonly now: () => number
  /** Lets messages in; between two steps of long work. */
  readonly breathe: () => Promise<void>
  /** Whether a newer question came in. */
  readonly isStale: (number: number) => boolean
}

/** Opens a comparison, tells what is in it, and then answers questions about policies like its own. */
export function createAnswering(bytes: Uint8Array, host: AnsweringHost): Answering {
  const session = createSession(unpackReplayable(bytes))
  host.tell(opened(session))
  return {
    async answer(question) {
      const { number } = question
      try {
        await reply(session, question, host)
      } catch (error) {
        if (!(error instanceof InputError)) throw error
        const because = error.issues.map(({ path, message }) => `${path}: ${message}`)
        host.tell({ kind: 'refused', number, because: because.length === 0 ? [error.message] : because })
      }
    },
  }
}

async function reply(
  session: Session,
  question: Exclude<Question, { kind: 'open' }>,
  host: AnsweringHost,
): Promise<void> {
  const { number, kind } = question
  switch (kind) {
    case 'figures': {
      const { move } = question
      const before = session.figures(unmoved(move))
      const started = host.now()
      const after = session.figures(move)
      return host.tell({ kind, number, policy: move.policy, before, after, tookMs: host.now() - started })
    }
    case 'file':
      return host.tell({ kind, number, file: policyDownload(session, question.move) })
    case 'scene':
      return host.tell({ kind, number, scene: await sceneOf(session, host) })
    case 'follow':
      return follow(session, question, host)
  }
}

function opened({ replayable: { table, offered, policies, settings } }: Session): Answer {
  const { at, size } = table
  const { qualityUnit = 'request' } = settings
  return {
    kind: 'opened',
    log: { requests: size, offered, from: at[0] ?? 0, to: at[size - 1] ?? 0, qualityUnit },
    policies: policies.map(({ file, lacks }) => ({ policyId: file.policyId, groups: knobsOf(file), lacks })),
  }
}

async function sceneOf(session: Session, { breathe }: AnsweringHost): Promise<Scene> {
  const policies: (Point | null)[] = []
  for (const [policy, { lacks }] of session.replayable.policies.entries()) {
    // One that draws by ids that are not here would draw other lots than it did.
    policies.push(lacks === 'ids' ? null : pointOrNull(session, policy))
    await breathe()
  }
  return { ...session.singles(), policies }
}

/** A policy that this log cannot be replayed under has no point. */
function pointOrNull(session: Session, policy: number): Point | null {
  try {
    return session.point(unmoved({ policy }))
  } catch (error) {
    if (error instanceof InputError) return null
    throw error
  }
}

/** Intervals first, since they say whether the figures mean anything; then point after point of the sweep. */
async function follow(
  session: Session,
  { number, move, knob }: Extract<Question, { kind: 'follow' }>,
  host: AnsweringHost,
): Promise<void> {
  const before = session.compared(unmoved(move), REPLICATES)
  await host.breathe()
  if (host.isStale(number)) return
  host.tell({ kind: 'compared', number, before, after: session.compared(move, REPLICATES) })
  const points: Point[] = []
  for (const value of knob?.values ?? []) {
    await host.breathe()
    if (host.isStale(number)) return
    const point = pointAt(session, { ...move, moved: { ...move.moved, [knob?.id ?? '']: value } })
    if (point === null) continue
    points.push({ ...point, label: String(value) })
    host.tell({ kind: 'swept', number, points: [...points] })
  }
}

/** Some values of a knob may make no policy: the sweep passes over them. */
function pointAt(session: Session, move: Move): Point | null {
  try {
    return session.point(move)
  } catch (error) {
    if (error instanceof InputError) return null
    throw error
  }
}
