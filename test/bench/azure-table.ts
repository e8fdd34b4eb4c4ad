import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { BASES, type LogTable, type TextColumn } from '../../src/core/log-table.js'
import { costNanoUsd } from '../../src/core/usage.js'
import { draw } from '../../src/core/random.js'
import { azurePolicy, MODEL } from './azure-policy.js'

/** Both are run from the project's root, beside which the data lie. */
const FOLDER = resolve('../shared/data/traces_azure')
const FILES = ['AzureLLMInferenceTrace_code.csv.gz', 'AzureLLMInferenceTrace_conv.csv.gz']
export const hasAzureTraces: boolean = FILES.every((file) => existsSync(join(FOLDER, file)))

const USERS = 200
const ORGS = 8
const SEED = 1
/** What a call takes, as the trace does not say. */
const FIRST_TOKEN_MS = 500
const TOKEN_MS = 20

interface Arrival {
  readonly at: number
  readonly inputTokens: number
  readonly outputTokens: number
}

/**
 * The arrivals of Azure's code and conversation traces of 2023 (an hour of one day, 28,185 requests), merged by time, token counts as
 * they are. The trace has no ids: requests are dealt to 200 users in 8 orgs by a seeded heavy-tailed draw (the cube of a
 * uniform number: a tenth of the users sends nearly half).
 */
export function azureTable(): LogTable {
  const arrivals = FILES.flatMap(readTrace).sort((a, b) => a.at - b.at)
  const size = arrivals.length
  const ids = arrivals.map((_, row) => `azure-${row}`)
  const user = Int32Array.from(ids, (id) => Math.floor(USERS * draw(SEED, id, 'user') ** 3))
  const integers = (read: (one: Arrival) => number): Int32Array => Int32Array.from(arrivals, read)
  const input = integers(({ inputTokens }) => inputTokens)
  const output = integers(({ outputTokens }) => outputTokens)
  const policy = azurePolicy('lifetime')
  const prices = policy.models[0]?.prices
  if (prices === undefined) throw new Error('the model has no price')
  return {
    path: 'azure.db',
    hash: 'azure',
    size,
    arrivals: 'logged',
    ids,
    at: Float64Array.from(arrivals, ({ at }) => at),
    labels: {
      user: named('user', USERS, user),
      org: named(
        'org',
        ORGS,
        user.map((one) => one % ORGS),
      ),
    },
    priority: new Uint8Array(size).fill(1),
    inputTokensEstimate: input,
    inputTokensBound: input,
    maxOutputTokens: new Int32Array(size).fill(-1),
    needs: none(size),
    task: none(size),
    split: none(size),
    features: policy.classifier.extractor.names.map(() => new Float64Array(size)),
    assessedDifficulty: new Float64Array(size),
    chosen: new Int32Array(size),
    propensity: new Float64Array(size).fill(1),
    outcomes: [
      {
        model: MODEL,
        basis: new Uint8Array(size).fill(BASES.indexOf('logged')),
        costNanoUsd: Float64Array.from(arrivals, ({ inputTokens, outputTokens }) =>
          costNanoUsd(prices, { inputTokens, outputTokens }),
        ),
        quality: new Float64Array(size).fill(1),
        inputTokens: input,
        outputTokens: output,
        cachedInputTokens: undefined,
        cacheWriteTokens: undefined,
        latencyMs: Float64Array.from(output, (tokens) => FIRST_TOKEN_MS + TOKEN_MS * tokens),
      },
    ],
  }
}

/** `TIMESTAMP,ContextTokens,GeneratedTokens`, times to a tenth of a microsecond and without a zone. */
function readTrace(file: string): Arrival[] {
  const [, ...lines] = gunzipSync(readFileSync(join(FOLDER, file)))
    .toString('utf8')
    .trim()
    .split(/\r?\n/)
  return lines.map((line) => {
    const [time = '', input, output] = line.split(',')
    const at = Date.parse(`${time.slice(0, 23).replace(' ', 'T')}Z`)
    return { at, inputTokens: Number(input), outputTokens: Number(output) }
  })
}

function named(name: string, count: number, codes: Int32Array): TextColumn {
  return { values: Array.from({ length: count }, (_, code) => `${name}-${code}`), codes }
}

function none(size: number): TextColumn {
  return { values: [], codes: new Int32Array(size).fill(-1) }
}
