/** @throws RangeError beyond the list's ends. */
export function entry<Value>(list: readonly Value[], index: number): Value {
  const value = list[index]
  if (value === undefined) throw new RangeError(`index must be below ${list.length}, got ${index}`)
  return value
}
