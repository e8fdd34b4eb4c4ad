import { workerData } from 'piscina'
import { createTrialSteps, type TrialInput } from '../tune/trial.js'

/** What a thread of the trial pool runs. */
export const { attempt, line, judge } = createTrialSteps(workerData as TrialInput)
