import { LANGUAGES, type Language } from './code/snippet-template.js'
import { DOMAINS, type Domain } from './domains.js'
import { chance, normal, pick, streamFor, zipf } from './sampling.js'
import { TASK_NAMES, type Task } from './tasks.js'

/** Who asks: organisations in different time zones, their teams, their people. Few of each do most of the asking. */
export interface Person {
  readonly org: string
  readonly team: string
  readonly user: string
  /** Expected share of all requests, before scaling. */
  readonly weight: number
  readonly utcOffsetHours: number
  readonly languages: readonly Language[]
  readonly domains: readonly Domain[]
  readonly casual: boolean
  /** How much more or less than others this person asks for each kind of task. */
  readonly taste: Readonly<Record<Task, number>>
  /** A nightly job that documents code in batches. */
  readonly batch: boolean
}

interface Organisation {
  readonly name: string
  readonly weight: number
  readonly utcOffsetHours: number
  readonly teams: readonly string[]
  readonly people: number
}

const ORGANISATIONS: readonly Organisation[] = [
  {
    name: 'northwind',
    weight: 1,
    utcOffsetHours: 1,
    teams: ['ide', 'payments', 'platform', 'data', 'mobile'],
    people: 46,
  },
  { name: 'acme', weight: 0.6, utcOffsetHours: -5, teams: ['web', 'billing', 'infra', 'search'], people: 34 },
  { name: 'kestrel', weight: 0.36, utcOffsetHours: -8, teams: ['core', 'growth', 'sre'], people: 22 },
  { name: 'banyan', weight: 0.24, utcOffsetHours: 5.5, teams: ['apps', 'backend', 'qa'], people: 20 },
  { name: 'sakura', weight: 0.14, utcOffsetHours: 9, teams: ['product', 'tools'], people: 10 },
  { name: 'lumen', weight: 0.07, utcOffsetHours: 0, teams: ['all'], people: 5 },
]

const BATCH_SHARE = 0.045

export function createPopulation(seed: number): readonly Person[] {
  const total = ORGANISATIONS.reduce((sum, org) => sum + org.weight, 0)
  return ORGANISATIONS.flatMap((org) => {
    const humans = Array.from({ length: org.people }, (_, rank) => createPerson(seed, org, rank))
    const sum = humans.reduce((all, person) => all + person.weight, 0)
    const scaled = humans.map((person) => ({
      ...person,
      weight: ((person.weight / sum) * org.weight) / total,
    }))
    return org.weight < 0.2 ? scaled : [...scaled, createBatch(seed, org, (org.weight / total) * BATCH_SHARE)]
  })
}

function createPerson(seed: number, org: Organisation, rank: number): Person {
  const user = `${org.name.charAt(0)}${String(rank + 1).padStart(2, '0')}`
  const random = streamFor(seed, `${org.name}/${user}`, 'person')
  const team = org.teams[Math.floor(random.next() ** 1.6 * org.teams.length)] ?? 'all'
  return {
    org: org.name,
    team,
    user,
    weight: zipf(rank, 0.85) * Math.exp(0.25 * normal(random)),
    utcOffsetHours: org.utcOffsetHours,
    ...teamsWork(seed, org.name, team),
    casual: chance(random, 0.45),
    taste: Object.fromEntries(TASK_NAMES.map((task) => [task, Math.exp(0.45 * normal(random))])) as Record<
      Task,
      number
    >,
    batch: false,
  }
}

/** A team shares its code: two languages, the first of them most of the time, and three subjects. */
function teamsWork(seed: number, org: string, team: string): Pick<Person, 'languages' | 'domains'> {
  const random = streamFor(seed, `${org}/${team}`, 'work')
  const main = pick(random, [...LANGUAGES, 'python', 'typescript', 'typescript'] as const)
  const side = pick(random, LANGUAGES)
  return { languages: [main, main, main, side], domains: [0, 1, 2].map(() => pick(random, DOMAINS)) }
}

function createBatch(seed: number, org: Organisation, weight: number): Person {
  const team = org.teams[0] ?? 'all'
  const only = (task: Task): number => (task === 'docstring' ? 1 : 0)
  return {
    org: org.name,
    team,
    user: 'docs-bot',
    weight,
    utcOffsetHours: org.utcOffsetHours,
    ...teamsWork(seed, org.name, team),
    casual: false,
    taste: Object.fromEntries(TASK_NAMES.map((task) => [task, only(task)])) as Record<Task, number>,
    batch: true,
  }
}

/** How many of the requests each person makes: shares rounded so that they sum to the whole. */
export function shareOut(requests: number, people: readonly Person[]): readonly number[] {
  const total = people.reduce((sum, person) => sum + person.weight, 0)
  let given = 0
  let weightSoFar = 0
  return people.map((person) => {
    weightSoFar += person.weight
    const until = Math.round((weightSoFar / total) * requests)
    const count = until - given
    given = until
    return count
  })
}
