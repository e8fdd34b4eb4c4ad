import { expect, it } from 'vitest'
import { parseDecisionLog } from '../../src/logs/decision-log.js'
import { replayAsRecorded } from '../../src/replay/as-recorded.js'
import { decisionLine } from '../../src/router/decision-log.js'
import { createRouter } from '../../src/router/router.js'
import type { RouterOptions } from '../../src/router/router-api.js'
import { aBudget, aPolicy, SMALL } from '../builders/a-policy.js'

const figures = (tokens: number) => ({
  mean: tokens,
  quantiles: { '0.5': tokens, '0.75': tokens, '0.9': tokens, '0.95': tokens, '0.99': tokens },
})
const policy = aPolicy({
  models: [{ ...SMALL, outputTokens: { ...figures(100), byTask: { long: figures(900) } } }],
  reservation: { mode: 'estimateWithMargin', margin: 0, estimate: { quantile: 0.9 } },
  budgets: [aBudget('b', 1)],
})

it('a task reserves the same in the router and in its log, replayed as recorded', async () => {
  const lines: string[] = []
  const onDecision: RouterOptions['onDecision'] = (record) => lines.push(decisionLine(record))
  const router = await createRouter(policy, { now: () => 0, onDecision })
  const reserved: number[] = []
  for (const task of ['long', 'short', undefined]) {
    const request = { prompt: 'hi', scope: { org: 'acme' }, ...(task === undefined ? {} : { task }) }
    const decision = await router.route(request)
    if (decision.kind !== 'route') throw new Error(decision.kind)
    reserved.push(decision.reservedNanoUsd)
    await router.settle(decision.id, { inputTokens: 1, outputTokens: 50 })
  }
  await router.close()
  const [long = 0, short = 0, none = 0] = reserved
  expect(long - short).toBe(800 * 2000)
  expect(none).toBe(short)
  const replayed = replayAsRecorded(parseDecisionLog(`${lines.join('\n')}\n`, 'log'), [policy])
  expect(replayed).toMatchObject({ requests: 3, mismatches: [] })
})
