/**
 * A clause of genai-prices that tells which names an entry is for: `{ equals | starts_with | ends_with | contains | regex }`,
 * `{ or: [...] }` or `{ and: [...] }`. Names are compared in lower case, as genai-prices does.
 * https://github.com/pydantic/genai-prices/blob/main/prices/README.md
 */
export type MatchClause =
  | { readonly equals: string }
  | { readonly starts_with: string }
  | { readonly ends_with: string }
  | { readonly contains: string }
  | { readonly regex: string }
  | { readonly or: readonly MatchClause[] }
  | { readonly and: readonly MatchClause[] }

const WORDS = ['equals', 'starts_with', 'ends_with', 'contains', 'regex']

/** Whether a value is a clause that `matchRule` can read, all the way down. */
export function isClause(value: unknown): value is MatchClause {
  if (typeof value !== 'object' || value === null) return false
  return Object.entries(value).every(([word, what]) => {
    if (word === 'or' || word === 'and') return Array.isArray(what) && what.every(isClause)
    return WORDS.includes(word) && typeof what === 'string' && (word !== 'regex' || isRegex(what))
  })
}

function isRegex(text: string): boolean {
  try {
    return new RegExp(text, 'i') instanceof RegExp
  } catch {
    return false
  }
}

/** Why the clause holds for the name, in words; undefined where it does not. */
export function matchRule(clause: MatchClause, name: string): string | undefined {
  const lower = name.toLowerCase()
  if ('or' in clause) return clause.or.map((one) => matchRule(one, name)).find((rule) => rule !== undefined)
  if ('and' in clause) {
    const rules = clause.and.map((one) => matchRule(one, name))
    return rules.every((rule) => rule !== undefined) ? rules.join(' and ') : undefined
  }
  if ('equals' in clause) return lower === clause.equals.toLowerCase() ? 'exact' : undefined
  if ('starts_with' in clause)
    return said(lower.startsWith(clause.starts_with.toLowerCase()), `starts with ${clause.starts_with}`)
  if ('ends_with' in clause)
    return said(lower.endsWith(clause.ends_with.toLowerCase()), `ends with ${clause.ends_with}`)
  if ('contains' in clause)
    return said(lower.includes(clause.contains.toLowerCase()), `contains ${clause.contains}`)
  return said(new RegExp(clause.regex, 'i').test(name), `fits ${clause.regex}`)
}

function said(holds: boolean, rule: string): string | undefined {
  return holds ? rule : undefined
}
