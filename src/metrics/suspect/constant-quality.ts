import type { Finding } from './finding.js'
import type { TaskOutcomes } from './task-outcomes.js'

/** So many equal outcomes are no accident of a model that is wrong once in twenty: 0.95 ^ 100 is under 1 %. */
const FEWEST = 100

/**
 * A model that has the same quality on every request of a task, known on at least 100. A task so easy, or a grader that
 * accepts or refuses whatever it gets: within the task that model's quality depends on no request.
 */
export function constantQuality({ task, models }: TaskOutcomes): Finding[] {
  return models.flatMap(({ model, quality }) => {
    const known = quality.filter((value) => !Number.isNaN(value))
    const [first] = known
    if (first === undefined || known.length < FEWEST || known.some((value) => value !== first)) return []
    return [
      {
        code: 'constant-quality',
        message: `${model} has quality ${Number(first.toPrecision(3))} on each of ${known.length} requests of ${task}: there it depends on no request, and a router can only learn the task; does the grader tell answers apart?`,
        count: known.length,
        figures: { model, task, quality: first, requests: known.length },
      },
    ]
  })
}
