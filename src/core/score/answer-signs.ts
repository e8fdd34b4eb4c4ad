/** What can be seen of an answer without knowing whether it is right. A missing field is unknown. */
export interface AnswerSigns {
  /** Of one answer, reasoning included. */
  readonly outputTokens?: number | undefined
  readonly finish?: Finish | undefined
  /** Whether it reads like a refusal. */
  readonly refused?: boolean | undefined
  /** Share of several samples that gave this answer. */
  readonly agreement?: number | undefined
  /** In [0, 1], by whoever scored it. */
  readonly score?: number | undefined
}

/** How an answer ended: of itself (a call of a tool is such an end too), at its output limit, or at a content filter. */
export const FINISHES = ['complete', 'cut', 'filtered'] as const
export type Finish = (typeof FINISHES)[number]

/** Bits of a store's and a table's `signs`: how an answer ended and read; 0 where nothing is known. */
export const SIGNS = { complete: 1, cut: 2, filtered: 4, refused: 8, notRefused: 16 } as const

/** What the bits say. */
export function signsOf(bits: number): Pick<AnswerSigns, 'finish' | 'refused'> {
  const finish = FINISHES.find((one) => (bits & SIGNS[one]) !== 0)
  const isRefused = (bits & SIGNS.refused) !== 0
  return { finish, refused: isRefused || (bits & SIGNS.notRefused) !== 0 ? isRefused : undefined }
}

const FINISH_OF: Readonly<Record<string, Finish>> = {
  stop: 'complete',
  endturn: 'complete',
  stopsequence: 'complete',
  toolcalls: 'complete',
  tooluse: 'complete',
  functioncall: 'complete',
  completed: 'complete',
  complete: 'complete',
  eos: 'complete',
  length: 'cut',
  maxtokens: 'cut',
  maxoutputtokens: 'cut',
  incomplete: 'cut',
  modelcontextwindowexceeded: 'cut',
  cut: 'cut',
  contentfilter: 'filtered',
  contentfiltered: 'filtered',
  guardrailintervened: 'filtered',
  safety: 'filtered',
  recitation: 'filtered',
  blocklist: 'filtered',
  prohibitedcontent: 'filtered',
  refusal: 'filtered',
  filtered: 'filtered',
}

/** A provider's finish or stop reason (OpenAI, Anthropic, Gemini, Bedrock, Mistral); undefined where it is none that we know. */
export function finishOf(reason: string | undefined | null): Finish | undefined {
  return reason === undefined || reason === null
    ? undefined
    : FINISH_OF[reason.toLowerCase().replace(/[^a-z]/g, '')]
}

const REFUSAL =
  /\b(i(’|')?m sorry,? but|i (can(’|')?t|cannot|am unable to|(’|')?m unable to|am not able to|(’|')?m not able to|won(’|')?t) (help|assist|comply|provide|answer|do that|fulfil)|as an ai( language)? model|i do(n(’|')?t| not) have (enough|access|the ability)|unable to (answer|determine|assist|comply))/i

/** Refusals stand at the beginning: an answer that quotes one later is no refusal. */
const REFUSAL_WITHIN = 300

/** Whether an answer reads like a refusal. */
export function readsLikeRefusal(answer: string): boolean {
  return REFUSAL.test(answer.slice(0, REFUSAL_WITHIN))
}

/** Answers that differ in case, spaces and closing marks are the same. */
function sameness(answer: string): string {
  return answer
    .toLowerCase()
    .replace(/\s+/g, ' ')
    .replace(/^[\s"'`*]+|[\s"'`*.!]+$/g, '')
}

/**
 * The answer that most samples gave (of equals the earliest) and the share that gave it: self-consistency as in Wang et al.
 * (https://arxiv.org/abs/2203.11171) and as cascades use it (Yue et al., https://arxiv.org/abs/2310.03094).
 * @throws RangeError without samples.
 */
export function agreementOf(answers: readonly string[]): { readonly index: number; readonly share: number } {
  if (answers.length === 0) throw new RangeError('agreement needs at least one answer')
  const keys = answers.map(sameness)
  const counts = keys.map((key) => keys.filter((other) => other === key).length)
  const most = Math.max(...counts)
  return { index: counts.indexOf(most), share: most / answers.length }
}
