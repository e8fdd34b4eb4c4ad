type Column = Float64Array | Int32Array | Uint8Array | Int8Array

/**
 * Plain data with its typed arrays over shared memory, which every thread reads where they stand: others are copied with each
 * message. Each array once, however often it occurs.
 */
export function shared<Value>(value: Value, known = new Map<object, unknown>()): Value {
  if (typeof value !== 'object' || value === null) return value
  if (!known.has(value)) known.set(value, copyOf(value, known))
  return known.get(value) as Value
}

function copyOf(value: object, known: Map<object, unknown>): unknown {
  if (ArrayBuffer.isView(value)) return sharedColumn(value as Column)
  if (Array.isArray(value)) return value.map((item: unknown) => shared(item, known))
  return Object.fromEntries(
    Object.entries(value).map(([key, item]: [string, unknown]) => [key, shared(item, known)]),
  )
}

function sharedColumn(column: Column): Column {
  const { constructor, byteLength } = column
  const copy = new (constructor as new (memory: SharedArrayBuffer) => Column)(
    new SharedArrayBuffer(byteLength),
  )
  copy.set(column)
  return copy
}
