import { readFile } from 'node:fs/promises'
import { InputError } from '../core/errors.js'
import { parsePolicy, type Policy } from '../core/policy.js'

/**
 * Reads a policy file and checks its shape and its hash.
 * @throws InputError when the file cannot be read, is not JSON, or is not a policy; all problems at once.
 */
export async function loadPolicy(path: string): Promise<Policy> {
  return parsePolicy(await readPolicyFile(path))
}

/** The file's JSON as it stands, for those who seal or change it. */
export async function readPolicyFile(path: string): Promise<unknown> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    const missing = (error as { code?: string }).code === 'ENOENT'
    throw new InputError(
      missing ? `${path} does not exist` : `${path} cannot be read: ${(error as Error).message}`,
    )
  }
  try {
    return JSON.parse(text) as unknown
  } catch (error) {
    throw new InputError(`${path} is not JSON: ${(error as Error).message}`)
  }
}
