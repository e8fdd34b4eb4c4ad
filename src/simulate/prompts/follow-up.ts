import type { Hint } from '../phrases.js'
import { chance } from '../sampling.js'
import { inTheirHand, join, NOTHING, paste, say, type Writing } from './writing.js'

/** Later turns of a conversation: short, and about what was said before. */

const STILL_BROKEN: readonly Hint[] = [
  { text: 'That still fails.', weight: 0.1 },
  { text: 'same error', weight: 0.1 },
  { text: 'Now it fails in %fn% instead, line %line%.', weight: 0.11 },
  { text: 'Does not compile.', weight: 0.04 },
  { text: "Doesn't work when %es% is empty.", weight: 0.03 },
  { text: 'It passes locally but not in CI.', weight: 0.14 },
  { text: 'You dropped the check for %k%.', weight: 0.03 },
  { text: "No, that's not what I meant. The %f% must not change.", weight: 0.07 },
]
const GO_ON: readonly Hint[] = [
  { text: 'Thanks. Now the same for %es%.', weight: -0.05 },
  { text: 'ok, and with a default of %n%?', weight: -0.08 },
  { text: 'Can you make it shorter?', weight: -0.08 },
  { text: 'Good, add type hints[[| too]].', weight: -0.1 },
  { text: 'Why did you do it that way?', weight: -0.03 },
  { text: 'What if %k% is missing?', weight: 0 },
  { text: 'Now handle the case where two callers do that at once.', weight: 0.14 },
  { text: 'And how would that behave with [[10|50|200]] times as many %es%?', weight: 0.12 },
  { text: 'Use %g% instead of %f%.', weight: -0.08 },
  { text: 'yes, do that', weight: -0.02 },
  { text: 'show me the full file', weight: -0.02 },
]

export function followUp(writing: Writing): Hint {
  const broken = chance(writing.random, 0.45)
  const words = inTheirHand(writing, say(writing, broken ? STILL_BROKEN : GO_ON))
  const code = chance(writing.random, 0.12) ? { ...paste(writing), weight: 0.01 } : NOTHING
  return join('\n', [words, code])
}

const ASK_MORE: readonly Hint[] = [
  { text: 'Why?', weight: 0 },
  { text: 'Can you give an example?', weight: -0.06 },
  { text: 'Shorter please.', weight: -0.1 },
  { text: 'And if there are [[10|50|200]] times as many %es%?', weight: 0.1 },
  { text: 'So which one would you take for %es%?', weight: 0.02 },
  { text: 'What happens when the %domain% service goes down in between?', weight: 0.12 },
  { text: 'I think that is wrong, %k% can change in the meantime.', weight: 0.13 },
  { text: 'ok, and how would I test that?', weight: 0.04 },
  { text: 'What are the risks?', weight: 0.05 },
  { text: 'Put that in a table.', weight: -0.1 },
]

/** The next question of a conversation about ideas instead of changes. */
export function furtherQuestion(writing: Writing): Hint {
  return inTheirHand(writing, say(writing, ASK_MORE))
}

/** What the assistant had answered: a few words, since logs of answers are usually cut short. */
const ANSWERS: readonly Hint[] = [
  { text: 'I changed %fn% so that it checks %k% first. […]', weight: 0 },
  { text: 'Here is the updated version of %fn%: […]', weight: 0 },
  { text: 'The problem is in %file%: %f% is read before it is set. […]', weight: 0 },
  { text: 'Done. I kept the signature and moved the loop over %es% into its own function. […]', weight: 0 },
  { text: '%fn% goes through all %es% and uses %f% to decide. […]', weight: 0 },
  { text: 'There are two places to change: %fn% and where %E% is created. […]', weight: 0 },
  { text: 'Sure: […]', weight: 0 },
]

const EXPLANATIONS: readonly Hint[] = [
  { text: 'In short: it depends on whether %es% can change while they are read. […]', weight: 0 },
  { text: 'There are two things to keep apart here. […]', weight: 0 },
  { text: 'I would keep %k% as the boundary. […]', weight: 0 },
  { text: 'Step by step: […]', weight: 0 },
  { text: 'Yes, with one exception. […]', weight: 0 },
  { text: 'The main point is who owns %e%. […]', weight: 0 },
]

export function answerStub(writing: Writing, talk: boolean): string {
  return say(writing, talk ? EXPLANATIONS : ANSWERS).text
}
