/** Numbers for what is decided while the store gives none: above the last one seen, below the next. */
export function createOrder(): { seen(seq: number): void; between(): number } {
  let last = 0
  let since = 0
  return {
    seen(seq) {
      if (seq <= last) return
      last = seq
      since = 0
    },
    between: () => last + ++since * 2 ** -20,
  }
}
