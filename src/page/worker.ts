import { config } from 'zod'
import { createAnswering, type Answering, type AnsweringHost } from './answers.js'
import type { Answer, Question } from './messages.js'

/** Entry of the page's workers: replays in a thread of its own, so that the page never stands still. */

// The page's security policy forbids what zod would compile its checks with.
config({ jitless: true })

interface WorkerScope {
  onmessage: ((event: { readonly data: Question }) => void) | null
  postMessage(answer: Answer): void
}

const scope = globalThis as unknown as WorkerScope
let newest = 0
let answering: Promise<Answering> | undefined

const host: AnsweringHost = {
  tell: (answer) => scope.postMessage(answer),
  now: () => performance.now(),
  breathe: () => new Promise((done) => setTimeout(done, 0)),
  isStale: (number) => number !== newest,
}

scope.onmessage = ({ data }) => {
  handle(data).catch((error: unknown) =>
    host.tell({ kind: 'failed', because: error instanceof Error ? error.message : String(error) }),
  )
}

async function handle(question: Question): Promise<void> {
  if (question.kind === 'open') {
    answering = inflated(question.bytes).then((bytes) => createAnswering(bytes, host))
    await answering
    return
  }
  newest = question.number
  await (await answering)?.answer(question)
}

async function inflated(bytes: ArrayBuffer): Promise<Uint8Array> {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))
  return new Uint8Array(await new Response(stream).arrayBuffer())
}
