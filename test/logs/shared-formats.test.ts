import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readLog } from '../contract/log-format.js'

/** Real exports of tools, where the shared data are there: each file imports by detection alone, or is refused. */

const DATA = resolve(import.meta.dirname, '../../../shared/data')
const FILES = join(DATA, 'log_formats')
const read = (name: string, quality: readonly string[] = []): ReturnType<typeof readLog> =>
  readLog(readFileSync(join(DATA, name)), quality)

const CENTS = 0.0000222

describe.skipIf(!existsSync(FILES))('files of other tools (../shared/data)', () => {
  it.each([
    ['litellm_spend_logs.json', 'litellm', [['gpt-4o-mini-2024-07-18', 12, 34, undefined, CENTS, 1273]]],
    [
      'helicone_export.csv',
      'helicone',
      [
        ['gpt-4o-mini-2024-07-18', 12, 34, undefined, CENTS, 1273],
        ['gpt-4o', undefined, undefined, undefined, undefined, 100],
      ],
    ],
    ['langfuse_observations_export.jsonl', 'langfuse', [['gpt-4o-mini', 12, 34, 0, CENTS, 1273]]],
    ['portkey_logs_export.jsonl', 'portkey', [['gpt-4o-mini', 12, 34, undefined, CENTS, 1273]]],
    [
      'openrouter_activity.csv',
      'openrouter',
      [
        ['openai/gpt-oss-120b:free', 10389, 137, 0, 0.0123, 1523],
        ['anthropic/claude-sonnet-4.5', 15000, 2500, 2000, 0.34, 23400],
      ],
    ],
    [
      'otel_genai_spans.otlp.json',
      'otel',
      [
        ['gpt-4o-mini-2024-07-18', 12, 34, 0, undefined, 1273],
        ['gpt-4', 100, 42, undefined, undefined, 2273],
      ],
    ],
    [
      'claude_code_session.jsonl',
      'claude-code',
      [
        ['claude-sonnet-4-20250514', 135, 50, 10, 0.12, undefined],
        ['claude-opus-4-20250514', 270, 75, 20, 0.34, undefined],
        ['claude-sonnet-4-20250514', 340, 125, 40, 0.56, undefined],
      ],
    ],
    [
      'codex_session.jsonl',
      'codex',
      [
        ['gpt-5.2-codex', 1000, 125, 250, undefined, undefined],
        ['gpt-5.3-codex', 2500, 300, 500, undefined, undefined],
      ],
    ],
  ])('%s is read as %s', async (name, format, expected) => {
    const log = await read(`log_formats/${name}`)
    expect(log.format).toBe(format)
    expect(log.rejections).toEqual([])
    const outcomes = log.records.map(({ outcomes: [one] = [] }) => one!)
    expect(
      outcomes.map((one) => [
        one.model,
        one.inputTokens,
        one.outputTokens,
        one.cachedInputTokens,
        one.costUsd,
        one.latencyMs,
      ]),
    ).toEqual(expected)
    expect(
      log.records.every(({ at }) => at !== undefined && at > Date.UTC(2026, 0) && at < Date.UTC(2027, 0)),
    ).toBe(true)
  })

  it('makes qualities of what the files hold, by named rules', async () => {
    const quality = async (name: string, rules: string): Promise<unknown[]> =>
      (await read(`log_formats/${name}`, [rules])).records.map(({ outcomes }) => outcomes?.[0]?.quality)
    expect(await quality('langfuse_observations_export.jsonl', 'score:correctness')).toEqual([1])
    expect(await quality('helicone_export.csv', 'error')).toEqual([undefined, 0])
    expect(await quality('otel_genai_spans.otlp.json', 'error,else:1')).toEqual([1, 0])
  })

  it.each([
    [
      'openai_usage_completions.json',
      /OpenAI's usage export: sums over buckets of time, not single requests; log each/,
    ],
    ['openai_costs_result.json', /OpenAI's costs export: sums over days and line items/],
    ['genai_prices_real_usage_objects.json.gz', /collection of usage objects/],
  ])('%s is refused with what it is', async (name, why) => {
    await expect(read(`log_formats/${name}`)).rejects.toThrow(why)
  })

  it('leaves no file of the folder out', () => {
    expect(readdirSync(FILES).filter((name) => !name.endsWith('.md'))).toHaveLength(11)
  })

  it.each([
    ['traces_azure/AzureLLMInferenceTrace_code.csv.gz', 'azure-trace', 8819],
    ['traces_azure/AzureLLMInferenceTrace_conv.csv.gz', 'azure-trace', 19_366],
    ['traces_burstgpt_format/BurstGPT_1_first_rows.csv', 'burstgpt', 2],
    ['traces_burstgpt_format/BurstGPT_3_first_rows.csv', 'burstgpt', 2],
    ['traces_mooncake/conversation_trace.jsonl.gz', 'mooncake', 12_031],
    ['traces_mooncake/synthetic_trace.jsonl.gz', 'mooncake', 3993],
    ['traces_lmcache/agent_sessions.csv.gz', 'lmcache', 1619],
  ])('%s is %s with %d arrivals', async (name, format, arrivals) => {
    const log = await read(name)
    expect([log.format, log.records.length, log.rejections.length]).toEqual([format, arrivals, 0])
  })
})
