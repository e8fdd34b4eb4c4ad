import { createRequire } from 'node:module'
import { createTokenCounter, type TokenCounter, type TokenRanks } from '../core/tokens/counter.js'

let counter: TokenCounter | undefined

/**
 * The counter used when the caller passes none: o200k_base, made once. The ranks are a module of 2.3 MB, so importing the
 * runtime does not touch them: the first count does, in 40 ms. By `require` and not `import()`, because counting is
 * synchronous. Hosts without `require` (browsers) pass their own `createTokenCounter(ranks)`.
 */
export function defaultCounter(): TokenCounter {
  return (counter ??= lazy(
    'o200k_base',
    () => createRequire(import.meta.url)('js-tiktoken/ranks/o200k_base') as TokenRanks,
  ))
}

function lazy(name: string, ranks: () => TokenRanks): TokenCounter {
  let loaded: TokenCounter | undefined
  return { name, count: (text) => (loaded ??= createTokenCounter(ranks(), name)).count(text) }
}
