import type { Markup } from '../../../src/report/markup.js'

/** What a reader sees of a section: its text without drawings, in one line. */
export function textOf(markup: Markup | null): string {
  return (markup?.text ?? '')
    .replace(/<svg[\s\S]*?<\/svg>/g, '')
    .replace(/<[^>]+>/g, ' ')
    .replaceAll('\u00a0', ' ')
    .replace(/\s+/g, ' ')
    .trim()
}
