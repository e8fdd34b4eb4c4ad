import { InputError } from '../core/errors.js'
import { writeRunIndex } from '../report/run-index.js'
import { storedRuns } from '../report/run-store.js'
import { note } from './output.js'

/** Makes the list of stored runs anew; a folder that forbids it is no failure of what was asked for. */
export function writeIndex(folder?: string): void {
  if (storedRuns(folder).length === 0) return
  try {
    writeRunIndex(folder)
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    note(`warning: ${error.message}`)
  }
}
