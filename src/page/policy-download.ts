import { sealPolicy } from '../core/policy.js'
import type { Figures } from './figures.js'
import type { PolicyDownload } from './messages.js'
import type { Move } from './move.js'
import type { Session } from './session.js'

/**
 * The moved policy as a sealed file. It says that somebody chose it by hand while looking at this log, so that no report takes
 * its figures here for a proof, and which file it was made of. Defaults that the file had left out are written out.
 */
export function policyDownload(session: Session, move: Move): PolicyDownload {
  const { policies, table } = session.replayable
  const origin = policies[move.policy]
  const { contentHash: _hash, createdAt: _date, ...file } = session.policy(move).file
  const policyId = `${file.policyId}-by-hand`
  const moved = Object.entries(move.moved).map(([knob, value]) => `${knob} = ${value}`)
  const sealed = sealPolicy({
    ...file,
    policyId,
    parentId: file.policyId,
    description: `${file.policyId} with ${moved.length === 0 ? 'nothing moved' : moved.join(', ')}: chosen by hand in a report, not validated.`,
    evidence: {
      chosenBy: 'hand',
      validated: false,
      note: 'Chosen by hand while looking at figures of this log: they are in-sample. Validate on later traffic, or with tollgate gate.',
      parentContentHash: origin?.contentHash ?? null,
      moved: move.moved,
      logHash: table.hash,
      inSample: inSample(session.figures(move)),
    },
  })
  return { name: `${safeName(policyId)}.json`, text: `${JSON.stringify(sealed, null, 2)}\n` }
}

function inSample(figures: Figures): Record<string, unknown> {
  const { offered, served, meanCostUsd, quality, budget } = figures
  return {
    requests: offered,
    served,
    costPerRequestUsd: meanCostUsd,
    quality,
    capGuarantee: budget.capGuarantee,
  }
}

function safeName(name: string): string {
  return name
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[.-]+/, '')
    .slice(0, 80)
}
