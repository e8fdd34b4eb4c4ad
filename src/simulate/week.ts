import type { LogRecord } from '../core/log-record.js'
import { drawSessionStart, WEEK_LENGTH, WEEK_START } from './calendar.js'
import { latentDifficulty, requiredTier, visibleDifficulty } from './difficulty.js'
import { FRONTIER } from './models.js'
import { drawOutcomes } from './outcomes.js'
import { createPopulation, shareOut, type Person } from './population.js'
import { streamFor } from './sampling.js'
import { writeSession, type Asked } from './session.js'
import { TASKS } from './tasks.js'

export interface WeekOptions {
  readonly seed: number
  readonly requests: number
  /** The runtime's own counter, passed in since its ranks are data. */
  readonly countTokens: (text: string) => number
}

/** A line of the log, and beside it what nobody could have logged. */
export interface SimulatedRequest {
  readonly record: LogRecord
  readonly truth: { readonly difficulty: number; readonly requiredTier: number }
}

interface Arrival {
  readonly at: number
  readonly person: Person
  readonly session: string
  readonly asked: Asked
}

/** A coding assistant's week in order of arrival: the same bytes for the same options, on every machine. */
export function* simulateWeek(options: WeekOptions): Iterable<SimulatedRequest> {
  const people = createPopulation(options.seed)
  const counts = shareOut(options.requests, people)
  const arrivals = people.flatMap((person, i) => personsWeek(options.seed, person, counts[i] ?? 0))
  arrivals.sort((a, b) => a.at - b.at || (a.session < b.session ? -1 : 1))
  const width = String(arrivals.length).length
  let number = 0
  for (const arrival of arrivals) {
    number += 1
    yield request(options, `cw-${String(number).padStart(width, '0')}`, arrival)
  }
}

function personsWeek(seed: number, person: Person, requests: number): Arrival[] {
  const arrivals: Arrival[] = []
  for (let sitting = 1; arrivals.length < requests; sitting++) {
    const session = `${person.org}-${person.user}-${sitting}`
    const random = streamFor(seed, session, 'session')
    const asked = writeSession(random, person, requests - arrivals.length)
    const lastsMs = (asked.at(-1)?.offsetMs ?? 0) + 1
    const start = Math.min(
      drawSessionStart(random, person.utcOffsetHours, person.batch),
      WEEK_LENGTH - lastsMs,
    )
    for (const one of asked)
      arrivals.push({ at: WEEK_START + start + one.offsetMs, person, session, asked: one })
  }
  return arrivals
}

function request(
  options: WeekOptions,
  id: string,
  { at, person, session, asked }: Arrival,
): SimulatedRequest {
  const random = streamFor(options.seed, `${session}@${at}`, 'outcome')
  const promptTokens = asked.messages.reduce(
    (sum, message) => sum + options.countTokens(String(message.content)),
    0,
  )
  const visible = visibleDifficulty({
    base: asked.base,
    textWeight: asked.textWeight,
    subjectComplexity: asked.domain.complexity,
    language: asked.snippet.language,
    promptTokens,
  })
  const difficulty = latentDifficulty(random, visible)
  const outcomes = drawOutcomes(random, { task: asked.task, difficulty, promptTokens })
  const [first] = asked.messages
  const text =
    asked.messages.length === 1 && first ? { prompt: String(first.content) } : { messages: asked.messages }
  const record: LogRecord = {
    id,
    at,
    scope: { org: person.org, team: person.team, user: person.user, session },
    priority: asked.priority,
    ...text,
    maxOutputTokens: TASKS[asked.task].maxOutputTokens,
    ...(asked.needs.length > 0 ? { needs: asked.needs } : {}),
    task: asked.task,
    chosen: FRONTIER,
    propensity: 1,
    outcomes,
  }
  return { record, truth: { difficulty, requiredTier: requiredTier(difficulty) } }
}
