import { whyEstimated } from '../../core/cap-guarantee.js'
import { InputError, nearMiss } from '../../core/errors.js'
import { usd } from '../../core/money.js'
import type { Policy } from '../../core/policy.js'
import { loadPolicy, readPolicyFile } from '../../router/load-policy.js'
import type { RouteRequest } from '../../router/route-request.js'
import { createRouter } from '../../router/router.js'
import type { Trace } from '../../router/trace.js'
import { beyondOneCall } from '../beyond-one-call.js'
import { defineCommand, type Command } from '../command.js'
import { dollars } from '../format.js'
import { print, printJson } from '../output.js'
import { table } from '../table.js'

/** `tollgate explain`: one decision of a policy with fresh budgets, step by step. */
export const command: Command = defineCommand({
  options: (yargs) =>
    yargs
      .option('policy', {
        type: 'string',
        demandOption: true,
        requiresArg: true,
        describe: 'the policy file',
      })
      .option('prompt', { type: 'string', requiresArg: true, describe: 'the prompt to decide on' })
      .option('request', {
        type: 'string',
        requiresArg: true,
        describe: 'a JSON file with prompt or messages, scope, priority, maxOutputTokens, needs',
      })
      .check(({ prompt, request }) => {
        if ((prompt === undefined) !== (request === undefined)) return true
        throw new InputError('give either --prompt TEXT or --request FILE')
      }),
  async run(args) {
    const policy = await loadPolicy(args.policy)
    const router = await createRouter(policy, {
      now: () => 0,
      assess: () => Promise.reject(new Error('not asked')),
    })
    const request = await readRequest(args.prompt, args.request)
    const traced = await routed(router.route({ id: 'explained', ...request }, { trace: true }))
    const { trace, ...decision } = traced
    if (args.json) printJson({ decision, trace })
    else
      print(
        [
          headline(traced, policy),
          ...beyondOneCall(policy),
          '',
          ...(trace === undefined ? [] : traceLines(trace, policy)),
        ].join('\n'),
      )
    return 0
  },
})

type Traced = Awaited<ReturnType<Awaited<ReturnType<typeof createRouter>>['route']>>

async function readRequest(prompt: string | undefined, path: string | undefined): Promise<RouteRequest> {
  if (prompt !== undefined) return { prompt }
  const value = await readPolicyFile(path ?? '')
  if (typeof value !== 'object' || value === null)
    throw new InputError(`${path} is no request: expected a JSON object`)
  refuseUnknownFields(value, path ?? '')
  return value as RouteRequest
}

const REQUEST_FIELDS: Readonly<Record<keyof RouteRequest, true>> = {
  id: true,
  prompt: true,
  messages: true,
  scope: true,
  priority: true,
  maxOutputTokens: true,
  needs: true,
  task: true,
  inputTokensBound: true,
  assessment: true,
}

/** A misspelt field would be left out of the decision in silence. */
function refuseUnknownFields(request: object, path: string): void {
  const known = Object.keys(REQUEST_FIELDS)
  const issues = Object.keys(request)
    .filter((name) => !known.includes(name))
    .map((name) => {
      const near = nearMiss(name, known)
      const hint = near === undefined ? `known: ${known.join(', ')}` : `did you mean ${near}?`
      return { path: name, message: `is no field of a request; ${hint}` }
    })
  if (issues.length > 0) throw new InputError(`${path} is no request`, issues)
}

/** What is wrong with the request is the caller's business here, and no bug of ours. */
async function routed(route: Promise<Traced>): Promise<Traced> {
  try {
    return await route
  } catch (error) {
    if (error instanceof TypeError || error instanceof RangeError) throw new InputError(error.message)
    throw error
  }
}

/** Without a price nothing is known to be free: a reservation of 0 then only says that no budget had to hold. */
function reserved(policy: Policy, model: string, nanoUsd: number): string {
  const isPriced = policy.models.find(({ id }) => id === model)?.prices !== undefined
  return isPriced || nanoUsd > 0 ? money(nanoUsd) : 'unknown'
}

function money(nanoUsd: number): string {
  return Number.isFinite(nanoUsd) ? dollars(usd(nanoUsd)) : 'unknown'
}

function headline(decision: Traced, policy: Policy): string {
  switch (decision.kind) {
    case 'route':
      return `route to ${decision.model}, at most ${decision.maxOutputTokens} output tokens (${decision.reason}); reserves ${reserved(policy, decision.model, decision.reservedNanoUsd)}, expects ${decision.expectedNanoUsd === null ? 'an unknown cost' : dollars(usd(decision.expectedNanoUsd))}`
    case 'defer':
      return `defer until ${decision.retryAt} (${decision.bindingPool.budgetId})`
    case 'reject':
      return `reject: ${decision.reason}`
  }
}

function traceLines(trace: Trace, policy: Policy): string[] {
  const parts = trace.parts.map(({ name, value, weight, part }) => [
    name,
    value.toFixed(3),
    weight.toFixed(3),
    part.toFixed(3),
  ])
  const candidates = trace.candidates.map((candidate) => [
    String(candidate.group),
    candidate.model,
    money(candidate.expectedNanoUsd),
    reserved(policy, candidate.model, candidate.reservationNanoUsd),
    ...(trace.caches === null ? [] : [money(candidate.switchPenaltyNanoUsd ?? 0)]),
  ])
  return [
    `difficulty ${trace.difficulty?.toFixed(4) ?? 'given by nobody'} asks for tier ${trace.requiredTier ?? 'unknown'}; the parts add up, clamped to 0 to 1:`,
    table(['part', 'signal', 'weight', 'adds'], parts),
    ...pacingLines(trace, policy),
    '',
    'candidates in the order of their trial (a group is tried whole, then clamped, before the next):',
    table(
      ['group', 'model', 'expected', 'reserves', ...(trace.caches === null ? [] : ['of it for switching'])],
      candidates,
      [1],
    ),
    '',
    poolsLine(trace, policy),
  ]
}

function pacingLines({ pacing }: Trace, { file: { selector } }: Policy): string[] {
  if (selector.kind !== 'paced') return []
  const unknown = `it has no pool of the budget ${selector.budget}: cost weight ${selector.costWeight} as given`
  if (pacing === null) return ['', unknown]
  const { costWeight, usedShare, plannedShare, budgetId } = pacing
  return [
    '',
    `cost weight ${costWeight.toPrecision(4)} (${selector.costWeight} as given): ${shown(usedShare)} of ${budgetId} used, ${shown(plannedShare)} planned by now`,
  ]
}

function shown(share: number): string {
  return `${(100 * share).toFixed(1)} %`
}

/** A cap is named with what it stands on. */
function poolsLine({ pools }: Trace, policy: Policy): string {
  const caps = pools.map(
    ({ budgetId, label, capNanoUsd }) => `${budgetId}:${label} (${dollars(usd(capNanoUsd))})`,
  )
  const ofRequest = policy.budgets.filter(({ perRequest }) => perRequest)
  caps.push(...ofRequest.map(({ id, capNanoUsd }) => `${id} (${dollars(usd(capNanoUsd))})`))
  if (caps.length === 0) return 'no pool to fit'
  const because = whyEstimated(policy)
  return `pools to fit: ${caps.join(', ')}; ${because === null ? 'hard caps (proved)' : `estimated, not hard: ${because}`}`
}
