import { plainName, shortName } from '../../report/format.js'
import { element } from './element.js'

/** As the report's tables have it. */
const LENGTH = 60
const MOST_IN_TITLE = 500

/**
 * A name out of a log or a policy, or a label with one in it: isolated, so that right-to-left letters do not reorder the line
 * around it, and short, so that no name fills the page; pointing at it shows more.
 */
export function namePiece(text: string, length = LENGTH): HTMLElement {
  const plain = plainName(text)
  const short = shortName(plain, length)
  return element('bdi', { title: short === plain ? null : plain.slice(0, MOST_IN_TITLE) }, short)
}
