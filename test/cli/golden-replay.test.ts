import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Comparison, Point } from '../../src/metrics/result.js'
import { BUILT, hasSharedData, runCli, SHARED_DATA } from './built.js'

/**
 * The reference figures of ../shared/data/README.md through `tollgate replay --json` with fixed policies. The import before
 * each is `tollgate import ../shared/data/SET/outcomes.csv.gz [--queries ../shared/data/SET/queries.jsonl.gz] --log SET.db`.
 */

if (!hasSharedData) console.log('golden replays skipped: ../shared/data is absent')

describe.skipIf(!hasSharedData)('replay of fixed policies on real data', { timeout: 180_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'tollgate-golden-replay-'))
  let dist = ''
  beforeAll(() => {
    dist = BUILT
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  async function imported(
    name: string,
    files: readonly string[],
    queries: readonly string[],
  ): Promise<string> {
    const log = join(folder, `${name}.db`)
    const done = await runCli(dist, [
      'import',
      ...files,
      ...queries.flatMap((file) => ['--queries', file]),
      '--log',
      log,
    ])
    expect(done.code, done.err).toBe(0)
    return log
  }

  async function replayed(log: string, ...args: string[]): Promise<Comparison> {
    const done = await runCli(dist, ['replay', '--log', log, '--json', ...args], folder)
    expect(done.code, done.err).toBe(0)
    return JSON.parse(done.out) as Comparison
  }

  function figures(
    comparison: Comparison,
    model: string,
  ): { quality: string; meanCostUsd: number; costUsd: number } {
    const run = comparison.runs.find(({ policyId }) => policyId === `model:${model}`)
    if (run === undefined || run.quality === null || run.meanCostUsd === null || run.costUsd === null)
      throw new Error(`no figures of ${model}`)
    expect(run.knownShare).toBe(1)
    expect(run.served).toBe(run.offered)
    return { quality: run.quality.toFixed(4), meanCostUsd: run.meanCostUsd, costUsd: run.costUsd }
  }

  const set = (name: string, file: string): string => join(SHARED_DATA, name, file)

  it('routerbench: MBPP, Winogrande and the few-shot set', async () => {
    const log = await imported(
      'rb',
      [set('routerbench', 'outcomes.csv.gz')],
      [set('routerbench', 'queries.jsonl.gz')],
    )
    const two = ['--policy', 'model:gpt-4-1106-preview', '--policy', 'model:mistralai/mixtral-8x7b-chat']

    // tollgate replay --log rb.db --policy model:gpt-4-1106-preview --policy model:mistralai/mixtral-8x7b-chat --where 'task=mbpp and id^=rb5:' --json
    const mbpp = await replayed(log, ...two, '--where', 'task=mbpp and id^=rb5:')
    expect(mbpp.log.requests).toBe(427)
    expect(Number(figures(mbpp, 'gpt-4-1106-preview').quality).toFixed(3)).toBe('0.686')
    expect(figures(mbpp, 'gpt-4-1106-preview').costUsd).toBeCloseTo(4.004, 3)
    expect(Number(figures(mbpp, 'mistralai/mixtral-8x7b-chat').quality).toFixed(3)).toBe('0.541')
    expect(figures(mbpp, 'mistralai/mixtral-8x7b-chat').costUsd).toBeCloseTo(0.074, 3)
    expect(area(mbpp.references.hull)).toBe('0.6655')

    // … --where 'task=winogrande and id^=rb5:'
    const winogrande = await replayed(log, ...two, '--where', 'task=winogrande and id^=rb5:')
    expect(winogrande.log.requests).toBe(1267)
    expect(Number(figures(winogrande, 'gpt-4-1106-preview').quality).toFixed(3)).toBe('0.859')
    expect(figures(winogrande, 'gpt-4-1106-preview').costUsd).toBeCloseTo(4.473, 3)
    expect(Number(figures(winogrande, 'mistralai/mixtral-8x7b-chat').quality).toFixed(3)).toBe('0.679')
    expect(figures(winogrande, 'mistralai/mixtral-8x7b-chat').costUsd).toBeCloseTo(0.268, 3)
    expect(area(winogrande.references.hull)).toBe('0.7973')

    // tollgate replay --log rb.db --policy model:gpt-4-1106-preview --policy model:mistralai/mistral-7b-chat --where 'id^=rb5:' --complete-cases --json
    const few = await replayed(
      log,
      ...['--policy', 'model:gpt-4-1106-preview', '--policy', 'model:mistralai/mistral-7b-chat'],
      ...['--where', 'id^=rb5:', '--complete-cases'],
    )
    expect(few.log.requests).toBe(3150)
    expect(figures(few, 'gpt-4-1106-preview').quality).toBe('0.8794')
    expect(figures(few, 'gpt-4-1106-preview').meanCostUsd).toBeCloseTo(0.005015, 6)
    expect(figures(few, 'mistralai/mistral-7b-chat').quality).toBe('0.5844')
    expect(figures(few, 'mistralai/mistral-7b-chat').meanCostUsd).toBeCloseTo(0.00008128, 8)
    expect(few.references.oracle?.quality.toFixed(4)).toBe('0.9756')
    expect(few.references.oracle?.costUsd).toBeCloseTo(0.0002083, 7)
  })

  it('openhands_index: SWE-bench Verified with imputed costs', async () => {
    // tollgate replay --log oh.db --policy model:claude-fable-5 --policy model:DeepSeek-V4-Pro --where task=swe-bench --impute-cost model-mean --json
    const log = await imported('oh', [set('openhands_index', 'outcomes.csv.gz')], [])
    const swe = await replayed(
      log,
      ...['--policy', 'model:claude-fable-5', '--policy', 'model:DeepSeek-V4-Pro'],
      ...['--where', 'task=swe-bench', '--impute-cost', 'model-mean'],
    )
    expect(swe.log.requests).toBe(500)
    expect(figures(swe, 'claude-fable-5').quality).toBe('0.9580')
    expect(figures(swe, 'claude-fable-5').meanCostUsd).toBeCloseTo(1.432, 3)
    expect(figures(swe, 'DeepSeek-V4-Pro').quality).toBe('0.7320')
    expect(figures(swe, 'DeepSeek-V4-Pro').meanCostUsd).toBeCloseTo(0.0395, 4)
    expect(swe.references.oracle?.quality.toFixed(3)).toBe('0.980')
    expect(swe.references.oracle?.costUsd).toBeCloseTo(0.203, 3)
  })

  it.each([
    ['gsm', '0.9666', '0.9962'],
    ['crux', '0.9625', '0.9950'],
    ['math-l5', '0.8890', '0.9723'],
  ])('zeroeval: %s best single and oracle', async (task, best, oracle) => {
    // tollgate replay --log ze.db --policy model:BEST --where task=TASK --json (BEST = best mean quality of `inspect`)
    const log = join(folder, 'ze.db')
    if (task === 'gsm')
      await imported('ze', [set('zeroeval', 'outcomes.csv.gz')], [set('zeroeval', 'queries.jsonl.gz')])
    const inspected = await runCli(dist, ['inspect', '--log', log, '--json', '--where', `task=${task}`])
    const models = (
      JSON.parse(inspected.out) as {
        models: { id: string; meanQuality: number | null; unknownQuality: number }[]
      }
    ).models
    const top = models
      .filter(({ unknownQuality }) => unknownQuality === 0)
      .sort((a, b) => (b.meanQuality ?? 0) - (a.meanQuality ?? 0))[0]!
    const result = await replayed(log, '--policy', `model:${top.id}`, '--where', `task=${task}`)
    expect(figures(result, top.id).quality).toBe(best)
    expect(result.references.oracle?.quality.toFixed(4)).toBe(oracle)
  })

  it('routellm_gsm8k without the contaminated prompts', async () => {
    // tollgate import outcomes.csv.gz --queries queries.jsonl.gz --log rl.db (both less the contaminated prompts), then
    // tollgate replay --log rl.db --policy model:gpt-4-1106-preview --policy model:mistralai/Mixtral-8x7B-Instruct-v0.1 --json
    const { outcomes, queries } = withoutContaminated()
    const log = await imported('rl', [outcomes], [queries])
    const models = ['gpt-4-1106-preview', 'mistralai/Mixtral-8x7B-Instruct-v0.1']
    const result = await replayed(log, ...models.flatMap((id) => ['--policy', `model:${id}`]))
    expect(result.log.requests).toBe(1307)
    const qualities = result.runs.map(({ quality }) => ((quality ?? 0) * 100).toFixed(4))
    expect(qualities).toContain('85.7689')
    expect(qualities).toContain('63.7337')
    // No cost is known, so there is no cheapest model that got it right: only the oracle's quality is defined.
    expect(result.runs.every(({ costUsd }) => costUsd === null)).toBe(true)
  })

  function withoutContaminated(): { outcomes: string; queries: string } {
    const text = (file: string): string =>
      gunzipSync(readFileSync(set('routellm_gsm8k', file))).toString('utf8')
    const listed = readFileSync(set('routellm_gsm8k', 'gsm8k_contaminated_prompts.jsonl'), 'utf8')
    const bad = new Set(
      listed
        .split('\n')
        .filter(Boolean)
        .map((line) => (JSON.parse(line) as Record<string, string>)['eval_prompt']!.trim()),
    )
    const all = text('queries.jsonl.gz').split('\n').filter(Boolean)
    const kept = all.filter((line) => !bad.has((JSON.parse(line) as { prompt: string }).prompt.trim()))
    const ids = new Set(kept.map((line) => (JSON.parse(line) as { query_id: string }).query_id))
    const [header = '', ...rows] = text('outcomes.csv.gz').split('\n')
    const outcomes = join(folder, 'rl-outcomes.csv.gz')
    const queries = join(folder, 'rl-queries.jsonl')
    writeFileSync(
      outcomes,
      gzipSync([header, ...rows.filter((row) => ids.has(row.split(',')[0]!))].join('\n')),
    )
    writeFileSync(queries, kept.join('\n'))
    return { outcomes, queries }
  }
})

/** AIQ in the paper's form: area under the hull over its width. https://arxiv.org/abs/2403.12031 */
function area(hull: readonly Point[]): string {
  const pieces = hull.slice(1).map((point, i) => {
    const before = hull[i]!
    return ((point.quality + before.quality) / 2) * (point.costUsd - before.costUsd)
  })
  const width = hull.at(-1)!.costUsd - hull[0]!.costUsd
  return (pieces.reduce((sum, piece) => sum + piece, 0) / width).toFixed(4)
}
