/** Numbers in and out of one run of bytes. Values lie in planes, lowest bytes first: equal bytes side by side compress well. What was written before is written once. */

export interface ByteWriter {
  /** `width` bytes of each whole number from 0 to 2^53. Gives the place of the first. */
  integers(values: Float64Array, width: number): number
  /** All 64 bits of each number. Gives the place of the first. */
  floats(values: Float64Array): number
  readonly bytes: () => Uint8Array
}

const FLOAT_BYTES = 8

export function createByteWriter(): ByteWriter {
  const parts: Uint8Array[] = []
  let size = 0
  const places = new Map<Uint8Array, number>()
  const add = (part: Uint8Array): number => {
    const twin = parts.find((other) => isSame(other, part))
    if (twin !== undefined) return places.get(twin) ?? 0
    const place = size
    parts.push(part)
    places.set(part, place)
    size += part.length
    return place
  }
  return {
    integers(values, width) {
      const planes = new Uint8Array(values.length * width)
      for (let row = 0; row < values.length; row++) {
        let rest = values[row] as number
        for (let plane = 0; plane < width; plane++) {
          planes[plane * values.length + row] = rest % 256
          rest = Math.floor(rest / 256)
        }
      }
      return add(planes)
    },
    floats(values) {
      const view = new DataView(new ArrayBuffer(FLOAT_BYTES))
      const planes = new Uint8Array(values.length * FLOAT_BYTES)
      for (let row = 0; row < values.length; row++) {
        view.setFloat64(0, values[row] as number, true)
        for (let plane = 0; plane < FLOAT_BYTES; plane++)
          planes[plane * values.length + row] = view.getUint8(plane)
      }
      return add(planes)
    },
    bytes() {
      const whole = new Uint8Array(size)
      let place = 0
      for (const part of parts) {
        whole.set(part, place)
        place += part.length
      }
      return whole
    },
  }
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index])
}

/** What `integers` wrote. */
export function readIntegers(bytes: Uint8Array, place: number, size: number, width: number): Float64Array {
  const values = new Float64Array(size)
  let factor = 1
  for (let plane = 0; plane < width; plane++) {
    const from = place + plane * size
    for (let row = 0; row < size; row++)
      values[row] = (values[row] as number) + factor * (bytes[from + row] as number)
    factor *= 256
  }
  return values
}

/** What `floats` wrote, to the bit. */
export function readFloats(bytes: Uint8Array, place: number, size: number): Float64Array {
  const view = new DataView(new ArrayBuffer(FLOAT_BYTES))
  const values = new Float64Array(size)
  for (let row = 0; row < size; row++) {
    for (let plane = 0; plane < FLOAT_BYTES; plane++)
      view.setUint8(plane, bytes[place + plane * size + row] as number)
    values[row] = view.getFloat64(0, true)
  }
  return values
}
