import { messagesOf } from '../stored-text.js'
import type { LogStore } from '../store.js'
import { addTo, nothingFound, type Finding, type Found } from './found.js'
import { PERSONAL_KINDS, personalKinds, type PersonalKind } from './personal-data.js'

/** What is wrong with the texts of a log; nothing of the texts themselves. */
export interface TextFacts {
  /** Texts that end at one common length, the longest of the log, in the middle of a sentence. */
  readonly truncated: Found & { readonly length: number }
  /** Requests that repeat the text of one that the same user or session sent at most a minute before. */
  readonly repeated: Found
  readonly personal: Readonly<Partial<Record<PersonalKind, Found>>>
}

const RETRY_MS = 60_000
/** A smaller share repeats itself by chance: "continue", "thanks". */
const LEAST_REPEATED = 0.002
/** Characters of a text that are looked at for personal data. */
const MOST_READ = 20_000
/** So many texts of the greatest length are no chance, if they are this long. */
const LEAST_CUT = 5
const LEAST_LENGTH = 200
const ENDS_WELL = /[.!?:;)\]}"'`>…。]\s*$/

export function textFacts({ db }: LogStore): TextFacts {
  const personal = new Map<PersonalKind, Finding>()
  const lengths = new Map<number, Finding>()
  const repeated = nothingFound()
  let texts = 0
  const lastAt = new Map<string, number>()
  const query = db
    .prepare<[], [string, number | null, string | null, string]>(
      `select id, at, coalesce(scope ->> 'session', scope ->> 'user'), content
       from texts join requests on key = request order by at, id`,
    )
    .raw()
  for (const [id, at, who, content] of query.iterate()) {
    texts++
    for (const kind of personalKinds(content.slice(0, MOST_READ))) note(personal, kind, id)
    const text = lastTextOf(content)
    if (text.length >= LEAST_LENGTH && !ENDS_WELL.test(text)) note(lengths, text.length, id)
    if (at === null || who === null) continue
    const key = `${who} ${content}`
    if (at - (lastAt.get(key) ?? -Infinity) <= RETRY_MS) addTo(repeated, id)
    lastAt.set(key, at)
  }
  const longest = [...lengths.keys()].reduce((most, length) => Math.max(most, length), 0)
  const cut = lengths.get(longest)
  return {
    truncated:
      cut === undefined || cut.count < LEAST_CUT
        ? { count: 0, examples: [], length: 0 }
        : { ...cut, length: longest },
    repeated: repeated.count < LEAST_REPEATED * texts ? { count: 0, examples: [] } : repeated,
    personal: Object.fromEntries(
      PERSONAL_KINDS.flatMap((kind) => [[kind, personal.get(kind)] as const]).filter(([, one]) => one),
    ),
  }
}

function note<Key>(into: Map<Key, Finding>, key: Key, id: string): void {
  const found = into.get(key) ?? nothingFound()
  addTo(found, id)
  into.set(key, found)
}

/** Of a conversation the last turn's text. */
function lastTextOf(content: string): string {
  const last = messagesOf(content).at(-1)?.content
  return typeof last === 'string' ? last : ''
}
