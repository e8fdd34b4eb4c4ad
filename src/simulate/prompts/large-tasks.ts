import { expand, type Hint } from '../phrases.js'
import { between, chance, pick } from '../sampling.js'
import { FAILURES, FRAMES } from './errors.js'
import { CONCEPTS } from './concepts.js'
import { EASIER, HARDER, NEUTRAL, REQUIREMENTS } from './hints.js'
import { inTheirHand, join, maybe, NOTHING, paste, say, sentences, type Writing } from './writing.js'

/** What takes thought: explain, test writing, refactor, debug, design. */

const plain = (text: string): Hint => ({ text, weight: 0 })

const EXPLAIN_OPENINGS: readonly Hint[] = [
  { text: 'Explain [[this|%fn%]][[| to a new colleague| in simple words| step by step]].', weight: 0 },
  { text: 'What does this do?', weight: -0.04 },
  { text: 'What does %fn% return when %es% is empty?', weight: -0.02 },
  { text: 'Why do we need the %k% here?', weight: 0.02 },
  { text: 'Summarise this in [[two|three]] sentences.', weight: -0.06 },
  { text: 'Is this safe if two requests come in together?', weight: 0.17 },
  { text: 'What is the complexity of %fn% and could it be better?', weight: 0.1 },
  { text: 'Can this ever return a stale %e%? Walk me through it.', weight: 0.18 },
  { text: 'I am reviewing this, what could go wrong?', weight: 0.12 },
]

export function explain(writing: Writing): Hint {
  if (chance(writing.random, 0.3)) {
    return inTheirHand(
      writing,
      sentences([say(writing, CONCEPTS[writing.snippet.language]), maybe(writing, 0.2, EASIER)]),
    )
  }
  const opening = sentences([
    say(writing, EXPLAIN_OPENINGS),
    maybe(writing, 0.15, NEUTRAL, languageSlot(writing)),
  ])
  return join('\n\n', [inTheirHand(writing, opening), paste(writing)])
}

const TEST_OPENINGS: readonly Hint[] = [
  { text: 'Write [[unit |]]tests for %fn%.', weight: 0 },
  { text: 'Add a test for the case that %k% is empty.', weight: -0.12 },
  { text: 'Cover this with [[%framework%|tests]], edge cases included.', weight: 0.04 },
  { text: 'How would you check that this works? Give me the code.', weight: 0.02 },
  { text: 'Table of cases for %fn% please: [[normal|empty]], zero and negative %f%.', weight: -0.04 },
  { text: 'Property-based tests for %fn% [[against a slow reference|with shrinking]].', weight: 0.16 },
  { text: 'A regression test for the bug where %symptom%.', weight: 0.1 },
  { text: 'This has no coverage at all and I must change it tomorrow.', weight: 0.06 },
  { text: 'Integration test for %path% with a real database in a container.', weight: 0.14 },
]
const FRAMEWORKS: Readonly<Record<string, string>> = {
  python: 'pytest',
  typescript: 'vitest',
  go: 'the testing package',
  java: 'JUnit 5',
  rust: 'cargo test',
}

export function testWriting(writing: Writing): Hint {
  const slots = {
    framework: FRAMEWORKS[writing.snippet.language] ?? 'tests',
    symptom: pick(writing.random, writing.domain.symptoms),
  }
  const opening = sentences([say(writing, TEST_OPENINGS, slots), remark(writing, 0.22, 0.12)])
  return join('\n\n', [inTheirHand(writing, opening), requirements(writing, 0.2, 3), paste(writing)])
}

const REFACTOR_OPENINGS: readonly Hint[] = [
  {
    text: 'Refactor %fn% [[so that it can be tested|into smaller functions|to be easier to read]].',
    weight: 0,
  },
  { text: 'Make this less ugly.', weight: -0.04 },
  { text: 'Replace the loop with [[a stream|a comprehension|something idiomatic]].', weight: -0.14 },
  { text: 'Pull the %f% handling out into its own [[class|module|function]].', weight: 0 },
  { text: 'Remove the duplication between %fn% and %v%%E%.', weight: 0.02 },
  { text: 'Turn this into async code without changing its callers.', weight: 0.12 },
  { text: 'This takes [[9 seconds|40 s|minutes]] for large tenants, make it fast.', weight: 0.14 },
  {
    text: 'Split %E% in two: what belongs to %k% and what belongs to %f%. Nothing outside may notice.',
    weight: 0.18,
  },
  { text: 'Move %fn% from %domain% into the shared library, with its callers.', weight: 0.1 },
]

export function refactor(writing: Writing): Hint {
  const opening = sentences([say(writing, REFACTOR_OPENINGS), remark(writing, 0.3, 0.15)])
  return join('\n\n', [inTheirHand(writing, opening), requirements(writing, 0.3, 4), paste(writing)])
}

const DEBUG_OPENINGS: readonly Hint[] = [
  { text: 'This crashes [[in production|since yesterday|after the deploy|on staging]]:', weight: 0 },
  { text: 'Debug this please.', weight: 0 },
  { text: 'Why does %fn% fail here?', weight: -0.02 },
  { text: 'Got this [[from Sentry|from a customer|in the logs|when I call %fn%]]:', weight: 0 },
  { text: 'What am I doing wrong?', weight: -0.03 },
  { text: 'The %e% page is broken, %symptom%.', weight: 0.1 },
  { text: '%Symptom%. Where would you look?', weight: 0.12 },
  { text: 'Once or twice a day we see this, never twice for the same %k%.', weight: 0.15 },
]

export function debug(writing: Writing): Hint {
  const symptom = pick(writing.random, writing.domain.symptoms)
  const slots = { symptom, Symptom: symptom.charAt(0).toUpperCase() + symptom.slice(1) }
  const opening = sentences([say(writing, DEBUG_OPENINGS, slots), remark(writing, 0.3, 0.05)])
  const trace = chance(writing.random, 0.78) ? stackTrace(writing) : NOTHING
  const code = chance(writing.random, 0.6) || trace.text === '' ? paste(writing) : NOTHING
  return join('\n\n', [inTheirHand(writing, opening), trace, code])
}

function stackTrace(writing: Writing): Hint {
  const { random, snippet } = writing
  const failure = pick(random, FAILURES[snippet.language])
  const message = expand(random, failure.text, snippet.slots)
  const frames = FRAMES[snippet.language]
    .filter(() => chance(random, 0.75))
    .map((frame) =>
      expand(random, frame, {
        ...snippet.slots,
        line: String(between(random, 9, 640)),
        n: String(between(random, 10, 900)),
      }),
    )
  const lines =
    snippet.language === 'python'
      ? ['Traceback (most recent call last):', ...frames, message]
      : snippet.language === 'go'
        ? [message, '', `goroutine ${between(random, 1, 90)} [running]:`, ...frames]
        : [message, ...frames]
  return { text: lines.join('\n'), weight: failure.weight }
}

const DESIGN_OPENINGS: readonly Hint[] = [
  { text: 'Design %system%.', weight: 0.04 },
  { text: 'We need %system%. How would you build it?', weight: 0.04 },
  { text: 'Compare two ways to do %system% and recommend one.', weight: 0.03 },
  { text: 'Propose an architecture for %system%, with the trade-offs.', weight: 0.05 },
  { text: 'Write a design doc outline for %system%.', weight: -0.1 },
  { text: 'How should %E% and %k% be modelled in the database for %system%?', weight: -0.04 },
  { text: 'Plan the move of %table% out of the monolith; what goes first?', weight: 0.06 },
  {
    text: 'Where should the [[boundary|line]] be between %domain% and the rest? Today everything calls %fn%.',
    weight: 0.02,
  },
  { text: 'What should the REST endpoints for %path% look like?', weight: -0.16 },
]

export function design(writing: Writing): Hint {
  const slots = { system: pick(writing.random, writing.domain.systems) }
  const opening = sentences([say(writing, DESIGN_OPENINGS, slots), remark(writing, 0.5, 0.08)])
  const code = chance(writing.random, 0.2) ? paste(writing) : NOTHING
  return join('\n\n', [inTheirHand(writing, opening), requirements(writing, 0.6, 6), code])
}

/** A remark on circumstances: some make it harder, some easier, some are just talk. */
function remark(writing: Writing, harder: number, easier: number): Hint {
  const roll = writing.random.next()
  if (roll < harder) return say(writing, HARDER)
  if (roll < harder + easier) return say(writing, EASIER)
  return roll < harder + easier + 0.25 ? say(writing, NEUTRAL, languageSlot(writing)) : NOTHING
}

function requirements(writing: Writing, probability: number, most: number): Hint {
  if (!chance(writing.random, probability)) return NOTHING
  const points = Array.from({ length: between(writing.random, 2, most) }, () => say(writing, REQUIREMENTS))
  const distinct = points.filter((point, i) => points.findIndex((other) => other.text === point.text) === i)
  const numbered = chance(writing.random, 0.4)
  const lines = distinct.map((point, i) => ({
    ...point,
    text: `${numbered ? `${i + 1}.` : '-'} ${point.text}`,
  }))
  return join('\n', [plain(pick(writing.random, ['It must:', 'Requirements:', 'Needs:'])), ...lines])
}

function languageSlot(writing: Writing): { readonly lang: string } {
  return { lang: pick(writing.random, VERSIONS[writing.snippet.language]) }
}

const VERSIONS = {
  python: ['Python 3.12', 'Python 3.11', 'Python 3.13'],
  typescript: ['TypeScript 5.6', 'TypeScript with strict on', 'Node 20', 'Node 22'],
  go: ['Go 1.22', 'Go 1.23'],
  java: ['Java 21', 'Java 17', 'Spring Boot 3'],
  rust: ['Rust 1.80', 'stable Rust', 'Rust 2021'],
} as const
