import type { FormatCase } from '../contract/log-format.js'
import { csvLine } from '../contract/mutate-log.js'

/** Small files of every format, written here by the layout that its source comment cites. */

const AT = '2026-06-01T12:00:00.840Z'
const AT_MS = Date.UTC(2026, 5, 1, 12, 0, 0, 840)

const jsonl = (...rows: readonly unknown[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('')
const csv = (...rows: readonly (readonly unknown[])[]): string =>
  rows
    .map(
      (row) =>
        `${csvLine(row.map((cell) => (typeof cell === 'object' ? JSON.stringify(cell) : String(cell))))}\n`,
    )
    .join('')

const spend = {
  request_id: 'chatcmpl-1',
  call_type: 'acompletion',
  spend: 0.0000222,
  prompt_tokens: 12,
  completion_tokens: 34,
  startTime: AT,
  endTime: '2026-06-01T12:00:02.113Z',
  model: 'gpt-4o-mini',
  custom_llm_provider: 'openai',
  user: 'u1',
  end_user: 'c7',
  team_id: 'team-a',
  organization_id: null,
  session_id: 's1',
  status: 'success',
  messages: [{ role: 'user', content: 'hi' }],
  metadata: {
    usage_object: { prompt_tokens: 12, completion_tokens: 34, prompt_tokens_details: { cached_tokens: 4 } },
  },
}
const spendRecord = {
  id: 'chatcmpl-1',
  at: AT_MS,
  scope: { team: 'team-a', user: 'u1', endUser: 'c7', session: 's1' },
  messages: [{ role: 'user', content: 'hi' }],
  chosen: 'gpt-4o-mini',
  outcomes: [
    {
      model: 'gpt-4o-mini',
      inputTokens: 12,
      outputTokens: 34,
      cachedInputTokens: 4,
      costUsd: 0.0000222,
      latencyMs: 1273,
      basis: 'logged' as const,
    },
  ],
}
const SPEND_COLUMNS = [
  'request_id',
  'call_type',
  'spend',
  'prompt_tokens',
  'completion_tokens',
  'startTime',
  'endTime',
  'model',
  'user',
] as const

const litellm: FormatCase[] = [
  {
    format: 'litellm',
    layout: 'JSON list',
    wrap: { kind: 'list' },
    text: JSON.stringify([spend, { ...spend, request_id: 'e', call_type: 'aembedding' }], null, 2),
    records: [spendRecord],
    skipped: 1,
  },
  { format: 'litellm', layout: 'JSONL', wrap: { kind: 'jsonl' }, text: jsonl(spend), records: [spendRecord] },
  {
    format: 'litellm',
    layout: 'CSV of a database dump, a failure among it',
    wrap: { kind: 'csv' },
    text: csv(
      [...SPEND_COLUMNS, 'status'],
      [...SPEND_COLUMNS.map((name) => spend[name]), 'success'],
      ['f', 'acompletion', 0, 0, 0, '2026-06-01 12:00:00.84+00', '', 'gpt-4o-mini', 'u1', 'failure'],
    ),
    quality: ['error'],
    records: [
      {
        id: 'chatcmpl-1',
        at: AT_MS,
        scope: { user: 'u1' },
        chosen: 'gpt-4o-mini',
        outcomes: [
          {
            model: 'gpt-4o-mini',
            inputTokens: 12,
            outputTokens: 34,
            costUsd: 0.0000222,
            latencyMs: 1273,
            basis: 'logged',
          },
        ],
      },
      {
        id: 'f',
        at: AT_MS,
        scope: { user: 'u1' },
        chosen: 'gpt-4o-mini',
        outcomes: [{ model: 'gpt-4o-mini', costUsd: 0, quality: 0, qualitySource: 'error', basis: 'logged' }],
      },
    ],
  },
]

const HELICONE = {
  response_id: 'h1',
  response_status: '200',
  request_created_at: AT,
  request_body: {
    model: 'gpt-4o-mini',
    max_tokens: 64,
    messages: [{ role: 'user', content: 'hi' }],
    tools: [{ type: 'function' }],
  },
  request_properties: { environment: 'production', 'Helicone-Session-Id': 's-1' },
  request_user_id: 'u42',
  model: 'gpt-4o-mini-2024-07-18',
  prompt_tokens: '12',
  completion_tokens: '34',
  latency: '1273',
  cost: '0.0000222',
}
const heliconeRecord = {
  id: 'h1',
  at: AT_MS,
  scope: { environment: 'production', user: 'u42', session: 's-1' },
  messages: [{ role: 'user', content: 'hi' }],
  maxOutputTokens: 64,
  needs: ['tools'],
  chosen: 'gpt-4o-mini-2024-07-18',
  outcomes: [
    {
      model: 'gpt-4o-mini-2024-07-18',
      inputTokens: 12,
      outputTokens: 34,
      costUsd: 0.0000222,
      latencyMs: 1273,
      basis: 'logged' as const,
    },
  ],
}

const helicone: FormatCase[] = [
  {
    format: 'helicone',
    layout: 'CSV',
    wrap: { kind: 'csv' },
    text: csv(Object.keys(HELICONE), Object.values(HELICONE)),
    records: [heliconeRecord],
  },
  {
    format: 'helicone',
    layout: 'JSONL with a score and a thumb',
    wrap: { kind: 'jsonl' },
    text: jsonl(
      { ...HELICONE, scores: { helpful: { value: 4 } } },
      { ...HELICONE, response_id: 'h2', feedback_rating: false },
    ),
    quality: ['judge:helpful/1-5', 'thumbs'],
    records: [
      {
        ...heliconeRecord,
        outcomes: [{ ...heliconeRecord.outcomes[0]!, quality: 0.75, qualitySource: 'judge:helpful/1-5' }],
      },
      {
        ...heliconeRecord,
        id: 'h2',
        outcomes: [{ ...heliconeRecord.outcomes[0]!, quality: 0, qualitySource: 'thumbs' }],
      },
    ],
  },
]

const observation = {
  id: 'o1',
  traceId: 't1',
  startTime: AT,
  endTime: '2026-06-01T12:00:02.113Z',
  type: 'GENERATION',
  name: 'answer',
  level: 'DEFAULT',
  environment: 'production',
  input: [{ role: 'user', content: 'hi' }],
  model: 'gpt-4o-mini',
  modelParameters: { temperature: 0, max_tokens: 99 },
  usageDetails: { input: 8, input_cached_tokens: 4, output: 30, output_reasoning_tokens: 4, total: 46 },
  costDetails: { total: 0.0000222 },
  userId: 'u42',
  correctness: [1, 0],
}
const observationRecord = {
  id: 'o1',
  at: AT_MS,
  scope: { user: 'u42', session: 't1', environment: 'production' },
  messages: [{ role: 'user', content: 'hi' }],
  maxOutputTokens: 99,
  task: 'answer',
  chosen: 'gpt-4o-mini',
  outcomes: [
    {
      model: 'gpt-4o-mini',
      inputTokens: 12,
      outputTokens: 34,
      cachedInputTokens: 4,
      reasoningTokens: 4,
      costUsd: 0.0000222,
      latencyMs: 1273,
      quality: 0.5,
      qualitySource: 'score:correctness',
      basis: 'logged' as const,
    },
  ],
}

const langfuse: FormatCase[] = [
  {
    format: 'langfuse',
    layout: 'JSONL with scores in columns',
    wrap: { kind: 'jsonl' },
    text: jsonl(observation, { ...observation, id: 'o2', type: 'SPAN' }),
    quality: ['score:correctness'],
    records: [observationRecord],
    skipped: 1,
  },
  {
    format: 'langfuse',
    layout: 'a page of the API, scores in a list',
    wrap: { kind: 'document', path: ['data'] },
    text: JSON.stringify({
      data: [{ ...observation, correctness: undefined, scores: [{ name: 'correctness', value: 0.5 }] }],
    }),
    quality: ['score:correctness'],
    records: [observationRecord],
  },
]

const portkeyRow = {
  id: 'p1',
  trace_id: 't1',
  created_at: '2026-06-01T12:00:00.840Z',
  request: { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'hi' }] },
  response: { choices: [{ finish_reason: 'length' }], usage: { prompt_tokens: 12, completion_tokens: 34 } },
  is_success: true,
  ai_org: 'openai',
  ai_model: 'gpt-4o-mini',
  req_units: 12,
  res_units: 34,
  cost: 0.00222,
  cost_currency: 'USD',
  response_time: 1273,
  response_status_code: 200,
  metadata: { _user: 'u42', env: 'prod' },
}

const portkey: FormatCase = {
  format: 'portkey',
  layout: 'JSONL, cents',
  wrap: { kind: 'jsonl' },
  text: jsonl(portkeyRow),
  quality: ['error'],
  records: [
    {
      id: 'p1',
      at: AT_MS,
      scope: { env: 'prod', user: 'u42', session: 't1' },
      messages: [{ role: 'user', content: 'hi' }],
      chosen: 'gpt-4o-mini',
      outcomes: [
        {
          model: 'gpt-4o-mini',
          inputTokens: 12,
          outputTokens: 34,
          costUsd: 0.0000222,
          latencyMs: 1273,
          quality: 0,
          qualitySource: 'error',
          basis: 'logged',
        },
      ],
    },
  ],
}

const openrouter: FormatCase = {
  format: 'openrouter',
  layout: 'CSV, a variant and a key of one’s own',
  wrap: { kind: 'csv' },
  text: csv(
    [
      'generation_id',
      'created_at',
      'cost_total',
      'byok_usage_inference',
      'tokens_prompt',
      'tokens_completion',
      'tokens_reasoning',
      'tokens_cached',
      'model_permaslug',
      'variant',
      'cancelled',
      'user',
      'finish_reason_normalized',
      'generation_time_ms',
      'api_key_name',
      'app_name',
    ],
    [
      'g1',
      '2026-06-01 12:00:00.840',
      '0.01',
      '0.2',
      100,
      20,
      5,
      50,
      'm/x',
      'free',
      'false',
      'u',
      'stop',
      1500,
      'k',
      '',
    ],
    [
      'g2',
      '2026-06-01 12:00:00.840',
      '0.01',
      '0',
      100,
      20,
      5,
      50,
      'm/x',
      'standard',
      'true',
      '',
      'stop',
      1500,
      'k',
      '',
    ],
  ),
  quality: ['error', 'else:1'],
  records: [
    {
      id: 'g1',
      at: AT_MS,
      scope: { user: 'u', key: 'k' },
      chosen: 'm/x:free',
      outcomes: [
        {
          model: 'm/x:free',
          inputTokens: 100,
          outputTokens: 20,
          cachedInputTokens: 50,
          reasoningTokens: 5,
          costUsd: 0.21000000000000002,
          latencyMs: 1500,
          quality: 1,
          qualitySource: 'else:1',
          basis: 'logged',
        },
      ],
    },
    {
      id: 'g2',
      at: AT_MS,
      scope: { key: 'k' },
      chosen: 'm/x',
      outcomes: [
        {
          model: 'm/x',
          inputTokens: 100,
          outputTokens: 20,
          cachedInputTokens: 50,
          reasoningTokens: 5,
          costUsd: 0.01,
          latencyMs: 1500,
          quality: 0,
          qualitySource: 'error',
          basis: 'logged',
        },
      ],
    },
  ],
}

const attribute = (key: string, value: unknown): unknown => ({
  key,
  value: typeof value === 'number' ? { intValue: String(value) } : { stringValue: value },
})
const span = (spanId: string, attributes: Record<string, unknown>, rest: object = {}): unknown => ({
  traceId: 'trace1',
  spanId,
  startTimeUnixNano: `${AT_MS}000000`,
  endTimeUnixNano: `${AT_MS + 1273}000000`,
  attributes: Object.entries(attributes).map(([key, value]) => attribute(key, value)),
  status: {},
  ...rest,
})
const spans = [
  span('s-new', {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'openai',
    'gen_ai.request.model': 'gpt-4o-mini',
    'gen_ai.conversation.id': 'c1',
    'gen_ai.usage.input_tokens': 12,
    'gen_ai.usage.output_tokens': 34,
    'gen_ai.usage.cache_read.input_tokens': 4,
    'gen_ai.input.messages': JSON.stringify([{ role: 'user', parts: [{ type: 'text', content: 'hi' }] }]),
  }),
  span(
    's-old',
    {
      'gen_ai.system': 'openai',
      'gen_ai.request.model': 'gpt-4',
      'gen_ai.usage.prompt_tokens': 100,
      'gen_ai.usage.completion_tokens': 42,
      'gen_ai.prompt.0.role': 'user',
      'gen_ai.prompt.0.content': 'hello',
    },
    { status: { code: 2 } },
  ),
  span('s-db', { 'db.system': 'postgresql' }),
]
const otlp = {
  resourceSpans: [{ resource: { attributes: [attribute('service.name', 'api')] }, scopeSpans: [{ spans }] }],
}
const otelRecords = [
  {
    id: 's-new',
    at: AT_MS,
    scope: { session: 'c1', service: 'api' },
    messages: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }],
    chosen: 'gpt-4o-mini',
    outcomes: [
      {
        model: 'gpt-4o-mini',
        inputTokens: 12,
        outputTokens: 34,
        cachedInputTokens: 4,
        latencyMs: 1273,
        basis: 'logged' as const,
      },
    ],
  },
  {
    id: 's-old',
    at: AT_MS,
    scope: { session: 'trace1', service: 'api' },
    messages: [{ role: 'user', content: 'hello' }],
    chosen: 'gpt-4',
    outcomes: [
      {
        model: 'gpt-4',
        inputTokens: 100,
        outputTokens: 42,
        latencyMs: 1273,
        quality: 0,
        qualitySource: 'error',
        basis: 'logged' as const,
      },
    ],
  },
]

const otel: FormatCase[] = [
  {
    format: 'otel',
    layout: 'one OTLP document, names of today and of before',
    wrap: { kind: 'document', path: ['resourceSpans', 0, 'scopeSpans', 0, 'spans'] },
    text: JSON.stringify(otlp, null, 1),
    quality: ['error'],
    records: otelRecords,
    skipped: 1,
  },
]

const chatPair = {
  request: { model: 'gpt-4o', messages: [{ role: 'user', content: 'hi' }], max_completion_tokens: 50 },
  response: {
    id: 'chatcmpl-9',
    object: 'chat.completion',
    created: 1780315200,
    model: 'gpt-4o-2024-08-06',
    choices: [{ finish_reason: 'stop' }],
    usage: { prompt_tokens: 9, completion_tokens: 3 },
  },
  latency_ms: 700,
}
const responsesPair = {
  request: {
    model: 'gpt-5-mini',
    input: 'hello',
    instructions: 'be brief',
    text: { format: { type: 'json_schema' } },
  },
  response: {
    id: 'resp_1',
    object: 'response',
    created_at: 1780315200,
    model: 'gpt-5-mini',
    status: 'incomplete',
    incomplete_details: { reason: 'max_output_tokens' },
    usage: { input_tokens: 20, output_tokens: 30, output_tokens_details: { reasoning_tokens: 10 } },
  },
}
const SECOND = 1780315200000

const openai: FormatCase[] = [
  {
    format: 'openai',
    layout: 'pairs of chat and responses',
    wrap: { kind: 'jsonl' },
    text: jsonl(chatPair, responsesPair),
    quality: ['error', 'else:1'],
    records: [
      {
        id: 'chatcmpl-9',
        at: SECOND,
        messages: [{ role: 'user', content: 'hi' }],
        maxOutputTokens: 50,
        chosen: 'gpt-4o-2024-08-06',
        outcomes: [
          {
            model: 'gpt-4o-2024-08-06',
            inputTokens: 9,
            outputTokens: 3,
            latencyMs: 700,
            quality: 1,
            qualitySource: 'else:1',
            basis: 'logged',
          },
        ],
      },
      {
        id: 'resp_1',
        at: SECOND,
        messages: [
          { role: 'system', content: 'be brief' },
          { role: 'user', content: 'hello' },
        ],
        needs: ['jsonSchema'],
        chosen: 'gpt-5-mini',
        outcomes: [
          {
            model: 'gpt-5-mini',
            inputTokens: 20,
            outputTokens: 30,
            reasoningTokens: 10,
            quality: 0,
            qualitySource: 'error',
            basis: 'logged',
          },
        ],
      },
    ],
  },
  {
    format: 'openai',
    layout: 'input of the Batch API',
    wrap: { kind: 'jsonl' },
    text: jsonl({
      custom_id: 'b1',
      method: 'POST',
      url: '/v1/chat/completions',
      body: { model: 'gpt-4o', messages: [{ role: 'user', content: 'hi' }] },
    }),
    records: [{ id: 'b1', messages: [{ role: 'user', content: 'hi' }], chosen: 'gpt-4o' }],
  },
  {
    format: 'openai',
    layout: 'output of the Batch API, one call failed',
    wrap: { kind: 'jsonl' },
    text: jsonl(
      {
        id: 'batch_1',
        custom_id: 'b1',
        response: { status_code: 200, body: { ...chatPair.response, model: 'gpt-4o' } },
        error: null,
      },
      {
        id: 'batch_2',
        custom_id: 'b2',
        response: { status_code: 500, body: { model: 'gpt-4o', error: { message: 'no' } } },
        error: null,
      },
    ),
    quality: ['error'],
    records: [
      {
        id: 'b1',
        at: SECOND,
        chosen: 'gpt-4o',
        outcomes: [{ model: 'gpt-4o', inputTokens: 9, outputTokens: 3, basis: 'logged' }],
      },
      {
        id: 'b2',
        chosen: 'gpt-4o',
        outcomes: [{ model: 'gpt-4o', quality: 0, qualitySource: 'error', basis: 'logged' }],
      },
    ],
  },
]

const claudeUsage = {
  input_tokens: 100,
  output_tokens: 50,
  cache_creation_input_tokens: 25,
  cache_read_input_tokens: 10,
}
const claudeLine = (id: string, rest: object = {}): object => ({
  timestamp: AT,
  sessionId: 's1',
  message: { role: 'assistant', id, model: 'claude-sonnet-4', usage: claudeUsage },
  requestId: `req-${id}`,
  costUSD: 0.12,
  ...rest,
})
const claudeRecord = (id: string, prompt: object): FormatCase['records'][number] => ({
  id,
  at: AT_MS,
  scope: { session: 's1' },
  ...prompt,
  inputTokensEstimate: 135,
  inputTokensBound: 135,
  chosen: 'claude-sonnet-4',
  outcomes: [
    {
      model: 'claude-sonnet-4',
      inputTokens: 135,
      outputTokens: 50,
      cachedInputTokens: 10,
      cacheWriteTokens: 25,
      costUsd: 0.12,
      basis: 'logged',
    },
  ],
})

const sessions: FormatCase[] = [
  {
    format: 'claude-code',
    layout: 'a session with a user’s turn',
    wrap: { kind: 'jsonl' },
    text: jsonl(
      {
        sessionId: 's1',
        parentUuid: null,
        type: 'user',
        timestamp: AT,
        message: { role: 'user', content: 'fix it' },
      },
      claudeLine('m1'),
      claudeLine('m2'),
    ),
    records: [claudeRecord('m1', { prompt: 'fix it' }), claudeRecord('m2', {})],
    skipped: 1,
  },
  {
    format: 'codex',
    layout: 'a session, one count told twice',
    wrap: { kind: 'jsonl' },
    text: jsonl(
      { timestamp: AT, type: 'session_meta', payload: { id: 'sess' } },
      { timestamp: AT, type: 'turn_context', payload: { model: 'gpt-5.2-codex' } },
      { timestamp: AT, type: 'event_msg', payload: { type: 'user_message', message: 'fix it' } },
      ...[1, 2].map(() => ({
        timestamp: AT,
        type: 'event_msg',
        payload: {
          type: 'token_count',
          info: {
            last_token_usage: {
              input_tokens: 1000,
              cached_input_tokens: 250,
              output_tokens: 125,
              reasoning_output_tokens: 75,
            },
            total_token_usage: { input_tokens: 1000, output_tokens: 125 },
          },
        },
      })),
    ),
    records: [
      {
        id: 'sess:1',
        at: AT_MS,
        scope: { session: 'sess' },
        prompt: 'fix it',
        inputTokensEstimate: 1000,
        inputTokensBound: 1000,
        chosen: 'gpt-5.2-codex',
        outcomes: [
          {
            model: 'gpt-5.2-codex',
            inputTokens: 1000,
            outputTokens: 125,
            cachedInputTokens: 250,
            reasoningTokens: 75,
            basis: 'logged',
          },
        ],
      },
    ],
    skipped: 4,
  },
]

const benchmarks: FormatCase[] = [
  {
    format: 'routerbench',
    layout: 'the wide CSV',
    wrap: { kind: 'csv' },
    text: csv(
      [
        'sample_id',
        'prompt',
        'eval_name',
        'a/x',
        'b',
        'a/x|model_response',
        'b|model_response',
        'a/x|total_cost',
        'b|total_cost',
        'oracle_model_to_route_to',
      ],
      ['mbpp.1', `['Write "it"\\nnow']`, 'mbpp', '1.0', '', "['y']", "['n']", '7.5e-05', '0.001', 'a/x'],
      ['mt.2', `['one', "two's"]`, 'mt-bench', '0.5', '0.9', '', '', '0.1', '0.2', 'b'],
    ),
    records: [
      {
        id: 'mbpp.1',
        task: 'mbpp',
        prompt: 'Write "it"\nnow',
        outcomes: [
          { model: 'a/x', quality: 1, costUsd: 0.000075, basis: 'matrix' },
          { model: 'b', costUsd: 0.001, basis: 'matrix' },
        ],
      },
      {
        id: 'mt.2',
        task: 'mt-bench',
        messages: [
          { role: 'user', content: 'one' },
          { role: 'user', content: "two's" },
        ],
        outcomes: [
          { model: 'a/x', quality: 0.5, costUsd: 0.1, basis: 'matrix' },
          { model: 'b', quality: 0.9, costUsd: 0.2, basis: 'matrix' },
        ],
      },
    ],
  },
  {
    format: 'llmrouterbench',
    layout: 'a result file',
    wrap: { kind: 'document', path: ['records'] },
    text: JSON.stringify(
      {
        performance: 0.5,
        time_taken: 12,
        cost: 0.001,
        counts: 1,
        model_name: 'gpt-5',
        dataset_name: 'aime',
        split: 'test',
        records: [
          {
            index: 1,
            origin_query: '2+2?',
            prompt: 'Question: 2+2?',
            score: 1,
            prompt_tokens: 15,
            completion_tokens: 5,
            cost: 0.0001,
            prediction: '4',
          },
        ],
      },
      null,
      2,
    ),
    records: [
      {
        id: 'aime/test/1',
        task: 'aime',
        split: 'test',
        prompt: 'Question: 2+2?',
        outcomes: [
          { model: 'gpt-5', inputTokens: 15, outputTokens: 5, costUsd: 0.0001, quality: 1, basis: 'matrix' },
        ],
      },
    ],
  },
  {
    format: 'routerarena',
    layout: 'cached results, graded and not',
    wrap: { kind: 'jsonl' },
    text: jsonl(
      {
        global_index: 'AIME_112',
        question: 'N?',
        llm_selected: 'gemini',
        token_usage: { input_tokens: 296, output_tokens: 686, total_tokens: 982 },
        success: true,
        evaluation_result: { score: 0, inference_cost: 0.000304 },
      },
      {
        global_index: 'ArcMMLU_655',
        question: 'Q?',
        llm_selected: 'gemini',
        token_usage: { input_tokens: 102, output_tokens: 74 },
        success: true,
        evaluation_result: null,
      },
    ),
    records: [
      {
        id: 'AIME_112',
        task: 'AIME',
        prompt: 'N?',
        outcomes: [
          {
            model: 'gemini',
            inputTokens: 296,
            outputTokens: 686,
            costUsd: 0.000304,
            quality: 0,
            basis: 'matrix',
          },
        ],
      },
      {
        id: 'ArcMMLU_655',
        task: 'ArcMMLU',
        prompt: 'Q?',
        outcomes: [{ model: 'gemini', inputTokens: 102, outputTokens: 74, basis: 'matrix' }],
      },
    ],
  },
]

const START = Date.UTC(2026, 0, 5)
const traces: FormatCase[] = [
  {
    format: 'azure-trace',
    layout: 'CSV',
    wrap: { kind: 'csv' },
    text: csv(['TIMESTAMP', 'ContextTokens', 'GeneratedTokens'], ['2023-11-16 18:17:03.9799600', 4808, 10]),
    records: [
      {
        id: 'log.txt:1',
        at: Date.UTC(2023, 10, 16, 18, 17, 3, 979),
        chosen: 'azure-trace',
        outcomes: [{ model: 'azure-trace', inputTokens: 4808, outputTokens: 10, basis: 'logged' }],
      },
    ],
  },
  {
    format: 'burstgpt',
    layout: 'first layout',
    wrap: { kind: 'csv' },
    text: csv(
      ['Timestamp', 'Model', 'Request tokens', 'Response tokens', 'Total tokens', 'Log Type'],
      [5, 'ChatGPT', 472, 18, 490, 'Conversation log'],
    ),
    records: [
      {
        id: 'log.txt:1',
        at: START + 5000,
        chosen: 'ChatGPT',
        outcomes: [{ model: 'ChatGPT', inputTokens: 472, outputTokens: 18, basis: 'logged' }],
      },
    ],
  },
  {
    format: 'burstgpt',
    layout: 'second layout',
    wrap: { kind: 'csv' },
    text: csv(
      [
        'Timestamp',
        'Session ID',
        'Elapsed time',
        'Model',
        'Request tokens',
        'Response tokens',
        'Total tokens',
        'Log Type',
      ],
      ['100.0', 'abc', 43, 'GPT-4', 906, 446, 1352, 'Conversation log'],
    ),
    records: [
      {
        id: 'log.txt:1',
        at: START + 100_000,
        scope: { session: 'abc' },
        chosen: 'GPT-4',
        outcomes: [
          { model: 'GPT-4', inputTokens: 906, outputTokens: 446, latencyMs: 43_000, basis: 'logged' },
        ],
      },
    ],
  },
  {
    format: 'mooncake',
    layout: 'JSONL',
    wrap: { kind: 'jsonl' },
    text: jsonl(
      { timestamp: 40, input_length: 1300, output_length: 500, hash_ids: [0, 1, 2] },
      { timestamp: 50, input_length: 1100, output_length: 7, hash_ids: [0, 9, 10] },
      { timestamp: 90, input_length: 2000, output_length: 3, hash_ids: [0, 1, 5, 6] },
    ),
    records: [
      {
        id: 'log.txt:1',
        at: START + 40,
        scope: { session: 'log.txt:1' },
        sharedPrefixTokens: 0,
        chosen: 'mooncake-trace',
        outcomes: [{ model: 'mooncake-trace', inputTokens: 1300, outputTokens: 500, basis: 'logged' }],
      },
      {
        id: 'log.txt:2',
        at: START + 50,
        scope: { session: 'log.txt:2' },
        sharedPrefixTokens: 0,
        chosen: 'mooncake-trace',
        outcomes: [{ model: 'mooncake-trace', inputTokens: 1100, outputTokens: 7, basis: 'logged' }],
      },
      {
        id: 'log.txt:3',
        at: START + 90,
        scope: { session: 'log.txt:1' },
        sharedPrefixTokens: 1024,
        chosen: 'mooncake-trace',
        outcomes: [{ model: 'mooncake-trace', inputTokens: 2000, outputTokens: 3, basis: 'logged' }],
      },
    ],
  },
  {
    format: 'lmcache',
    layout: 'CSV',
    wrap: { kind: 'csv' },
    text: csv(
      [
        'agent',
        'session_id',
        'step',
        'timestamp_us',
        'start_s',
        'input_tokens',
        'output_tokens',
        'input_chars',
        'shared_prefix_chars',
      ],
      ['miniswe', 's1', 1, 1_760_995_776_640_000, 2.7, 865, 179, 4014, 1294],
      ['miniswe', 's1', 2, 1_760_995_777_640_000, 3.7, 0, 70, 0, 0],
    ),
    records: [
      {
        id: 's1:1',
        at: 1_760_995_776_640,
        scope: { session: 's1' },
        task: 'miniswe',
        // 865 x 1294 / 4014 = 278.8…
        sharedPrefixTokens: 278,
        chosen: 'lmcache-trace',
        outcomes: [{ model: 'lmcache-trace', inputTokens: 865, outputTokens: 179, basis: 'logged' }],
      },
      {
        id: 's1:2',
        at: 1_760_995_777_640,
        scope: { session: 's1' },
        task: 'miniswe',
        chosen: 'lmcache-trace',
        outcomes: [{ model: 'lmcache-trace', outputTokens: 70, basis: 'logged' }],
      },
    ],
  },
]

const own: FormatCase[] = [
  {
    format: 'jsonl',
    layout: 'canonical records',
    wrap: { kind: 'jsonl' },
    text: jsonl({
      id: 'r1',
      at: AT,
      prompt: 'hi',
      chosen: 'm',
      outcomes: [{ model: 'm', costUsd: 0.1, quality: 1 }],
    }),
    records: [
      {
        id: 'r1',
        at: AT_MS,
        prompt: 'hi',
        chosen: 'm',
        outcomes: [{ model: 'm', costUsd: 0.1, quality: 1 }],
      },
    ],
  },
  {
    format: 'jsonl',
    layout: 'canonical records in a JSON list',
    wrap: { kind: 'list' },
    text: JSON.stringify([{ id: 'r1', scope: { user: 'u' }, chosen: 'm' }], null, 2),
    records: [{ id: 'r1', scope: { user: 'u' }, chosen: 'm' }],
  },
  {
    format: 'csv',
    layout: 'canonical CSV',
    wrap: { kind: 'csv' },
    text: csv(['id', 'at', 'user', 'model', 'cost_usd', 'quality'], ['r1', AT, 'u', 'm', '0.1', '1']),
    records: [
      { id: 'r1', at: AT_MS, scope: { user: 'u' }, outcomes: [{ model: 'm', costUsd: 0.1, quality: 1 }] },
    ],
  },
  {
    format: 'matrix',
    layout: 'CSV',
    wrap: { kind: 'csv' },
    text: csv(['query_id', 'task', 'model', 'quality', 'cost_usd'], ['q1', 't', 'm', '0.5', '']),
    records: [{ id: 'q1', task: 't', outcomes: [{ model: 'm', quality: 0.5, basis: 'matrix' }] }],
  },
  {
    format: 'queries',
    layout: 'JSONL',
    wrap: { kind: 'jsonl' },
    text: jsonl({ query_id: 'q1', task: 't', prompt: 'hi' }),
    records: [{ id: 'q1', task: 't', prompt: 'hi' }],
  },
]

export const FORMAT_CASES: readonly FormatCase[] = [
  ...litellm,
  ...helicone,
  ...langfuse,
  portkey,
  openrouter,
  ...otel,
  ...openai,
  ...sessions,
  ...benchmarks,
  ...traces,
  ...own,
]
