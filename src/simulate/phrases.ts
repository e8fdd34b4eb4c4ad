import type { Random } from '../core/random.js'
import { pick } from './sampling.js'

export type Slots = Readonly<Record<string, string>>

/**
 * A template with its choices made: `[[this|that|]]` is one of its alternatives (the same alternatives get the same
 * answer throughout one text, so that a variable keeps its name) and `%slot%` is a word of the session.
 * @throws RangeError when a slot has no word: a mistake in a template.
 */
export function expand(random: Random, template: string, slots: Slots): string {
  const made = new Map<string, string>()
  const chosen = template.replace(/\[\[([^\]]*)\]\]/g, (_, alternatives: string) => {
    const known = made.get(alternatives)
    if (known !== undefined) return known
    const choice = pick(random, alternatives.split('|'))
    made.set(alternatives, choice)
    return choice
  })
  return chosen.replace(/%(\w+)%/g, (_, slot: string) => {
    const word = slots[slot]
    if (word === undefined) throw new RangeError(`no word for %${slot}% in: ${template.slice(0, 60)}`)
    return word
  })
}

/** A phrase and what it says about how hard the request is, on the scale of `difficulty.ts`. */
export interface Hint {
  readonly text: string
  readonly weight: number
}

export const camel = (words: string): string => {
  const [first = '', ...rest] = words.split(' ')
  return first + rest.map(capital).join('')
}
export const pascal = (words: string): string => words.split(' ').map(capital).join('')
export const snake = (words: string): string => words.replaceAll(' ', '_')
export const kebab = (words: string): string => words.replaceAll(' ', '-')

export function plural(words: string): string {
  if (/(s|x|ch|sh)$/.test(words)) return `${words}es`
  if (/[^aeiou]y$/.test(words)) return `${words.slice(0, -1)}ies`
  return `${words}s`
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1)
}
