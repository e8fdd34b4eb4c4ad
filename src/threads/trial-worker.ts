import { workerData } from 'piscina'
import { createTrial, type TrialInput } from '../tune/trial.js'

/** What a thread of the trial pool runs. */
export default createTrial(workerData as TrialInput)
