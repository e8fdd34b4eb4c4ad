import canonicalize from 'canonicalize'
import { describe, expect, it } from 'vitest'
import { createHash } from 'node:crypto'
import { contentHash, sha256Hex } from '../../src/core/content-hash.js'

/** RFC 8785, section 3.2.2 (https://www.rfc-editor.org/rfc/rfc8785#section-3.2.2): input and its canonical form. */
const RFC_INPUT = {
  numbers: [333333333.33333329, 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
  string: '\u20ac$\u000F\u000aA\'\u0042\u0022\u005c\\"/',
  literals: [null, true, false],
}
const RFC_OUTPUT =
  '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'

describe('contentHash', () => {
  it('is the SHA-256 of the canonical JSON, as RFC 8785 has it', () => {
    expect(canonicalize(RFC_INPUT)).toBe(RFC_OUTPUT)
    const expected = createHash('sha256').update(RFC_OUTPUT, 'utf8').digest('hex')
    expect(contentHash(RFC_INPUT)).toBe(`sha256:${expected}`)
  })

  it('sorts keys by UTF-16 code units (RFC 8785, section 3.2.3)', () => {
    const keys = { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\ud83d\ude00': 5, '\u0080': 6, '\u00f6': 7 }
    const sorted = '{"\\r":2,"1":4,"\u0080":6,"\u00f6":7,"\u20ac":1,"\ud83d\ude00":5,"\ufb33":3}'
    expect(contentHash(keys)).toBe(`sha256:${sha256Hex(sorted)}`)
  })

  it('does not depend on the order of keys, on itself, or on -0', () => {
    expect(contentHash({ a: 1, b: 2 })).toBe(contentHash({ b: 2, a: 1, contentHash: 'x' }))
    expect(contentHash({ a: -0 })).toBe(contentHash({ a: 0 }))
    expect(contentHash({ a: 1 })).not.toBe(contentHash({ a: '1' }))
  })

  it('hashes UTF-8 as Node does', () => {
    const text = 'grüße 😀'
    expect(sha256Hex(text)).toBe(createHash('sha256').update(text, 'utf8').digest('hex'))
  })
})
