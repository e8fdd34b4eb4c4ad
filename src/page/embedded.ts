import type { Scale } from './view/rows.js'

/** What the report left in the page for its script. */
export interface Embedded {
  /** Gzipped, as the worker opens it. */
  readonly columns: ArrayBuffer
  readonly workerUrl: string
  readonly scale: Scale
  /** Of the policies, the one to start from. */
  readonly start: number
  /** Total cost of each in the report's own table, US dollars; null where unknown. */
  readonly reportedCosts: readonly (number | null)[]
}

/** Reads the section's data. The worker is text of this page: it is started from a blob, so that the page stays one file. */
export async function readEmbedded(section: HTMLElement): Promise<Embedded> {
  const { requests = '1000', unit = '', start = '0', costs = '[]' } = section.dataset
  const worker = await inflatedText(bytesOf('what-if-worker'))
  return {
    columns: bytesOf('what-if-columns'),
    workerUrl: URL.createObjectURL(new Blob([worker], { type: 'text/javascript' })),
    scale: { requests: Number(requests), unit },
    start: Number(start),
    reportedCosts: JSON.parse(costs) as (number | null)[],
  }
}

function bytesOf(id: string): ArrayBuffer {
  const text = atob(document.getElementById(id)?.textContent.trim() ?? '')
  const bytes = new Uint8Array(text.length)
  for (let index = 0; index < text.length; index++) bytes[index] = text.charCodeAt(index)
  return bytes.buffer
}

function inflatedText(bytes: ArrayBuffer): Promise<string> {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))
  return new Response(stream).text()
}
