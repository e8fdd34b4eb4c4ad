export const LANGUAGES = ['python', 'typescript', 'go', 'java', 'rust'] as const
export type Language = (typeof LANGUAGES)[number]

/** Source with `%slots%` and `[[alternatives]]`, and how tricky code of this kind is. */
export interface SnippetTemplate {
  readonly kind: string
  readonly weight: number
  readonly source: string
}
