import type { Answer, Question } from './messages.js'

type OnAnswer = (answer: Answer) => void

/** One of the page's workers. */
export interface Asker {
  ask(question: Question): void
}

/** What of a worker is used. */
export interface WorkerLike {
  onmessage: ((event: MessageEvent<Answer>) => void) | null
  onerror: ((event: ErrorEvent) => void) | null
  postMessage(question: Question): void
}

/**
 * Questions one at a time: while one is being answered only the latest of the others is kept, so that a slider that moves on
 * leaves no queue behind.
 */
export function latestOnly(worker: WorkerLike, onAnswer: OnAnswer): Asker {
  let isBusy = false
  let waiting: Question | undefined
  const send = (question: Question): void => {
    isBusy = true
    worker.postMessage(question)
  }
  listen(worker, (answer) => {
    isBusy = false
    const next = waiting
    waiting = undefined
    if (next !== undefined) send(next)
    onAnswer(answer)
  })
  return {
    ask(question) {
      if (isBusy) waiting = question
      else send(question)
    },
  }
}

/** Questions as they come; the worker itself gives up what is out of date. */
export function atOnce(worker: WorkerLike, onAnswer: OnAnswer): Asker {
  listen(worker, onAnswer)
  return { ask: (question) => worker.postMessage(question) }
}

function listen(worker: WorkerLike, onAnswer: OnAnswer): void {
  worker.onmessage = ({ data }) => onAnswer(data)
  worker.onerror = ({ message }) => onAnswer({ kind: 'failed', because: message })
}
