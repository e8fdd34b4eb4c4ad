/** Keeps the last answer: questions come in runs about the same thing, which `same` tells by equality. */
export function remembered<Key, Value>(
  make: (key: Key) => Value,
  same: (key: Key) => unknown,
): (key: Key) => Value {
  let last: { readonly of: unknown; readonly value: Value } | undefined
  return (key) => {
    const of = same(key)
    if (last === undefined || last.of !== of) last = { of, value: make(key) }
    return last.value
  }
}

/** Keeps every answer by its first argument: there are few policies, and the other arguments do not change. */
export function kept<Rest extends readonly unknown[], Value>(
  make: (key: number, ...rest: Rest) => Value,
): (key: number, ...rest: Rest) => Value {
  const known = new Map<number, Value>()
  return (key, ...rest) => {
    let value = known.get(key)
    if (value === undefined) known.set(key, (value = make(key, ...rest)))
    return value
  }
}
