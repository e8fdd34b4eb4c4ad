/** A prefix is a template's where so large a share of the messages begin with it, and so many at least. */
const SHARE = 0.01
const FEWEST = 20
/** Shorter beginnings are how people begin questions. In code units. */
const SHORTEST = 20

/**
 * The messages without the template that they begin with: the longest beginning, in whole words, that at least 1 % of the messages
 * (20 at least) have in common with it, if it is 20 characters or longer. What applications write before each question makes no two questions alike. A message that
 * is all template stays whole. Work: a sort; in its order the messages with a common beginning stand side by side, and that of as
 * many as are needed is common to the first and the last of them.
 */
export function withoutTemplates(messages: readonly string[]): readonly string[] {
  const needed = Math.max(FEWEST, Math.ceil(messages.length * SHARE))
  if (messages.length < needed) return messages
  const order = messages
    .map((_, index) => index)
    .sort((a, b) => compare(messages[a] ?? '', messages[b] ?? ''))
  const at = (place: number): string => messages[order[place] ?? -1] ?? ''
  const common = Array.from({ length: messages.length - needed + 1 }, (_, first) =>
    commonLength(at(first), at(first + needed - 1)),
  )
  const longest = slidingMaximum(common, needed)
  const stripped = [...messages]
  order.forEach((index, place) => {
    const message = messages[index] ?? ''
    const start = wordStart(message, longest[place] ?? 0)
    const rest = message.slice(start)
    if (start >= SHORTEST && /[\p{L}\p{N}]/u.test(rest)) stripped[index] = rest
  })
  return stripped
}

/** By code units, so that the order is the same everywhere. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function commonLength(a: string, b: string): number {
  const most = Math.min(a.length, b.length)
  let length = 0
  while (length < most && a.charCodeAt(length) === b.charCodeAt(length)) length++
  return length
}

/** The last place up to `length` at which no word is cut in two. */
function wordStart(text: string, length: number): number {
  let start = length
  while (start > 0 && isWord(text, start - 1) && isWord(text, start)) start--
  return start
}

function isWord(text: string, place: number): boolean {
  return /[\p{L}\p{N}_]/u.test(text.charAt(place))
}

/** At each place the largest of the windows of `width` places that it lies in; window i begins at place i. */
function slidingMaximum(windows: readonly number[], width: number): readonly number[] {
  const largest: number[] = []
  const falling: number[] = []
  for (let place = 0; place < windows.length + width - 1; place++) {
    const opened = windows[place]
    if (opened !== undefined) {
      while (falling.length > 0 && (windows[falling.at(-1) as number] as number) <= opened) falling.pop()
      falling.push(place)
    }
    while ((falling[0] as number) < place - width + 1) falling.shift()
    largest.push(windows[falling[0] as number] as number)
  }
  return largest
}
