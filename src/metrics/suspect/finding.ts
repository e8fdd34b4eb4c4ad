/** Something about recorded outcomes that makes figures drawn from them say less than they seem to. */
export interface Finding {
  readonly code: string
  /** A sentence without its full stop, with the figures that matter. */
  readonly message: string
  /** Requests that are concerned. */
  readonly count: number
  /** The figures of the message, and the models and tasks that it names. */
  readonly figures: Readonly<Record<string, number | string | readonly number[] | readonly string[]>>
}

/** A share for a message. */
export function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`
}
