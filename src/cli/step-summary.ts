import { appendFileSync } from 'node:fs'
import { note } from './output.js'

/**
 * Adds to the summary of a GitHub Actions step where one runs (`GITHUB_STEP_SUMMARY` names its file). A summary that cannot
 * be written is told and changes no verdict.
 */
export function addToStepSummary(markdown: string): void {
  const path = process.env.GITHUB_STEP_SUMMARY ?? ''
  if (path === '') return
  try {
    appendFileSync(path, `${markdown}\n`)
  } catch (error) {
    note(`warning: the step summary ${path} cannot be written: ${(error as Error).message}`)
  }
}
