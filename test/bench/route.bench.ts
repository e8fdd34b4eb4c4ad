import { performance } from 'node:perf_hooks'
import { Router as NearestNeighbours } from '@metaharness/router'
import type { Decision } from '../../src/core/decision.js'
import type { TokenCounter } from '../../src/core/tokens/counter.js'
import { defaultCounter } from '../../src/router/default-counter.js'
import type { RouteRequest } from '../../src/router/route-request.js'
import { createRouter } from '../../src/router/router.js'
import type { Router } from '../../src/router/router-api.js'
import { aWeek, textOf } from '../simulate/a-week.js'
import { aPolicy } from './a-policy.js'
import { embed } from './embed.js'
import { median, quantile } from './timing.js'

const REQUESTS = 4000
const ROUNDS = 11
const PROMPT_UNITS = 600
const GOAL_MICROSECONDS = 50

/** Counts nothing: routing is timed beside token counting. */
const constantCounter: TokenCounter = { name: 'constant', count: () => 150 }

type Route = (index: number) => unknown

/**
 * `route` of the runtime router in microseconds a request: prompts of about 600 characters are read by the
 * heuristic, planned over four models and admitted by three pools of the memory store. Beside it the same with token
 * counting, and `route` of @metaharness/router, which predicts by its nearest labelled examples, on the same prompts
 * (embedded as hashed bags of words before the clock runs). Contestants take turns.
 */
export async function bench(): Promise<void> {
  const prompts = somePrompts()
  const contestants: readonly Contestant[] = [
    await ours('tollgate, beside token counting', prompts, constantCounter),
    await ours('tollgate, with o200k_base', prompts, defaultCounter()),
    metaharness(200, prompts),
    metaharness(1000, prompts),
  ]
  const rounds: (readonly number[])[][] = contestants.map(() => [])
  for (let turn = 0; turn <= ROUNDS; turn++) {
    for (const [index, contestant] of contestants.entries()) {
      const times = await round(contestant)
      if (turn > 0) rounds[index]?.push(times)
    }
  }
  console.log(
    `route, ${REQUESTS.toLocaleString('en-US')} prompts of ${PROMPT_UNITS} characters a round, medians of ${ROUNDS} rounds; microseconds a request`,
  )
  const base = quantileOf(rounds[0] ?? [], 0.5)
  contestants.forEach(({ name }, index) => {
    const times = rounds[index] ?? []
    const p50 = quantileOf(times, 0.5)
    const quietest = Math.min(...times.map((round) => quantile(round, 0.99)))
    const goal = index === 0 ? ` (goal: p99 below ${GOAL_MICROSECONDS})` : ''
    console.log(
      `  ${name.padEnd(36)} p50 ${p50.toFixed(1)} (${(p50 / base).toFixed(1)}x)  p99 ${quantileOf(times, 0.99).toFixed(1)}, in the quietest round ${quietest.toFixed(1)}${goal}`,
    )
  })
}

/** The median over rounds of each round's quantile: other programs that take the processor spoil a round, not the figure. */
function quantileOf(rounds: readonly (readonly number[])[], share: number): number {
  return median(rounds.map((times) => quantile(times, share)))
}

interface Contestant {
  readonly name: string
  readonly route: Route
  /** Before each round, outside the clock: ours begins with an empty ledger. */
  readonly prepare: () => Promise<void>
  /** After each request, outside the clock too: ours settles, so that the ledger is that of a router at work. */
  readonly end: (decision: unknown) => Promise<unknown>
}

async function round({ route, prepare, end }: Contestant): Promise<readonly number[]> {
  await prepare()
  const times: number[] = []
  for (let index = 0; index < REQUESTS; index++) {
    const started = performance.now()
    const decision = await route(index)
    times.push((performance.now() - started) * 1000)
    await end(decision)
  }
  return times
}

async function ours(name: string, prompts: readonly string[], counter: TokenCounter): Promise<Contestant> {
  const requests = prompts.map((prompt, index): RouteRequest => ({
    prompt,
    scope: { org: `org-${index % 6}`, user: `user-${index % 300}`, session: `session-${index % 900}` },
    maxOutputTokens: 1024,
  }))
  let router: Router | undefined
  const usage = { inputTokens: 160, outputTokens: 220 }
  return {
    name,
    prepare: async () => void (router = await createRouter(aPolicy('lax'), { counter })),
    route: (index) => router!.route(requests[index]!),
    end: (decision) => router!.settle((decision as Decision).id, usage),
  }
}

function metaharness(examples: number, prompts: readonly string[]): Contestant {
  const { models } = aPolicy('lax')
  const embeddings = prompts.map(embed)
  const rows = embeddings.slice(0, examples).map((embedding, row) => ({
    embedding,
    scores: Object.fromEntries(
      models.map(({ id, tier }) => [id, (row % 10) / 10 < 0.5 + 0.2 * tier ? 1 : 0]),
    ),
  }))
  const prices = Object.fromEntries(models.map(({ id, prices }) => [id, (prices?.outputPico ?? 0) / 1e6]))
  const router = NearestNeighbours.fromExamples(rows, prices, { qualityBar: 0.8 })
  return {
    name: `@metaharness/router, ${examples} examples`,
    prepare: async () => undefined,
    route: (index) => router.route(embeddings[index]!),
    end: async () => undefined,
  }
}

/** Prompts of the simulated week, joined and cut so that each has the same length. */
function somePrompts(): string[] {
  const texts = aWeek(REQUESTS).map(textOf)
  return texts.map((text, index) => {
    let prompt = text
    for (let next = index + 1; prompt.length < PROMPT_UNITS; next++)
      prompt += `\n${texts[next % texts.length]!}`
    return prompt.slice(0, PROMPT_UNITS)
  })
}
