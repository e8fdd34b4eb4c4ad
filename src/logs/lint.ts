/** One thing about a log that makes its figures weaker than they look. `count` says how much of it is concerned. */
export interface LintWarning {
  readonly code: string
  readonly message: string
  readonly count: number
}
