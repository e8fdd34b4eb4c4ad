import fc from 'fast-check'
import { expect, it } from 'vitest'
import { utf8Bytes, writeUtf8 } from '../../../src/core/tokens/utf8.js'
import { TEXTS } from './texts.js'

const seed = Number(process.env.FC_SEED ?? Math.floor(Math.random() * 2 ** 31))
const encoder = new TextEncoder()
const anyUnits = fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units))

function written(text: string): Uint8Array {
  const out = new Uint8Array(text.length * 3)
  return out.slice(0, writeUtf8(text, 0, text.length, out))
}

it('built-in texts have the bytes of TextEncoder', () => {
  for (const text of TEXTS) {
    expect(written(text)).toEqual(encoder.encode(text))
    expect(utf8Bytes(text)).toBe(encoder.encode(text).length)
  }
})

it(`any UTF-16 has the bytes of TextEncoder (FC_SEED=${seed})`, () => {
  fc.assert(
    fc.property(anyUnits, (text) => {
      expect(written(text)).toEqual(encoder.encode(text))
      expect(utf8Bytes(text)).toBe(encoder.encode(text).length)
    }),
    { seed },
  )
})

it('counts from a place on', () => {
  expect(utf8Bytes('äb中', 1)).toBe(4)
})
