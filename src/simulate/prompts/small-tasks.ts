import { expand, type Hint } from '../phrases.js'
import { between, chance, pick } from '../sampling.js'
import { IMPORT_TROUBLE } from './errors.js'
import { inTheirHand, join, maybe, paste, say, sentences, type Writing } from './writing.js'
import { EASIER } from './hints.js'

/** The small change: completion, docstring, import fix, rename. Most of a coding assistant's traffic. */

const plain = (text: string): Hint => ({ text, weight: 0 })

const COMPLETE_OPENINGS: readonly Hint[] = [
  'Complete the code at <cursor>.',
  'Continue from <cursor>, only the missing lines.',
  '%file%: fill in at <cursor>',
  'Autocomplete the rest of %fn%.',
  'finish this function',
  'Finish %fn% for me.',
  '// %file%',
  'next lines please',
].map(plain)

/** Code up to somewhere behind its first line, as an editor sends it. */
export function completion(writing: Writing): Hint {
  const lines = writing.snippet.source.split('\n')
  const cut = between(writing.random, 1, Math.max(1, lines.length - 2))
  const head = `${lines.slice(0, cut).join('\n')}\n<cursor>`
  const shown = chance(writing.random, 0.35) ? `${head}\n${lines.slice(-1).join('')}` : head
  const code = {
    ...paste(writing, shown),
    weight: writing.snippet.weight * 1.3 + (lines.length - cut) * 0.008,
  }
  const wish = maybe(writing, 0.25, COMPLETE_WISHES)
  return join('\n', [inTheirHand(writing, sentences([say(writing, COMPLETE_OPENINGS), wish])), code])
}

const COMPLETE_WISHES: readonly Hint[] = [
  { text: 'It should skip %es% without %k%.', weight: 0.02 },
  { text: 'Sort by %f%, newest first.', weight: 0.01 },
  { text: 'Use the %k% as the key.', weight: 0 },
  { text: 'Must not block other callers while it waits.', weight: 0.12 },
  { text: 'Stream it, %es% do not fit in memory.', weight: 0.11 },
]

const DOCUMENT_OPENINGS: readonly Hint[] = [
  'Write a docstring for %fn%.',
  'Add [[a short|a]] doc comment to this.',
  'Document the parameters and the return value of %fn%.',
  'Docstring please, [[Google style|one paragraph|with an example|in our house style]].',
  'Add comments for the public [[API|functions]] in %file%.',
  'Describe what this does, as a comment above it.',
  'needs a comment',
  'Write the [[README section|changelog line|API doc entry]] for %fn%.',
].map(plain)

/** The nightly job asks in the same words each time. */
const BATCH_OPENING: readonly Hint[] = [
  plain(
    'Write a doc comment for %fn% in %file%. One sentence of purpose, then parameters, result and errors. Reply with the comment only.',
  ),
]

export function docstring(writing: Writing): Hint {
  if (writing.batch) return join('\n\n', [say(writing, BATCH_OPENING), paste(writing)])
  const opening = sentences([say(writing, DOCUMENT_OPENINGS), maybe(writing, 0.2, DOCUMENT_WISHES)])
  return join('\n\n', [inTheirHand(writing, opening), paste(writing)])
}

const DOCUMENT_WISHES: readonly Hint[] = [
  { text: 'Mention which exceptions it raises.', weight: 0.02 },
  { text: 'Explain under which interleavings it is still correct.', weight: 0.2 },
  { text: 'State the invariants it relies on.', weight: 0.15 },
  { text: 'Max two lines.', weight: -0.02 },
  { text: 'The unit of %f% should be clear.', weight: 0 },
]

const IMPORT_OPENINGS: readonly Hint[] = [
  'Fix the import[[s|]].',
  'I get this after moving %file%:',
  'What is missing here?',
  'Which import do I need?',
  'build is red:',
  'Sort out the imports in %file%.',
  'ci says',
].map(plain)

export function importFix(writing: Writing): Hint {
  const { random, snippet } = writing
  const trouble = pick(random, IMPORT_TROUBLE[snippet.language])
  const error = { text: expand(random, trouble.text, snippet.slots), weight: trouble.weight }
  const code = chance(random, 0.55) ? paste(writing) : plain('')
  const opening = inTheirHand(writing, say(writing, IMPORT_OPENINGS))
  return join('\n', [opening, error, { ...code, weight: code.weight * 0.2 }])
}

const RENAME_OPENINGS: readonly Hint[] = [
  { text: 'Rename %fn% to [[%v%|%Fn%|do%Fn%|run%Fn%]].', weight: 0 },
  { text: 'Rename the [[parameter|variable|field]] %f% to %g%.', weight: 0 },
  { text: 'Call it %g% instead of %f% [[everywhere|in this file|here]].', weight: 0.01 },
  { text: '%E% is now called %E%[[Record|Entry|Model|Item]], please update this.', weight: 0.02 },
  { text: '%k% -> %f%, also in the comments', weight: 0.01 },
  { text: 'Find a better name for %fn% and use it.', weight: 0.05 },
  { text: 'Rename the column %col% to %col2%, the code and the migration.', weight: 0.16 },
  {
    text: 'Rename %E% to %E%V2 in %file% and [[12|17|23|41]] files that use it; external clients still send the old name.',
    weight: 0.3,
  },
]

export function rename(writing: Writing): Hint {
  const opening = sentences([say(writing, RENAME_OPENINGS), maybe(writing, 0.15, EASIER)])
  const code = paste(writing)
  return join('\n', [inTheirHand(writing, opening), { ...code, weight: code.weight * 0.3 }])
}
