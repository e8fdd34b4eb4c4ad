import { z } from 'zod'

/** What is known of an assessment that somebody is paid for: a BERT server, a small LLM. The host makes the call. */
export const serviceFields = {
  name: z.string().min(1).default('service').describe('what the decision log calls it'),
  maxCostUsd: z.number().min(0).max(9007).describe('US dollars: reserved before each assessment'),
  expectedCostUsd: z
    .number()
    .min(0)
    .max(9007)
    .optional()
    .describe('in replay, where the log does not say what an assessment cost; default: maxCostUsd'),
  expectedLatencyMs: z.number().min(0).default(200).describe('in replay, where the log does not say'),
  timeoutMs: z.int().min(1).default(2000).describe('an assessment that takes longer has failed'),
  onFailure: z
    .literal('heuristic')
    .default('heuristic')
    .describe('what assesses a request where the service fails, is late or cannot be paid for'),
}

/** Without the rules that stand in. */
export type ServiceSpec = z.output<z.ZodObject<typeof serviceFields>>
