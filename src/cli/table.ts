import CliTable from 'cli-table3'

/** Rows under a header: light lines, numbers right-aligned. `left` names the columns of text. */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  left: readonly number[] = [0],
): string {
  const one = new CliTable({
    head: [...head],
    colAligns: head.map((_, i) => (left.includes(i) ? 'left' : 'right')),
    style: { head: [], border: [], compact: true },
    chars: LIGHT,
  })
  for (const row of rows) one.push([...row])
  return one.toString()
}

/** Only a line under the header: readable on paper, in a log and on a narrow screen. */
const LIGHT = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '─',
  'mid-mid': '─',
  right: '',
  'right-mid': '',
  middle: ' ',
}
