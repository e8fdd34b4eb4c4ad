import type { Random } from '../../core/random.js'
import type { Domain } from '../domains.js'
import { camel, expand, kebab, pascal, plural, snake, type Slots } from '../phrases.js'
import { between, pick } from '../sampling.js'
import { GO } from './go.js'
import { JAVA } from './java.js'
import { PYTHON } from './python.js'
import { RUST } from './rust.js'
import type { Language, SnippetTemplate } from './snippet-template.js'
import { TYPESCRIPT } from './typescript.js'

/** A piece of somebody's code with the words it is made of, so that prose and stack traces can speak of it. */
export interface Snippet {
  readonly language: Language
  readonly kind: string
  readonly weight: number
  readonly source: string
  readonly slots: Slots
}

const TEMPLATES: Readonly<Record<Language, readonly SnippetTemplate[]>> = {
  python: PYTHON,
  typescript: TYPESCRIPT,
  go: GO,
  java: JAVA,
  rust: RUST,
}
const EXTENSION: Readonly<Record<Language, string>> = {
  python: 'py',
  typescript: 'ts',
  go: 'go',
  java: 'java',
  rust: 'rs',
}

export function writeSnippet(random: Random, language: Language, domain: Domain): Snippet {
  const template = pick(random, TEMPLATES[language])
  const words = chooseWords(random, language, domain)
  const source = expand(random, template.source, words)
  const slots = { ...words, fn: nameIn(source, words.fn, words.es) }
  return { language, kind: template.kind, weight: template.weight, slots, source }
}

/** What prose calls this code: its function, else the class or method it defines, so that nobody asks about code that is not there. */
function nameIn(source: string, functionName: string, otherwise: string): string {
  if (source.includes(functionName)) return functionName
  return /(?:class|struct|type|func \([^)]*\))\s+(\w+)/.exec(source)?.[1] ?? otherwise
}

type Words = { readonly fn: string; readonly es: string }

const QUALIFIERS = ['', '', '', ' for %k%', ' by %k%', ' with %f%', ' safe', ' batch', ' all']

function chooseWords(random: Random, language: Language, domain: Domain): Slots & Words {
  const spell = language === 'python' || language === 'rust' ? snake : camel
  const entity = pick(random, domain.entities)
  const field = pick(random, domain.fields)
  const other = pick(
    random,
    domain.fields.filter((name) => name !== field),
  )
  const key = pick(random, domain.keys)
  const verb = pick(random, domain.verbs)
  const name = `${verb} ${entity}${expand(random, pick(random, QUALIFIERS), { k: key, f: field })}`
  return {
    fn: language === 'go' ? pascal(name) : spell(name),
    Fn: pascal(name),
    v: spell(verb),
    V: pascal(verb),
    e: spell(entity),
    E: pascal(entity),
    es: spell(plural(entity)),
    Es: pascal(plural(entity)),
    f: spell(field),
    F: pascal(field),
    g: spell(other),
    G: pascal(other),
    k: spell(key),
    K: pascal(key),
    col: snake(field),
    col2: snake(other),
    kcol: snake(key),
    table: snake(plural(entity)),
    path: kebab(plural(entity)),
    n: String(pick(random, [5, 10, 20, 25, 30, 50, 60, 100, 120, 200, 250, 500])),
    s: String(between(random, 2, 6)),
    file: filePath(random, language, domain.name, entity),
    domain: domain.name,
    entityWords: entity,
    verbWord: verb,
    keyWords: key,
    fieldWords: field,
    line: String(between(random, 12, 480)),
  }
}

function filePath(random: Random, language: Language, area: string, entity: string): string {
  const folder = pick(random, ['src', 'app', 'internal', 'services', 'lib'])
  const file =
    language === 'typescript' ? kebab(entity) : language === 'java' ? pascal(entity) : snake(entity)
  return `${folder}/${area}/${file}${pick(random, ['', '', language === 'java' ? 'Service' : '_service'])}.${EXTENSION[language]}`
}
