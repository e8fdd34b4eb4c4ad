import type { PlainName } from './plain-routers.js'

/** Points; set before the learned router was scored here. */
export const GOALS: Readonly<Record<string, number>> = {
  routellm_gsm8k: 3.9,
  routerbench: 2.2,
  zeroeval: 5.2,
}

/** What the data's README says that plain routers gain, in points, from a program of its own. */
export const README_GAINS: Readonly<Record<string, Readonly<Record<PlainName, number>>>> = {
  routellm_gsm8k: { ridge: 3.2, 'task mean': 0, both: 3.25, neighbours: 3.15 },
  routerbench: { ridge: 1.38, 'task mean': 1.52, both: 1.83, neighbours: 0.57 },
  zeroeval: { ridge: 3.06, 'task mean': 4.33, both: 3.89, neighbours: 1.66 },
}
