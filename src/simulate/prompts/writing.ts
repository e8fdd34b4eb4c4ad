import type { Random } from '../../core/random.js'
import type { Snippet } from '../code/snippet.js'
import type { Domain } from '../domains.js'
import { expand, type Hint, type Slots } from '../phrases.js'
import { chance, pick } from '../sampling.js'

/** What somebody has before their eyes when they ask: a file, a subject, and their own way of writing. */
export interface Writing {
  readonly random: Random
  readonly domain: Domain
  readonly snippet: Snippet
  /** Types fast: lower case, no full stops. */
  readonly casual: boolean
  /** A job writes, not a person. */
  readonly batch: boolean
}

/** One of the phrases with its words filled in. */
export function say(writing: Writing, bank: readonly Hint[], extra: Slots = {}): Hint {
  const { text, weight } = pick(writing.random, bank)
  return { text: expand(writing.random, text, { ...writing.snippet.slots, ...extra }), weight }
}

/** One of the phrases with this probability, else nothing. */
export function maybe(writing: Writing, probability: number, bank: readonly Hint[], extra: Slots = {}): Hint {
  return chance(writing.random, probability) ? say(writing, bank, extra) : NOTHING
}

export const NOTHING: Hint = { text: '', weight: 0 }

/** Parts one after the other; their weights add up, so that the text carries what the difficulty counts. */
export function join(separator: string, parts: readonly Hint[]): Hint {
  const written = parts.filter((part) => part.text !== '')
  return {
    text: written.map((part) => part.text).join(separator),
    weight: written.reduce((sum, part) => sum + part.weight, 0),
  }
}

/** Sentences in a row, each ended before the next begins. */
export function sentences(parts: readonly Hint[]): Hint {
  const written = parts.filter((part) => part.text !== '')
  const ended = written.map((part, i) => {
    const last = i === written.length - 1 || /[.?!:]$/.test(part.text)
    return last ? part : { ...part, text: `${part.text}.` }
  })
  return join(' ', ended)
}

/** The code in a fenced block; some people paste it bare. */
export function paste(writing: Writing, source: string = writing.snippet.source): Hint {
  const { language, weight } = writing.snippet
  const tag = chance(writing.random, 0.85) ? language : ''
  const bare = chance(writing.random, 0.12)
  return { text: bare ? source : `\`\`\`${tag}\n${source}\n\`\`\``, weight }
}

/** Prose as this person types it. Code is left alone. */
export function inTheirHand(writing: Writing, prose: Hint): Hint {
  if (!writing.casual) return prose
  const text = prose.text
    .replace(
      /(^|[.?!]\s+)([A-Z])(?=[a-z]+\b)/g,
      (_, before: string, letter: string) => before + letter.toLowerCase(),
    )
    .replace(/\.$/, '')
    .replace(/n't\b/g, chance(writing.random, 0.3) ? 'nt' : "n't")
  return { ...prose, text }
}
