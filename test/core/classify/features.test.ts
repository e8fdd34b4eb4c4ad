import { describe, expect, it } from 'vitest'
import { createExtractor, HEAD_UNITS, TAIL_UNITS } from '../../../src/core/classify/features.js'
import { heuristicSchema } from '../../../src/core/classify/heuristic-schema.js'
import type { Message } from '../../../src/core/request.js'

const extractor = createExtractor(heuristicSchema.parse({}))

function signalsOf(content: Message['content'] | readonly Message[], tokens = 0): Record<string, number> {
  const isConversation = Array.isArray(content) && content.every((part) => 'role' in (part as object))
  const messages = isConversation ? (content as readonly Message[]) : [{ role: 'user', content } as Message]
  const values = extractor.extract(messages, tokens)
  const named = extractor.names.map((name, i) => [name, values[i]] as const)
  return Object.fromEntries(named.filter(([, value]) => value !== 0)) as Record<string, number>
}
const user = (content: string): Message => ({ role: 'user', content })

describe('golden values', () => {
  it.each<[string, string, Record<string, number>]>([
    ['nothing', '', {}],
    ['a rename', 'Rename foo to bar.', { 'keywords.simple': 0.5 }],
    ['words within words', 'renamed importance formatted designing', {}],
    ['no case, no signs', 'RENAME: the Docstring!', { 'keywords.simple': 0.75 }],
    ['a word twice is one word', 'rename rename rename', { 'keywords.simple': 0.5 }],
    ['a phrase, hyphen or not', 'trade off, trade-off', { 'keywords.design': 0.5 }],
    ['a phrase across a comma is none', 'design, a house', {}],
    ['overlapping phrases', 'a unit test', { 'keywords.rework': 0.75 }],
    ['a question', 'Does it work? I wonder', { question: 1 }],
    ['an asking word', 'how to sort a list', { question: 1 }],
    ['no question', 'open http://x.y?z=1 and a ? b : c', {}],
    ['code is not prose', '```\nrename import debug?\n```', { codeBlocks: 0.5 }],
    ['two blocks', '```a\n```\n~~~\n```\n~~~', { codeBlocks: 0.75 }],
    ['a block without end', 'x\n```js\ndebug', { codeBlocks: 0.5 }],
    ['indented code', 'x\n    if (debug)\n\tcrash()\n  y', { indentedCode: 0.1 }],
    ['an indented prompt', '    x\n    y\n    z', {}],
    ['one requirement', 'It must work.', {}],
    ['a list', '- one\n* two\n3. three\n4) four', { requirements: 0.5 }],
    ['obligations', 'It must run, should log and also return early', { requirements: 2 / 6 }],
    ['joined imperatives', 'Fix it and add logs, then write docs', { requirements: 1 / 6 }],
    ['not joined', 'sand address then writer', {}],
  ])('%s', (_name, text, expected) => {
    expect(signalsOf(text)).toEqual(expected)
  })

  it.each([
    [
      'Python',
      'Traceback (most recent call last):\n  File "/a/b.py", line 12, in f\n    x()\nKeyError: 3',
      3,
    ],
    [
      'JavaScript',
      'TypeError: x is not a function\n    at foo (/a/b.js:1:2)\n    at /a/c.js:3:4\n    at new Bar (<anonymous>)',
      4,
    ],
    [
      'Java',
      'Exception in thread "main" java.lang.X\n\tat com.a.B.c(B.java:12)\nCaused by: y\n\tat d.E.f(Native Method)',
      4,
    ],
    [
      'C#',
      'System.NullReferenceException: o\n   at A.B.C(String s) in /src/A.cs:line 12\n   at A.B.Main()',
      3,
    ],
    ['Go', 'goroutine 1 [running]:\nmain.main()\n\t/a/main.go:8 +0x1d', 2],
    ['Rust', "thread 'main' panicked at src/main.rs:2:5:\n   2: foo\n             at ./src/main.rs:2:5", 2],
    ['Ruby', "\tfrom a.rb:3:in `f'", 1],
    ['PHP', '#0 /a/b.php(12): f()', 1],
    ['gdb', '#1  0x00007f in main () at a.c:3', 1],
    ['prose', 'at night (when dark) we met\nat 10:30 in the morning\nError: none\nfrom here: on\n# 1 (2)', 0],
  ])('stack frames of %s', (_name, text, frames) => {
    expect(signalsOf(text).stackTrace ?? 0).toBe(1 - 2 ** -frames)
    expect(signalsOf('```\n' + text + '\n```').stackTrace ?? 0).toBe(1 - 2 ** -frames)
  })

  it.each([
    [0, 0],
    [16, 0],
    [32, 0.1],
    [512, 0.5],
    [16_384, 1],
    [1e9, 1],
  ])('%i tokens', (tokens, expected) => {
    expect(signalsOf('', tokens).tokens ?? 0).toBeCloseTo(expected, 12)
  })
})

describe('conversations', () => {
  it('counts turns over all and reads the last user message', () => {
    const messages = [user('debug the crash'), { role: 'assistant', content: 'ok' }, user('rename it')]
    expect(signalsOf([...messages, { role: 'assistant', content: 'refactor' }])).toEqual({
      turns: 0.125,
      'keywords.simple': 0.5,
    })
  })

  it('reads the last message where no user speaks', () => {
    expect(signalsOf([{ role: 'system', content: 'rename it' }])).toEqual({ 'keywords.simple': 0.5 })
  })

  it('reads text parts and leaves others out', () => {
    const parts = [
      { type: 'text', text: 'rename' },
      { type: 'image_url', image_url: { url: 'debug' } },
      'debug',
      null,
    ]
    expect(extractor.extract([{ role: 'user', content: parts }], 0)).toEqual(
      extractor.extract([user('rename')], 0),
    )
  })

  it('no messages and empty content are zeros', () => {
    const tools = { role: 'user', content: null } as unknown as Message
    for (const messages of [[], [tools]])
      expect([...extractor.extract(messages, 0)].every((x) => x === 0)).toBe(true)
  })
})

describe('keyword lists', () => {
  const custom = (words: string[], weight = 1): ReturnType<typeof createExtractor> =>
    createExtractor({ keywords: { own: { words, weight } } })
  const found = (words: string[], text: string): number => custom(words).extract([user(text)], 0)[7] ?? -1

  it('match in any script, and C++ and C# as they are written', () => {
    expect(found(['架构'], '请设计系统架构。')).toBe(0.5)
    expect(found(['größe'], 'Die GRÖSSE? Größe!')).toBe(0.5)
    expect(found(['c++', 'C#'], 'port C++ to c#')).toBe(0.75)
    expect(found(['c++'], 'port c to b')).toBe(0)
    expect(found(['node.js', "don't"], "Node.js, don't")).toBe(0.75)
    expect(found(['???'], '???')).toBe(0)
  })

  it('are the key; weights, order and repetition of groups are not', () => {
    expect(custom(['a', 'b'], 1).key).toBe(custom(['b', 'a'], -1).key)
    expect(custom(['a']).key).not.toBe(custom(['b']).key)
    const one = createExtractor({
      keywords: { x: { words: ['a'], weight: 1 }, y: { words: ['b'], weight: 1 } },
    })
    const other = createExtractor({
      keywords: { y: { words: ['b'], weight: 1 }, x: { words: ['a'], weight: 1 } },
    })
    expect([one.key, one.names]).toEqual([other.key, other.names])
    expect(extractor.key).toBe('text-1-80643caa3d0f546a')
  })
})

describe('hostile inputs', () => {
  it('reads the head and the tail of a long message and no more', () => {
    const middle = 'x '.repeat(HEAD_UNITS)
    const text = `rename ${middle} debug ${middle} refactor`
    expect(signalsOf(text)).toEqual({ 'keywords.simple': 0.5, 'keywords.rework': 0.5 })
    expect(text.length).toBeGreaterThan(HEAD_UNITS + TAIL_UNITS)
  })

  // Quadratic time in the part that is read would take minutes here: a million runs of 32 KB.
  it.each([
    '? ',
    ' ',
    '\n',
    '```\n',
    'at a.b(c:1',
    'at :::',
    'at a.',
    '#1 ((1',
    'File "',
    'must ',
    'and add ',
    '1. ',
    'a\n    ',
    '设计',
    'Ж',
    'Error',
  ])('ends on four megabytes of %j, again and again', (unit) => {
    const messages = [user(unit.repeat(4_000_000 / unit.length))]
    for (let i = 0; i < 50; i++) {
      for (const value of extractor.extract(messages, 1)) expect(value >= 0 && value <= 1).toBe(true)
    }
  })
})
