import { existsSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'

/** Built-in texts: many scripts, code, line endings, and everything the pre-tokenizer treats apart. */
export const TEXTS: readonly string[] = [
  '',
  ' ',
  'Hello, world!',
  "I'm sure they'll say it's THEIR'S, we'Ve WE'RE don'T y'all'd've 'tis O'Neil's 'sup",
  "it's, it'\u0053, it'\u017f, IT'LLx, a'lL'Ll'm'D'd'R'rE",
  'camelCaseWordsAndHTTPServerAndXMLParserIDs snake_case_words SCREAMING_SNAKE kebab-case',
  'const f = (x) => ({ ...x, y: x?.y ?? 0 }) // 100% \n\treturn `${a}`;\n}\n\n\n',
  'def f(a, b):\n    """Doc."""\n    if a:\n        return b[1:-1]\n\n    raise ValueError(f"{a!r}")\n',
  'line\r\nline\r\n\r\n  indented\r\n\t\ttabs \r\n',
  '   leading and trailing   ',
  'a  b   c    d     e\t\tf \t g',
  '\n \n  \n   x',
  '1 12 123 1234 12345 1234567890 3.14159 1e-9 0xdeadbeef ½ Ⅷ ٣٤٥ 一二三 ²³ 𝟘𝟙𝟚𝟛𝟜',
  'https://example.com/a/b?c=d&e=f#g //comment /* x */ ///\n///\n/ /',
  '!!!??? ... --- === ##### $$$ @@@ ~~~ ``` ({[<>]})',
  'Größe straße ÉCOLE façade naïve Ångström İstanbul ſ ǅ ǈ',
  'Привет, как дела? ПРИВЕТ Україна',
  'Καλημέρα κόσμε, ΕΛΛΑΔΑ',
  '你好，世界。这是一个测试。架构设计',
  '日本語のテキスト、カタカナとひらがな',
  '한국어 텍스트입니다',
  'שלום עולם',
  'مرحبا بالعالم، كيف حالك؟',
  'नमस्ते दुनिया, यह एक परीक्षण है',
  'สวัสดีชาวโลก',
  'Tiếng Việt có dấu',
  'e\u0301 a\u0300\u0301\u0302 \u0301 \u0301A \u0301Ab A\u0301B !\u0301a',
  '😀 😀😀 👩‍👩‍👧‍👦 🇩🇪 👍🏽 ❤️ ☃ ☃︎',
  '\u{10400}\u{10428} \u{1d400} 𠜎𠜱𠝹 ABC\u{10400}',
  'lone \ud83d high, \ude00 low, \ude00\ud83d swapped, end \ud83d',
  '\ud83d',
  'a\u00a0b\u2003c\u2028d\u2029e\u3000f\ufeffg\u200bh\u0085i\u000bj\u000ck\u0000l\u0007',
  '<|endoftext|> and <|endofprompt|> and <|im_start|>user',
  '中AAAA中AAAa中aA AA中中AAA',
  'ÀÈÌ中aÀ',
  'antidisestablishmentarianism pneumonoultramicroscopicsilicovolcanoconiosis Donaudampfschifffahrtsgesellschaft',
  'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U',
  'a'.repeat(200),
  'A'.repeat(100),
  ' '.repeat(200) + 'x',
  '\n'.repeat(100),
  '中'.repeat(60),
  'ab'.repeat(120),
  '='.repeat(150),
]

const DATA = new URL('../../../../shared/data/', import.meta.url)

/** Prompts of the real data, every so many, or undefined where the data is absent. */
export function realPrompts(): string[] | undefined {
  const sets = ['routerbench', 'zeroeval', 'routellm_gsm8k', 'llmdrift']
  const files = sets.map((set) => new URL(`${set}/queries.jsonl.gz`, DATA)).filter((file) => existsSync(file))
  return files.length === 0
    ? undefined
    : files.flatMap((file) => everyEighth(gunzipSync(readFileSync(file)).toString()))
}

function everyEighth(jsonl: string): string[] {
  const lines = jsonl.split('\n').filter((line, i) => i % 8 === 0 && line !== '')
  return lines.map((line) => String((JSON.parse(line) as { prompt: unknown }).prompt))
}
