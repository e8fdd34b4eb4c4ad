/** Judged together: Holm's correction runs over these. The last two are controls, where there is nothing to gain. */
export const JUDGED = ['routellm_gsm8k', 'routerbench', 'zeroeval', 'openhands_index', 'qwen_mini'] as const

/** Looked at once, when everything was fixed: a test of its own. */
export const HELD_BACK = ['llmdrift'] as const

export const SET_NAMES = [...JUDGED, ...HELD_BACK] as const
export type SetName = (typeof SET_NAMES)[number]

export function isSetName(name: string): name is SetName {
  return (SET_NAMES as readonly string[]).includes(name)
}
