import type { Hint } from '../phrases.js'

/** Remarks that people add, and what they do to the difficulty. Many hard ones avoid the obvious keywords. */
export const HARDER: readonly Hint[] = [
  { text: 'Several workers run this at the same time.', weight: 0.13 },
  { text: 'This is called from [[three|four|six]] threads at once.', weight: 0.13 },
  { text: 'It has to stay compatible with clients that still send the old %k%.', weight: 0.08 },
  { text: 'We cannot take downtime for this.', weight: 0.09 },
  { text: 'It only happens under load, never on my machine.', weight: 0.14 },
  { text: 'Has to be right across the clock change and on leap days.', weight: 0.1 },
  { text: 'There are about [[2|8|40|300]] million rows in %table%.', weight: 0.08 },
  { text: 'The p99 must stay below [[5|20|50]] ms.', weight: 0.1 },
  { text: 'If the process dies in the middle we must not lose or repeat anything.', weight: 0.15 },
  { text: 'Two other services read %table% directly, keep that in mind.', weight: 0.08 },
  { text: 'Memory must not grow with the number of %es%.', weight: 0.09 },
  { text: 'I do not really know where the problem is.', weight: 0.1 },
  { text: 'The obvious fix breaks the %domain% integration.', weight: 0.12 },
  { text: 'Nobody who wrote this is still here and there are no docs.', weight: 0.06 },
]

export const NEUTRAL: readonly Hint[] = [
  { text: 'Keep the public signature.', weight: 0.02 },
  { text: 'No new dependencies please.', weight: 0.01 },
  { text: 'We are on %lang%.', weight: 0 },
  { text: 'Follow the style of the rest of the file.', weight: 0 },
  { text: 'The file is %file%.', weight: 0 },
  { text: 'It is for the %domain% team.', weight: 0 },
  { text: 'Reviewer asked for this in the PR.', weight: 0 },
  { text: "Don't touch the %e% part.", weight: 0.01 },
  { text: 'Answer with the code only.', weight: -0.01 },
  { text: 'Same as we did for %es% last week.', weight: 0 },
  { text: 'Line %line%.', weight: 0 },
]

export const EASIER: readonly Hint[] = [
  { text: 'Just a quick one.', weight: -0.05 },
  { text: 'A rough first version is enough.', weight: -0.06 },
  { text: 'Nothing fancy.', weight: -0.05 },
  { text: 'It is only used in a script.', weight: -0.04 },
  { text: "It's a prototype, so keep it simple.", weight: -0.06 },
  { text: 'The happy path is enough.', weight: -0.06 },
]

/** Points of a list of requirements. Each makes an answer that meets them all a little less likely. */
export const REQUIREMENTS: readonly Hint[] = [
  { text: 'keep %fn% working as it is', weight: 0.02 },
  { text: 'handle an empty list of %es%', weight: 0.02 },
  { text: 'log the %k% but never the %f%', weight: 0.03 },
  { text: 'return a clear error when the %k% is unknown', weight: 0.02 },
  { text: 'be safe to call twice with the same %k%', weight: 0.05 },
  { text: 'stop after %n% seconds', weight: 0.03 },
  { text: 'cover negative and zero %f%', weight: 0.02 },
  { text: 'no more than %n% %es% in memory', weight: 0.05 },
  { text: 'no change of the database schema', weight: 0.03 },
  { text: 'work for tenants with more than %n%,000 %es%', weight: 0.04 },
  { text: 'make the %f% configurable', weight: 0.02 },
  { text: 'emit a metric per %k%', weight: 0.02 },
  { text: 'roll back everything if saving one %e% fails', weight: 0.06 },
  { text: 'have a feature flag to switch it off', weight: 0.02 },
]
