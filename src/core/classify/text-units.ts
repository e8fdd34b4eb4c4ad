/** Node, workers and browsers have it alike (https://encoding.spec.whatwg.org/#dom-textencoder-encodeinto). */
declare class TextEncoder {
  encodeInto(text: string, into: Uint8Array): { readonly read: number; readonly written: number }
}

/** Of a longer text nothing is kept: one prompt of megabytes would be held in memory for good. */
const KEPT = 1 << 16

/**
 * The UTF-16 units of a text, in an array that is reused. Where each unit is read several times a copy pays: a string is
 * looked through to its parts at every read.
 */
export class TextUnits {
  readonly #encoder = new TextEncoder()
  #bytes = new Uint8Array(0)
  #units = new Uint16Array(0)

  /** As long as the text. Good until the next call. */
  read(text: string): Uint16Array {
    const units = this.ofLength(text.length)
    const bytes = this.#bytesOf(text)
    if (bytes === undefined) for (let i = 0; i < text.length; i++) units[i] = text.charCodeAt(i)
    else units.set(bytes)
    return units
  }

  /** To write into; it holds what was there before. */
  ofLength(length: number): Uint16Array {
    if (length > KEPT) return new Uint16Array(length)
    if (this.#units.length < length) this.#units = new Uint16Array(Math.min(KEPT, 2 * length))
    return this.#units.subarray(0, length)
  }

  /** Of a text in ASCII, which has as many bytes as units; undefined of another and of a long one. */
  #bytesOf(text: string): Uint8Array | undefined {
    if (text.length > KEPT) return undefined
    if (this.#bytes.length < text.length) this.#bytes = new Uint8Array(Math.min(KEPT, 2 * text.length))
    const bytes = this.#bytes.subarray(0, text.length)
    return this.#encoder.encodeInto(text, bytes).read === text.length ? bytes : undefined
  }
}

/** Arguments that a call may have everywhere. */
const ARGUMENTS = 4096

export function stringOf(units: Uint16Array): string {
  let text = ''
  for (let i = 0; i < units.length; i += ARGUMENTS)
    text += String.fromCharCode(...units.subarray(i, i + ARGUMENTS))
  return text
}
