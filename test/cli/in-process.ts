import { vi } from 'vitest'
import { run } from '../../src/cli/run.js'
import type { Finished } from './built.js'

/** The command line within the test's own process: what it prints is caught. For many short ones, of which a process each takes long. */
export async function runHere(...args: readonly string[]): Promise<Finished> {
  const caught = { out: '', err: '' }
  const spies = (['out', 'err'] as const).map((name) =>
    vi.spyOn(process[`std${name}`], 'write').mockImplementation((text) => {
      caught[name] += String(text)
      return true
    }),
  )
  try {
    const code = await run(args)
    return { code, ...caught }
  } finally {
    for (const spy of spies) spy.mockRestore()
  }
}
