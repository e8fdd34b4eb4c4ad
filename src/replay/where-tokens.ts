import { InputError } from '../core/errors.js'

export interface Token {
  readonly kind: 'word' | 'quoted' | 'operator' | 'parenthesis'
  readonly text: string
  /** Offset in the expression. */
  readonly at: number
}

/** Words end at blanks, parentheses and operators; colons, slashes, dots and `#` belong to words, since ids have them. */
const TOKEN =
  /\s+|([()])|([!^$*<>]=|[=<>])|"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|((?:[^\s()=<>!^$*"']|[!^$*](?!=))+)/y

/** A filter expression as tokens. @throws InputError with the position of what cannot be read. */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = []
  let at = 0
  while (at < text.length) {
    TOKEN.lastIndex = at
    const match = TOKEN.exec(text)
    if (match === null) throw unreadable(text, at)
    const [whole, parenthesis, operator, double, single, word] = match
    const quoted = double ?? single
    if (parenthesis !== undefined) tokens.push({ kind: 'parenthesis', text: parenthesis, at })
    else if (operator !== undefined) tokens.push({ kind: 'operator', text: operator, at })
    else if (quoted !== undefined) tokens.push({ kind: 'quoted', text: quoted.replace(/\\(.)/g, '$1'), at })
    else if (word !== undefined) tokens.push({ kind: 'word', text: word, at })
    at += whole.length
  }
  return tokens
}

function unreadable(text: string, at: number): InputError {
  const quote = text[at] === '"' || text[at] === "'"
  const message = quote ? 'this quote is not closed' : `"${text[at] ?? ''}" has no meaning here`
  return new InputError(`the filter cannot be read\n  ${text}\n  ${' '.repeat(at)}^`, [
    { path: `--where at ${at + 1}`, message },
  ])
}
