import { z } from 'zod'
import { inputErrors, openLog, readMeta, writeMeta } from './store.js'

/** A look at the part of a log that is held out to the end. */
export interface TestUse {
  readonly command: string
  /** Equal for equal questions: asking again shows nothing new. */
  readonly key: string
}

const KEY = 'testUses'

/** Of one log: with other requests in it, its test part is another. */
const usesSchema = z.object({
  logHash: z.string(),
  uses: z.array(z.object({ command: z.string(), key: z.string() })),
})

/** Counts a look at the test part. Returns the other looks that came before it; none where the store cannot be written. */
export function countTestUse(path: string, logHash: string, use: TestUse): readonly TestUse[] {
  const store = openLog(path)
  try {
    const count = (): readonly TestUse[] => {
      const kept = readMeta(store.db).get(KEY)
      const known = kept === undefined ? undefined : usesSchema.parse(JSON.parse(kept))
      const uses = known?.logHash === logHash ? known.uses : []
      const others = uses.filter(({ key }) => key !== use.key)
      if (others.length === uses.length && !store.readonly)
        writeMeta(store.db, KEY, JSON.stringify({ logHash, uses: [...uses, use] }))
      return others
    }
    // Two commands that end at once are both counted.
    return inputErrors(path, store.readonly ? count : () => store.db.transaction(count).immediate())
  } finally {
    store.close()
  }
}
