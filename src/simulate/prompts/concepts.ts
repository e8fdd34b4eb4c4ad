import type { Language } from '../code/snippet-template.js'
import type { Hint } from '../phrases.js'

/** Questions without code. Short texts are not always easy ones. */
export const CONCEPTS: Readonly<Record<Language, readonly Hint[]>> = {
  python: [
    { text: "What's the difference between a list and a tuple [[|for %es%]]?", weight: -0.12 },
    { text: 'How do I [[sort|group]] %es% by %f%?', weight: -0.12 },
    { text: 'What does `yield from` do?', weight: -0.08 },
    { text: 'Why is a default argument like `%es%=[]` shared between calls?', weight: -0.04 },
    { text: 'How does the GIL affect %fn% if it mostly waits for the database?', weight: 0.14 },
    { text: 'When would asyncio be slower than threads for %verbWord%ing %es%?', weight: 0.2 },
  ],
  typescript: [
    { text: 'Difference between `type` and `interface` [[|for %E%]]?', weight: -0.12 },
    { text: 'How do I make %f% optional in %E%?', weight: -0.12 },
    { text: 'What does `satisfies` do?', weight: -0.08 },
    { text: 'How do I turn a Map of %es% into an array?', weight: -0.12 },
    {
      text: 'Why does the conditional type for %E% distribute over the union and how do I stop it?',
      weight: 0.16,
    },
    { text: 'In which order do microtasks and timers run when %fn% awaits twice?', weight: 0.14 },
  ],
  go: [
    { text: 'When do I use a pointer receiver [[|on %E%]]?', weight: -0.08 },
    { text: 'How do I format %f% with two decimals?', weight: -0.14 },
    { text: 'What is the zero value of a map and can I write to it?', weight: -0.1 },
    { text: 'How do I parse a date like 2026-11-0%s% in Go?', weight: -0.12 },
    { text: 'Does closing the channel in %fn% guarantee that all readers see the last %e%?', weight: 0.18 },
    { text: 'Why does my interface holding a nil *%E% compare unequal to nil?', weight: 0.08 },
  ],
  java: [
    { text: 'Difference between `==` and `equals` for %k%?', weight: -0.14 },
    { text: 'How do I convert a List<%E%> to a Map by %k%?', weight: -0.1 },
    { text: 'Record or class for %E%?', weight: -0.06 },
    { text: 'What does @Transactional(propagation = REQUIRES_NEW) do [[|in %fn%]]?', weight: 0.02 },
    { text: 'Is double-checked locking on %f% correct without volatile, and why?', weight: 0.18 },
    { text: 'Why would virtual threads pin in %fn%?', weight: 0.18 },
  ],
  rust: [
    { text: 'String or &str for %k%?', weight: -0.08 },
    { text: 'How do I iterate over a HashMap of %es% in order of key?', weight: -0.1 },
    { text: 'What does the question mark do in %fn%?', weight: -0.12 },
    { text: 'Arc or Rc for a %e% that is only read?', weight: -0.02 },
    { text: 'Why does holding the guard over an await in %fn% make the future not Send?', weight: 0.18 },
    { text: 'How do variance and PhantomData matter for a handle to %E%?', weight: 0.24 },
  ],
}
