/** A step of the build: the policy file's JSON Schema beside the compiled code, where editors and `$schema` find it. */
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { policyJsonSchema } from '../core/policy.js'
import { writeFileAtomic } from '../report/write-file.js'

const dist = dirname(dirname(fileURLToPath(import.meta.url)))
writeFileAtomic(join(dist, 'policy.schema.json'), `${JSON.stringify(policyJsonSchema(), null, 2)}\n`)
