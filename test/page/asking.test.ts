import { describe, expect, it } from 'vitest'
import { latestOnly, type WorkerLike } from '../../src/page/asking.js'
import type { Answer, Question } from '../../src/page/messages.js'

describe('questions to a worker', () => {
  const move = { policy: 0, moved: {} }
  const figures = (number: number): Question => ({ kind: 'figures', number, move })

  it('are asked one at a time, and of those that wait only the latest', () => {
    const asked: Question[] = []
    const answers: Answer[] = []
    const worker: WorkerLike = {
      onmessage: null,
      onerror: null,
      postMessage: (question) => void asked.push(question),
    }
    const asker = latestOnly(worker, (answer) => void answers.push(answer))
    const finish = (): void =>
      worker.onmessage?.({
        data: { kind: 'refused', number: 0, because: [] },
      } as unknown as MessageEvent<Answer>)
    for (const number of [1, 2, 3, 4]) asker.ask(figures(number))
    expect(asked).toEqual([figures(1)])
    finish()
    expect(asked).toEqual([figures(1), figures(4)])
    finish()
    asker.ask(figures(5))
    expect(asked).toEqual([figures(1), figures(4), figures(5)])
    expect(answers).toHaveLength(2)
  })
})
