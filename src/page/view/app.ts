import type { Point, RunMetrics } from '../../metrics/result.js'
import { sentenceName, shortName } from '../../report/format.js'
import { atOnce, latestOnly, type Asker } from '../asking.js'
import type { Embedded } from '../embedded.js'
import type { Figures } from '../figures.js'
import type { Knob, KnobValue } from '../knobs/knob.js'
import type { Answer, OpenedLog, OpenedPolicy, PolicyDownload, Scene, SweptKnob } from '../messages.js'
import type { Move } from '../move.js'
import { createControls } from './controls.js'
import { element } from './element.js'
import { frontierLegend, frontierPlot } from './frontier-plot.js'
import { createParts, laidOut } from './parts.js'
import { poolPlots } from './pool-plots.js'
import { rowsTable } from './rows.js'
import { checkSentence, downloadSentence, logSentences, movedSentence } from './sentences.js'
import { sweepValues } from './slider.js'

/** Intervals are asked for when the hand has come to rest this long. */
const REST_MS = 250
const SWEEP_POINTS = 9
/** Names may be in it. */
const MOST_IN_REASON = 300

/** What is known of the policy that was chosen; all of it is forgotten with the next one. */
interface Known {
  readonly policy: number
  readonly moved: Record<string, KnobValue>
  lastKnob: Knob | null
  before?: Figures
  after?: Figures
  beforeRun?: RunMetrics | undefined
  afterRun?: RunMetrics | undefined
  swept: readonly Point[]
}

/** The section at work: what the hand moves goes to two workers, and what they answer is drawn. */
export class App {
  readonly #section: HTMLElement
  readonly #embedded: Embedded
  readonly #parts = createParts()
  /** Follows the hand. */
  readonly #quick: Asker
  /** Draws intervals and sweeps meanwhile. */
  readonly #thorough: Asker
  #policies: readonly OpenedPolicy[] = []
  #scene: Scene | undefined
  #known: Known
  #number = 0
  /** The page holds the whole log. */
  #isWhole = false
  #resting: ReturnType<typeof setTimeout> | undefined
  #width = 0

  constructor(section: HTMLElement, embedded: Embedded) {
    this.#section = section
    this.#embedded = embedded
    this.#known = unmoved(embedded.start)
    const worker = (): Worker => new Worker(embedded.workerUrl)
    this.#quick = latestOnly(worker(), (answer) => this.#onQuick(answer))
    this.#thorough = atOnce(worker(), (answer) => this.#onThorough(answer))
    const { chooser, reset, download, frontier } = this.#parts
    chooser.addEventListener('change', () => this.#choose(Number(chooser.value)))
    reset.addEventListener('click', () => this.#choose(this.#known.policy))
    download.addEventListener('click', () =>
      this.#quick.ask({ kind: 'file', number: this.#number, move: this.#move() }),
    )
    section.append(laidOut(this.#parts))
    new ResizeObserver(() => this.#onRoom()).observe(frontier)
    this.#quick.ask({ kind: 'open', bytes: embedded.columns })
  }

  #choose(policy: number): void {
    this.#known = unmoved(policy)
    const { groups = [], lacks } = this.#policies[policy] ?? {}
    const { controls, download, downloadNote } = this.#parts
    controls.replaceChildren(createControls(groups, (knob, value) => this.#onMove(knob, value)))
    download.disabled = lacks === 'names'
    downloadNote.textContent = downloadSentence(lacks)
    this.#ask()
  }

  #onMove(knob: Knob, value: KnobValue | undefined): void {
    const known = this.#known
    if (value === undefined) delete known.moved[knob.id]
    else known.moved[knob.id] = value
    known.lastKnob = knob
    known.afterRun = undefined
    known.swept = []
    this.#ask()
  }

  #move(): Move {
    return { policy: this.#known.policy, moved: { ...this.#known.moved } }
  }

  #ask(): void {
    const number = ++this.#number
    const move = this.#move()
    this.#section.dataset['asked'] = String(number)
    this.#quick.ask({ kind: 'figures', number, move })
    clearTimeout(this.#resting)
    this.#resting = setTimeout(
      () => this.#thorough.ask({ kind: 'follow', number, move, knob: sweptKnob(this.#known.lastKnob) }),
      REST_MS,
    )
  }

  #onQuick(answer: Answer): void {
    switch (answer.kind) {
      case 'opened':
        return this.#onOpened(answer.log, answer.policies)
      case 'figures':
        return this.#onFigures(answer)
      case 'file':
        return save(answer.file)
      case 'refused':
        return this.#warn(
          `That is no policy: ${answer.because.map((text) => shortName(text, MOST_IN_REASON)).join('; ')}. The figures below are those of before.`,
        )
      case 'failed':
        return this.#warn(`The replay in this page failed: ${answer.because}`)
      case 'scene':
      case 'compared':
      case 'swept':
        return
    }
  }

  #onOpened(log: OpenedLog, policies: readonly OpenedPolicy[]): void {
    const { notes, chooser } = this.#parts
    this.#policies = policies
    notes.replaceChildren(...logSentences(log, policies).map((text) => element('p', { class: 'sub' }, text)))
    this.#isWhole = log.requests === log.offered
    const start = startOf(policies, this.#known.policy)
    chooser.replaceChildren(
      ...policies.map(({ policyId, lacks }, value) =>
        element(
          'option',
          { value, selected: value === start, disabled: lacks === 'ids' },
          sentenceName(policyId),
        ),
      ),
    )
    this.#thorough.ask({ kind: 'open', bytes: this.#embedded.columns })
    this.#thorough.ask({ kind: 'scene', number: 0 })
    this.#choose(start)
  }

  #onFigures({ policy, before, after, number, tookMs }: Extract<Answer, { kind: 'figures' }>): void {
    if (policy !== this.#known.policy) return
    this.#warn('')
    Object.assign(this.#known, { before, after })
    Object.assign(this.#section.dataset, {
      answered: String(number),
      costUsd: String(after.costUsd),
      tookMs: tookMs.toFixed(1),
    })
    this.#draw()
  }

  #onThorough(answer: Answer): void {
    if (answer.kind === 'failed') return this.#warn(`Intervals failed: ${answer.because}`)
    if (answer.kind === 'scene') this.#scene = answer.scene
    const isLate = 'number' in answer && answer.number !== this.#number
    if (answer.kind === 'swept' && !isLate) this.#known.swept = answer.points
    if (answer.kind === 'compared' && !isLate) {
      Object.assign(this.#known, { beforeRun: answer.before, afterRun: answer.after })
      this.#section.dataset['followed'] = String(answer.number)
      this.#parts.said.textContent = movedSentence(this.#known, this.#embedded.scale)
    }
    this.#draw()
  }

  #onRoom(): void {
    if (this.#width === roomOf(this.#parts.frontier)) return
    this.#draw()
  }

  #warn(text: string): void {
    this.#parts.refusal.textContent = text
  }

  #draw(): void {
    const { policy, before, after, beforeRun, afterRun, moved } = this.#known
    if (before === undefined || after === undefined) return
    const { parts, name } = { parts: this.#parts, name: this.#policies[policy]?.policyId ?? '' }
    const { scale, reportedCosts } = this.#embedded
    for (const mark of parts.marks) mark.hidden = Object.keys(moved).length === 0
    parts.check.textContent = this.#isWhole
      ? checkSentence(name, beforeRun?.costUsd, reportedCosts[policy])
      : ''
    parts.rows.replaceChildren(
      rowsTable({ figures: before, run: beforeRun }, { figures: after, run: afterRun }, scale),
    )
    parts.pools.replaceChildren(poolPlots(after))
    this.#drawFrontier(pointOf(name, before, beforeRun), pointOf(name, after, afterRun))
  }

  #drawFrontier(before: Point | null, after: Point | null): void {
    const { policy, moved, swept } = this.#known
    const { hull = [], singles = [], policies = [] } = this.#scene ?? {}
    const others = policies.filter((point, index) => point !== null && index !== policy)
    this.#width = roomOf(this.#parts.frontier)
    const scene = {
      hull,
      singles,
      policies: others.filter((point) => point !== null),
      before,
      after: Object.keys(moved).length === 0 ? null : after,
      swept,
    }
    this.#parts.frontier.replaceChildren(frontierPlot(scene, this.#width))
    this.#parts.legend.replaceChildren(...frontierLegend(scene))
  }
}

function unmoved(policy: number): Known {
  return { policy, moved: {}, lastKnob: null, swept: [] }
}

/** The one that the report is about, or the first that can be replayed here. */
function startOf(policies: readonly OpenedPolicy[], wanted: number): number {
  return policies[wanted]?.lacks === 'ids' ? policies.findIndex(({ lacks }) => lacks !== 'ids') : wanted
}

function sweptKnob(knob: Knob | null): SweptKnob | null {
  return knob?.kind === 'range' ? { id: knob.id, values: sweepValues(knob, SWEEP_POINTS) } : null
}

/** Estimated where the log has to be weighed; else as recorded. */
function pointOf(label: string, figures: Figures, run: RunMetrics | undefined): Point | null {
  const { meanCostUsd: costUsd, quality } = run ?? figures
  return costUsd === null || quality === null ? null : { label, costUsd, quality }
}

/** Width for a drawing, in CSS pixels. */
function roomOf(place: HTMLElement): number {
  return Math.round(Math.min(1100, Math.max(280, place.clientWidth)))
}

function save({ name, text }: PolicyDownload): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'application/json' }))
  element('a', { href: url, download: name }).click()
  URL.revokeObjectURL(url)
}
