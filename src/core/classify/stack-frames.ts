/**
 * Lines that stack traces are made of, matched at the first character of a line that is not a space. Every repetition is
 * bounded and none contains another over the same characters: a line costs a bounded number of steps.
 */
const FRAME_LINES = [
  // Python
  String.raw`Traceback \(most recent call last\)`,
  String.raw`File "[^"\n]{1,300}", line \d`,
  // JavaScript and Java: at name (file:1:2), at name(File.java:1), at file:1:2; Rust: at ./file.rs:1:2
  String.raw`at [^\n(]{0,200}\([^)\n]{0,300}(?::\d{1,7}|Native Method|Unknown Source|<anonymous>)\)`,
  String.raw`at [^\n:]{1,200}(?::[^\n:]{1,200}){0,3}:\d{1,7}:\d{1,7}`,
  // C#: at Name.Space.Method(Type name) in file:line 1
  String.raw`at [^\s.(]{1,100}(?:\.[^\s.(]{1,100}){1,10}\([^)\n]{0,300}\)(?: in [^\n]{1,300}:line \d|\s*(?:\n|$))`,
  // Java
  'Caused by: ',
  'Exception in thread "',
  // Go
  String.raw`goroutine \d{1,10} \[`,
  String.raw`[^\s:]{1,200}\.go:\d{1,7} \+0x`,
  // Rust
  String.raw`thread '[^'\n]{1,100}' panicked at`,
  // Ruby, PHP, gdb
  String.raw`from [^\s:]{1,200}:\d{1,7}:in `,
  String.raw`#\d{1,4} [^\n(]{1,200}\(\d{1,7}\): `,
  String.raw`#\d{1,4} {1,3}0x[0-9a-f]{1,16} in `,
  // The line that names the error: ValueError: …, java.lang.IllegalStateException: …
  String.raw`[A-Za-z_][\w.$]{0,100}(?:Error|Exception): `,
]

const frame = new RegExp(`(?:${FRAME_LINES.join('|')})`, 'y')

/** True when a line of a stack trace starts at `at`. */
export function isStackFrame(text: string, at: number): boolean {
  frame.lastIndex = at
  return frame.test(text)
}
