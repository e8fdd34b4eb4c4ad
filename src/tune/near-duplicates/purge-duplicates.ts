import { PARTS, type Part, type Split } from '../split.js'
import type { NearDuplicates } from './near-duplicates.js'

/** A component above this share of the log is what the log is made of, and no leak. */
const LARGEST = 0.05

/**
 * The split without the requests that nearly repeat one of an earlier part: what was searched on would be asked again and pass for
 * unseen. A component above 5 % of the log stays where time put it, since without it the parts would be of other traffic;
 * `warnings` says so.
 */
export function purgeDuplicates(
  split: Split,
  { firstOf, withText }: NearDuplicates,
): { readonly split: Split; readonly warnings: readonly string[] } {
  const sizes = new Int32Array(firstOf.length)
  for (const first of firstOf) sizes[first] = (sizes[first] as number) + 1
  const isLarge = (first: number): boolean => (sizes[first] as number) > LARGEST * firstOf.length
  const seen = new Uint8Array(firstOf.length)
  const keep = (part: Part): readonly number[] => {
    const rows = split.rows[part]
    const kept = rows.filter((row) => seen[firstOf[row] as number] === 0 || isLarge(firstOf[row] as number))
    for (const row of rows) seen[firstOf[row] as number] = 1
    return kept
  }
  const rows = { tune: keep('tune'), validate: keep('validate'), test: keep('test') }
  const purged = PARTS.reduce((sum, part) => sum + split.rows[part].length - rows[part].length, 0)
  const unknown = withText < firstOf.length ? `, those of the ${withText} with a text` : ''
  return {
    split: {
      rule: `${split.rule}, ${purged} near duplicates of earlier ones left out${unknown}`,
      rows,
      purged: split.purged + purged,
    },
    warnings: [...sizes].flatMap((size, first) => (isLarge(first) ? [largeNote(size, firstOf.length)] : [])),
  }
}

function largeNote(size: number, of: number): string {
  return `${size} requests (${((100 * size) / of).toFixed(1)} % of the log) ask nearly the same: they were split by time and not left out, so the held-out figures are of traffic that goes on asking it.`
}
