import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BUILT, hasSharedData, runCli, SHARED_DATA } from './built.js'

/**
 * The reference figures of ../shared/data/README.md, reached by the commands a user would type. Each test's comment
 * is that command; the import before it is
 *
 *   tollgate import ../shared/data/SET/outcomes.csv.gz [--queries ../shared/data/SET/queries.jsonl.gz] --log SET.db
 */
interface Inspected {
  readonly log: { readonly requests: number; readonly models: number }
  readonly models: readonly {
    readonly id: string
    readonly outcomes: number
    readonly meanQuality: number
    readonly meanCostUsd: number
  }[]
  readonly oracle: { readonly quality: number; readonly costUsd: number }
}

if (!hasSharedData) console.log('golden figures skipped: ../shared/data is absent')

describe.skipIf(!hasSharedData)('inspect on real data', { timeout: 120_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'tollgate-golden-'))
  let dist = ''
  beforeAll(() => {
    dist = BUILT
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  async function imported(
    set: string,
    withQueries = true,
  ): Promise<(...filters: string[]) => Promise<Inspected>> {
    const log = join(folder, `${set}.db`)
    const queries = withQueries ? ['--queries', join(SHARED_DATA, set, 'queries.jsonl.gz')] : []
    const done = await runCli(dist, [
      'import',
      join(SHARED_DATA, set, 'outcomes.csv.gz'),
      ...queries,
      '--log',
      log,
    ])
    expect(done.code, done.err).toBe(0)
    return async (...filters) => {
      const inspected = await runCli(dist, ['inspect', '--log', log, '--json', ...filters])
      expect(inspected.code, inspected.err).toBe(0)
      return JSON.parse(inspected.out) as Inspected
    }
  }

  const model = (result: Inspected, id: string): Inspected['models'][number] => {
    const found = result.models.find((one) => one.id === id)
    if (found === undefined) throw new Error(`no model ${id}`)
    return found
  }
  const best = (result: Inspected): Inspected['models'][number] =>
    [...result.models].sort((a, b) => b.meanQuality - a.meanQuality)[0]!
  const cheapest = (result: Inspected): Inspected['models'][number] =>
    [...result.models].sort((a, b) => a.meanCostUsd - b.meanCostUsd)[0]!

  it('RouterBench', async () => {
    const inspect = await imported('routerbench')

    // tollgate inspect --log routerbench.db --where 'task=mbpp and id^=rb5:' --json
    const mbpp = await inspect('--where', 'task=mbpp and id^=rb5:')
    expect(mbpp.log.requests).toBe(427)
    expect(model(mbpp, 'gpt-4-1106-preview').meanQuality).toBeCloseTo(0.686, 3)
    expect(model(mbpp, 'gpt-4-1106-preview').meanCostUsd * 427).toBeCloseTo(4.004, 3)
    expect(model(mbpp, 'mistralai/mixtral-8x7b-chat').meanQuality).toBeCloseTo(0.541, 3)
    expect(model(mbpp, 'mistralai/mixtral-8x7b-chat').meanCostUsd * 427).toBeCloseTo(0.074, 3)

    // tollgate inspect --log routerbench.db --where 'task=winogrande and id^=rb5:' --json
    const winogrande = await inspect('--where', 'task=winogrande and id^=rb5:')
    expect(winogrande.log.requests).toBe(1267)
    expect(model(winogrande, 'gpt-4-1106-preview').meanQuality).toBeCloseTo(0.859, 3)
    expect(model(winogrande, 'gpt-4-1106-preview').meanCostUsd * 1267).toBeCloseTo(4.473, 3)
    expect(model(winogrande, 'mistralai/mixtral-8x7b-chat').meanQuality).toBeCloseTo(0.679, 3)
    expect(model(winogrande, 'mistralai/mixtral-8x7b-chat').meanCostUsd * 1267).toBeCloseTo(0.268, 3)
    expect(winogrande.oracle.quality).toBeCloseTo(0.999, 3)

    // tollgate inspect --log routerbench.db --where 'id^=rb5:' --complete-cases --json
    const fewShot = await inspect('--where', 'id^=rb5:', '--complete-cases')
    expect(fewShot.log).toMatchObject({ requests: 3150, models: 11 })
    expect(best(fewShot).id).toBe('gpt-4-1106-preview')
    expect(best(fewShot).meanQuality).toBeCloseTo(0.8794, 4)
    expect(best(fewShot).meanCostUsd).toBeCloseTo(0.005015, 6)
    expect(cheapest(fewShot).id).toBe('mistralai/mistral-7b-chat')
    expect(cheapest(fewShot).meanQuality).toBeCloseTo(0.5844, 4)
    expect(cheapest(fewShot).meanCostUsd).toBeCloseTo(0.00008128, 8)
    expect(fewShot.oracle.quality).toBeCloseTo(0.9756, 4)
    expect(fewShot.oracle.costUsd).toBeCloseTo(0.0002083, 7)

    // tollgate inspect --log routerbench.db --where 'id^=rb0:' --json
    expect((await inspect('--where', 'id^=rb0:')).log).toMatchObject({ requests: 365, models: 11 })
  })

  it('SWE-bench Verified with imputed costs', async () => {
    const inspect = await imported('openhands_index', false)
    // tollgate inspect --log openhands_index.db --where task=swe-bench --impute-cost model-mean --json
    const result = await inspect('--where', 'task=swe-bench', '--impute-cost', 'model-mean')
    expect(result.log).toMatchObject({ requests: 500, models: 34 })
    expect(best(result).id).toBe('claude-fable-5')
    expect(best(result).meanQuality).toBeCloseTo(0.958, 3)
    expect(best(result).meanCostUsd).toBeCloseTo(1.432, 3)
    expect(cheapest(result).id).toBe('DeepSeek-V4-Pro')
    expect(cheapest(result).meanQuality).toBeCloseTo(0.732, 3)
    expect(cheapest(result).meanCostUsd).toBeCloseTo(0.0395, 4)
    expect(result.oracle.quality).toBeCloseTo(0.98, 3)
    expect(result.oracle.costUsd).toBeCloseTo(0.203, 3)
  })

  it('ZeroEval', async () => {
    const inspect = await imported('zeroeval')
    // tollgate inspect --log zeroeval.db --where task=gsm --json
    const gsm = await inspect('--where', 'task=gsm')
    expect(best(gsm).meanQuality).toBeCloseTo(0.9666, 4)
    expect(best(gsm).meanCostUsd).toBeCloseTo(0.00245, 5)
    expect(gsm.oracle.quality).toBeCloseTo(0.9962, 4)
    // tollgate inspect --log zeroeval.db --where task=crux --json
    const crux = await inspect('--where', 'task=crux')
    expect(best(crux).meanQuality).toBeCloseTo(0.9625, 4)
    expect(crux.oracle.quality).toBeCloseTo(0.995, 3)
    // tollgate inspect --log zeroeval.db --where task=math-l5 --json
    const math = await inspect('--where', 'task=math-l5')
    expect(best(math).meanQuality).toBeCloseTo(0.889, 3)
    expect(math.oracle.quality).toBeCloseTo(0.9723, 4)
  })

  it('RouteLLM GSM8K without the contaminated prompts', async () => {
    const inspect = await imported('routellm_gsm8k')
    // tollgate inspect --log routellm_gsm8k.db --where 'id!=gsm8k/1 and id!=…' --json   (the ids listed beside the data)
    const result = await inspect(
      '--where',
      contaminatedIds()
        .map((id) => `id!=${id}`)
        .join(' and '),
    )
    expect(result.log.requests).toBe(1307)
    expect(model(result, 'gpt-4-1106-preview').meanQuality).toBeCloseTo(0.857689, 6)
    expect(model(result, 'mistralai/Mixtral-8x7B-Instruct-v0.1').meanQuality).toBeCloseTo(0.637337, 6)
    expect(result.oracle.quality).toBeCloseTo(0.92961, 5)
  })

  it('LLMDrift and Qwen-mini', async () => {
    // tollgate inspect --log llmdrift.db --where task=prime_full --json
    const prime = await (await imported('llmdrift'))('--where', 'task=prime_full')
    expect(model(prime, 'gpt-4-0314').meanQuality).toBeCloseTo(0.84, 3)
    expect(model(prime, 'gpt-4-0613').meanQuality).toBeCloseTo(0.511, 3)
    expect(model(prime, 'gpt-3.5-turbo-0301').meanQuality).toBeCloseTo(0.529, 3)
    expect(model(prime, 'gpt-3.5-turbo-0613').meanQuality).toBeCloseTo(0.761, 3)
    // tollgate inspect --log qwen_mini.db --json
    const qwen = await (await imported('qwen_mini', false))()
    expect(cheapest(qwen).meanQuality).toBeCloseTo(0.6825, 4)
    expect(best(qwen).meanQuality).toBeCloseTo(0.7275, 4)
    expect(qwen.oracle.quality).toBeCloseTo(0.7625, 4)
  })
})

function contaminatedIds(): string[] {
  const folder = join(SHARED_DATA, 'routellm_gsm8k')
  const prompts = new Set(
    parseLines(readFileSync(join(folder, 'gsm8k_contaminated_prompts.jsonl'))).map(
      (line) => line['eval_prompt'],
    ),
  )
  return parseLines(gunzipSync(readFileSync(join(folder, 'queries.jsonl.gz'))))
    .filter((query) => prompts.has(query['prompt']))
    .map((query) => String(query['query_id']))
}

function parseLines(content: Buffer): Record<string, unknown>[] {
  return content
    .toString('utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>)
}
