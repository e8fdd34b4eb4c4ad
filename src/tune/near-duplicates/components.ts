/** Which items belong together, as pairs of them are joined one after the other (union-find with path halving). */
export interface Components {
  areJoined(a: number, b: number): boolean
  join(a: number, b: number): void
  /** The smallest item of the component. */
  first(item: number): number
}

export function createComponents(size: number): Components {
  const parents = Int32Array.from({ length: size }, (_, item) => item)
  const first = (item: number): number => {
    let at = item
    for (let parent = parents[at] as number; parent !== at; parent = parents[at] as number) {
      parents[at] = parents[parent] as number
      at = parents[at] as number
    }
    return at
  }
  return {
    first,
    areJoined: (a, b) => first(a) === first(b),
    join(a, b) {
      const [one, other] = [first(a), first(b)]
      parents[Math.max(one, other)] = Math.min(one, other)
    },
  }
}
