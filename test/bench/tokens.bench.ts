import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base'
import { Tiktoken } from 'js-tiktoken/lite'
import ranks from 'js-tiktoken/ranks/o200k_base'
import { createTokenCounter } from '../../src/core/tokens/counter.js'

const ROUNDS = 7
const TEXT_UNITS = 400_000

/**
 * Token counting with o200k_base in MB of UTF-8 a second, ours next to js-tiktoken and gpt-tokenizer on the same texts,
 * cut into prompts of 2,000 characters. Baseline of the ratios: js-tiktoken. Medians of seven rounds, one warm-up; the
 * counters take turns within a round, so that a busy machine slows all of them alike.
 */
export async function bench(): Promise<void> {
  const tiktoken = new Tiktoken(ranks)
  const ours = createTokenCounter(ranks)
  const counters: readonly [string, (text: string) => number][] = [
    ['tollgate', (text) => ours.count(text)],
    ['gpt-tokenizer', (text) => countTokens(text)],
    ['js-tiktoken', (text) => tiktoken.encode(text, [], []).length],
  ]
  console.log(`token counting, o200k_base, median of ${ROUNDS} rounds over prompts of 2,000 characters`)
  for (const [name, text] of texts()) report(name, text, counters)

  const run = 'a'.repeat(1_000_000)
  const started = performance.now()
  ours.count(run)
  const rate = 1000 / (performance.now() - started)
  console.log(
    `  one unbroken run of a million letters: tollgate ${rate.toFixed(1)} MB/s (js-tiktoken's time is cubic: 12 s for ten thousand)`,
  )
}

function report(name: string, text: string, counters: readonly [string, (text: string) => number][]): void {
  const prompts = text.match(/[^]{1,2000}/gu) ?? []
  const bytes = Buffer.byteLength(text)
  const counts = new Set(counters.map(([, count]) => total(prompts, count)))
  if (counts.size > 1) throw new Error(`the counters disagree on ${name}: ${[...counts].join(', ')}`)
  const rounds = Array.from({ length: ROUNDS }, () =>
    counters.map(([, count]) => milliseconds(() => total(prompts, count))),
  )
  const rates = counters.map((_, i) => bytes / 1000 / median(rounds.map((round) => round[i] ?? NaN)))
  const base = rates.at(-1) ?? NaN
  const cells = counters.map(([counter], i) => {
    const rate = rates[i] ?? NaN
    return `${counter} ${rate.toFixed(1)} MB/s (${(rate / base).toFixed(1)}x)`
  })
  console.log(`  ${name}, ${(bytes / 1e6).toFixed(2)} MB: ${cells.join('   ')}`)
}

function total(prompts: readonly string[], count: (text: string) => number): number {
  return prompts.reduce((sum, prompt) => sum + count(prompt), 0)
}

function milliseconds(work: () => void): number {
  const started = performance.now()
  work()
  return performance.now() - started
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN
}

/** English from the READMEs of packages, code from what we depend on: both are the same on every machine with our lock. */
function texts(): [string, string][] {
  const packages = 'node_modules'
  const readmes = readdirSync(packages)
    .sort()
    .flatMap((name) => readIfThere(join(packages, name, 'README.md')))
  const code = ['zod/v4/core', 'yargs/build/lib', 'vega-lite/src'].flatMap((folder) =>
    sources(join(packages, folder)),
  )
  return [
    ['English', readmes.join('\n').slice(0, TEXT_UNITS)],
    ['code', code.join('\n').slice(0, TEXT_UNITS)],
  ]
}

function readIfThere(path: string): string[] {
  try {
    return [readFileSync(path, 'utf8')]
  } catch {
    return []
  }
}

function sources(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => /\.(js|ts)$/.test(name) && !name.endsWith('.d.ts'))
    .sort()
    .map((name) => readFileSync(join(folder, name), 'utf8'))
}
