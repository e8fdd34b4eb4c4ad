const OBLIGATIONS = [
  'must',
  'should',
  'shall',
  'also',
  'ensure',
  'make sure',
  'need to',
  'needs to',
  'additionally',
  'in addition',
  'furthermore',
  'as well as',
]
const WORK =
  'add write fix update create make handle support return remove implement include explain test refactor move rename ' +
  'replace convert document log validate check print show give use keep delete extract optimize optimise run generate ' +
  'describe compare list'
const JOINED = WORK.split(' ').flatMap((verb) => [`and ${verb}`, `then ${verb}`])

/**
 * Phrases that ask for one more thing: words of obligation, and verbs of work joined to another clause. They belong to the
 * extractor's version, not to the policy.
 */
export const REQUIREMENTS: readonly string[] = [...OBLIGATIONS, ...JOINED]
