import { InputError } from '../../core/errors.js'
import { parsePolicy, sealPolicy } from '../../core/policy.js'
import { readPolicyFile } from '../../router/load-policy.js'
import { defineCommand, type Command } from '../command.js'
import { print, printJson } from '../output.js'
import { writeFileAtomic } from '../../report/write-file.js'

/** `tollgate seal`: checks a policy that was edited by hand and renews its hash. */
export const command: Command = defineCommand({
  options: (yargs) =>
    yargs.positional('policy', {
      type: 'string',
      demandOption: true,
      describe: 'the policy file, changed in place',
    }),
  async run(args) {
    const value = await readPolicyFile(args.policy)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new InputError(`${args.policy} is no policy: expected a JSON object`)
    }
    const sealed = sealPolicy(value as Record<string, unknown>)
    const { policyId, contentHash } = parsePolicy(sealed)
    const changed = (value as Record<string, unknown>).contentHash !== contentHash
    if (changed) writeFileAtomic(args.policy, `${JSON.stringify(sealed, null, 2)}\n`)
    if (args.json) printJson({ policyId, contentHash, changed })
    else print(`${args.policy}: ${changed ? 'sealed' : 'was sealed already'} as ${contentHash}`)
    return 0
  },
})
