/** One thing that was checked, as continuous integration shows it. */
export interface JunitCase {
  readonly name: string
  /** `error`: there is no telling, which is no pass either. */
  readonly outcome: 'passed' | 'failure' | 'error'
  /** One line. */
  readonly message: string
  readonly details: string
}

export interface JunitSuite {
  readonly name: string
  readonly cases: readonly JunitCase[]
}

/**
 * JUnit's XML as Jenkins, GitLab and GitHub's reporters read it: https://github.com/testmoapp/junitxml. No times: the same
 * result gives the same bytes.
 */
export function renderJunit({ name, cases }: JunitSuite): string {
  const counts = attributes({
    name,
    tests: cases.length,
    failures: cases.filter(({ outcome }) => outcome === 'failure').length,
    errors: cases.filter(({ outcome }) => outcome === 'error').length,
    skipped: 0,
  })
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<testsuites>',
    `  <testsuite${counts}>`,
    ...cases.flatMap((one) => testCase(name, one)),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n')
}

function testCase(suite: string, { name, outcome, message, details }: JunitCase): string[] {
  const result =
    outcome === 'passed'
      ? `      <system-out>${escaped(details)}</system-out>`
      : `      <${outcome}${attributes({ type: outcome, message })}>${escaped(details)}</${outcome}>`
  return [`    <testcase${attributes({ classname: suite, name })}>`, result, '    </testcase>']
}

function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(
      ([key, value]) =>
        ` ${key}="${escaped(String(value)).replace(/[\t\n\r]/g, (sign) => `&#${sign.charCodeAt(0)};`)}"`,
    )
    .join('')
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
}

/** What XML 1.0 has no way to write, not even escaped (https://www.w3.org/TR/xml/#charsets), becomes visible. */
const FORBIDDEN = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu

function escaped(text: string): string {
  return text
    .replaceAll('\u00a0', ' ')
    .replace(FORBIDDEN, '\ufffd')
    .replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign)
}
