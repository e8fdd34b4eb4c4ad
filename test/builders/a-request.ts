import type { Request } from '../../src/core/request.js'

/** An easy request of 100 tokens by org acme, as the core sees it. */
export function aRequest(parts: Partial<Request> = {}): Request {
  return {
    id: 'r1',
    at: 0,
    scope: { org: 'acme' },
    priority: 'normal',
    task: undefined,
    needs: [],
    inputTokensEstimate: 100,
    inputTokensBound: 100,
    maxOutputTokens: undefined,
    features: undefined,
    assessment: { difficulty: 0 },
    ...parts,
  }
}
