import type { Message, Priority } from '../core/request.js'
import type { Random } from '../core/random.js'
import { writeSnippet, type Snippet } from './code/snippet.js'
import type { Domain } from './domains.js'
import type { Person } from './population.js'
import { answerStub, followUp, furtherQuestion } from './prompts/follow-up.js'
import type { Writing } from './prompts/writing.js'
import { between, chance, normal, pick, pickWeighted } from './sampling.js'
import { TASK_NAMES, TASKS, type Task } from './tasks.js'

/** One request as it is asked, before anybody knows how it goes. */
export interface Asked {
  readonly offsetMs: number
  readonly task: Task
  readonly messages: readonly Message[]
  readonly snippet: Snippet
  readonly domain: Domain
  readonly base: number
  readonly textWeight: number
  readonly priority: Priority
  readonly needs: readonly string[]
}

const FOLLOW_UP: Readonly<Record<Task, number>> = {
  completion: 0.02,
  docstring: 0.05,
  'import-fix': 0.15,
  rename: 0.06,
  explain: 0.28,
  'test-writing': 0.28,
  refactor: 0.34,
  debug: 0.45,
  design: 0.5,
}
/** A later turn starts nearly as hard as the turn before it. */
const CARRY = 0.95
const SAME_CODE = 0.6
const INCIDENT = 0.012
const MEDIAN_GAP_MS = 38_000
const BATCH_GAP_MS = 4_000

/** A sitting: somebody works on a few pieces of code and asks about them, sometimes in several turns. */
export function writeSession(random: Random, person: Person, atMost: number): readonly Asked[] {
  const language = pick(random, person.languages)
  const domain = pick(random, person.domains)
  const incident = !person.batch && chance(random, INCIDENT)
  const length = Math.min(atMost, drawLength(random, person.batch))
  const asked: Asked[] = []
  let snippet = writeSnippet(random, language, domain)
  let offsetMs = 0
  while (asked.length < length) {
    const previous = asked.at(-1)
    offsetMs += previous === undefined ? 0 : drawGap(random, person.batch)
    if (previous !== undefined && !person.batch && continues(random, previous)) {
      asked.push({ ...nextTurn(random, person, previous), offsetMs })
      continue
    }
    if (person.batch || !chance(random, SAME_CODE)) snippet = writeSnippet(random, language, domain)
    asked.push({
      ...firstTurn({ random, domain, snippet, casual: person.casual, batch: person.batch }, person, incident),
      offsetMs,
    })
  }
  return asked
}

/** Heavy-tailed: most sittings are short, a few last all morning. */
function drawLength(random: Random, batch: boolean): number {
  return batch
    ? between(random, 20, 60)
    : Math.max(1, Math.min(60, Math.round(6 * Math.exp(0.85 * normal(random)))))
}

function drawGap(random: Random, batch: boolean): number {
  return Math.round((batch ? BATCH_GAP_MS : MEDIAN_GAP_MS) * Math.exp((batch ? 0.3 : 0.9) * normal(random)))
}

function continues(random: Random, previous: Asked): boolean {
  return previous.messages.length < 7 && chance(random, FOLLOW_UP[previous.task])
}

function firstTurn(writing: Writing, person: Person, incident: boolean): Omit<Asked, 'offsetMs'> {
  const { random } = writing
  const urge = (task: Task): number =>
    TASKS[task].share * person.taste[task] * (incident && task === 'debug' ? 40 : 1)
  const task = pickWeighted(random, TASK_NAMES, urge)
  const { base, toolsShare, jsonShare, write } = TASKS[task]
  const { text, weight } = write(writing)
  const needs = [
    ...(chance(random, toolsShare) ? ['tools'] : []),
    ...(chance(random, jsonShare) ? ['jsonSchema'] : []),
  ]
  return {
    task,
    messages: [{ role: 'user', content: text }],
    snippet: writing.snippet,
    domain: writing.domain,
    base,
    textWeight: weight,
    priority: choosePriority(random, task, person, incident),
    needs,
  }
}

function nextTurn(random: Random, person: Person, previous: Asked): Omit<Asked, 'offsetMs'> {
  const { casual, batch } = person
  const writing = { random, domain: previous.domain, snippet: previous.snippet, casual, batch }
  const talk = previous.task === 'explain' || previous.task === 'design'
  const { text, weight } = talk ? furtherQuestion(writing) : followUp(writing)
  const answer = { role: 'assistant', content: answerStub(writing, talk) }
  return {
    ...previous,
    messages: [...previous.messages, answer, { role: 'user', content: text }],
    base: CARRY * previous.base,
    textWeight: CARRY * previous.textWeight + weight,
  }
}

function choosePriority(random: Random, task: Task, person: Person, incident: boolean): Priority {
  if (person.batch) return 'low'
  if (incident) return task === 'debug' && chance(random, 0.6) ? 'critical' : 'high'
  const roll = random.next()
  if (task === 'docstring') return roll < 0.3 ? 'low' : 'normal'
  if (task === 'debug' || task === 'design') return roll < 0.12 ? 'high' : 'normal'
  return roll < 0.02 ? 'high' : roll < 0.06 ? 'low' : 'normal'
}
