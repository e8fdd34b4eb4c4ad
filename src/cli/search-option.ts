import { InputError, nearMiss } from '../core/errors.js'
import { SEARCHABLE, type Searchable } from '../tune/shapes/shapes.js'

/** Nothing but the policy's numbers. */
const NONE = 'none'

/**
 * Reads `--search selector,cascade`; `none` is nothing.
 * @throws InputError for a name that is not known.
 */
export function parseSearch(text: string): readonly Searchable[] {
  if (text.trim() === NONE) return []
  const names = text.split(',').map((name) => name.trim())
  return names.map((name) => {
    const found = SEARCHABLE.find((one) => one === name)
    if (found !== undefined) return found
    const near = nearMiss(name, [...SEARCHABLE, NONE])
    const hint = near === undefined ? `${SEARCHABLE.join(', ')} or ${NONE}` : `did you mean ${near}?`
    throw new InputError(`--search does not know “${name}”: ${hint}`)
  })
}
