import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { renderJunit } from '../../src/report/junit.js'

const ENTITIES: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&apos;': "'",
  '&#9;': '\t',
  '&#10;': '\n',
  '&#13;': '\r',
}

const unescaped = (text: string): string =>
  text.replace(/&[^;]*;/g, (entity) => {
    const sign = ENTITIES[entity]
    if (sign === undefined) throw new Error(`no entity ${entity}`)
    return sign
  })

/** Tags with attributes and texts between them; throws where a tag is not closed, or a `<` or `&` stands alone. */
function read(xml: string): { name: string; attributes: Record<string, string>; text: string }[] {
  const open: string[] = []
  const elements: { name: string; attributes: Record<string, string>; text: string }[] = []
  const body = xml.replace(/^<\?xml [^>]*\?>/, '')
  for (const [, slash, name = '', attributes = '', text = ''] of body.matchAll(
    /<(\/?)([\w-]+)((?: [\w-]+="[^"<]*")*)>([^<]*)/g,
  )) {
    if (slash === '/') expect(open.pop()).toBe(name)
    else {
      open.push(name)
      const pairs = [...attributes.matchAll(/ ([\w-]+)="([^"]*)"/g)].map(([, key = '', value = '']) => [
        key,
        unescaped(value),
      ])
      elements.push({
        name,
        attributes: Object.fromEntries(pairs) as Record<string, string>,
        text: unescaped(text),
      })
    }
  }
  expect(open).toEqual([])
  expect(body.replace(/<\/?[\w-]+(?: [\w-]+="[^"<]*")*>/g, '')).not.toMatch(/[<>]/)
  return elements
}

describe('JUnit XML', () => {
  it('counts what failed and what there is no telling of, and has no times', () => {
    const xml = renderJunit({
      name: 'gate',
      cases: [
        { name: 'quality', outcome: 'passed', message: 'fine', details: 'all' },
        { name: 'cost', outcome: 'failure', message: 'too dear', details: 'by "much"' },
        { name: 'rest', outcome: 'error', message: 'open', details: '' },
      ],
    })
    const elements = read(xml)
    expect(elements[1]).toMatchObject({
      name: 'testsuite',
      attributes: { name: 'gate', tests: '3', failures: '1', errors: '1' },
    })
    expect(elements.map(({ name }) => name)).toEqual([
      'testsuites',
      'testsuite',
      'testcase',
      'system-out',
      'testcase',
      'failure',
      'testcase',
      'error',
    ])
    expect(elements[5]).toMatchObject({
      attributes: { message: 'too dear', type: 'failure' },
      text: 'by "much"',
    })
    expect(xml).not.toMatch(/time/)
  })

  it('comes back from XML as it went in, whatever names hold (property)', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), (message, details) => {
        const xml = renderJunit({
          name: message,
          cases: [{ name: details, outcome: 'failure', message, details }],
        })
        // XML 1.0, section 2.2: what may stand in a document at all.
        expect(xml).not.toMatch(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u)
        const shown = (text: string): string =>
          text
            .replaceAll('\u00a0', ' ')
            .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd')
        const failure = read(xml).find(({ name }) => name === 'failure')!
        expect(failure.attributes['message']).toBe(shown(message))
        expect(failure.text).toBe(shown(details))
      }),
      { seed: 9, numRuns: 300 },
    )
  })

  it('writes what XML cannot hold as a mark, and no markup of a name', () => {
    const xml = renderJunit({
      name: 'a"b<c>&\u0000\ud800',
      cases: [{ name: ']]>', outcome: 'failure', message: 'x\ny', details: '</failure><script>' }],
    })
    expect(xml).toContain('name="a&quot;b&lt;c&gt;&amp;\ufffd\ufffd"')
    expect(xml).toContain('message="x&#10;y"')
    expect(xml).not.toContain('<script')
    expect(xml).not.toContain(']]>')
  })
})
