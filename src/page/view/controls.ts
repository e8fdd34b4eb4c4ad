import { sentenceName } from '../../report/format.js'
import type { ListedGroup } from '../knobs/index.js'
import type { ChoiceKnob, Knob, KnobValue, RangeKnob, SwitchKnob } from '../knobs/knob.js'
import { element } from './element.js'
import { namePiece } from './name.js'
import { positionOf, STEPS, valueAt, valueText } from './slider.js'

/** Told of each change; a value of undefined is the policy's own. */
export type OnMove = (knob: Knob, value: KnobValue | undefined) => void

/** One field a knob, in a fold for each part of the policy; the first two are open. */
export function createControls(groups: readonly ListedGroup[], onMove: OnMove): HTMLElement {
  return element(
    'div',
    { class: 'knobs' },
    ...groups.map(({ title, knobs, missing }, index) =>
      element(
        'details',
        { open: index < 2 },
        element('summary', {}, title),
        knobs.length === 0
          ? null
          : element('fieldset', { 'aria-label': title }, ...knobs.map((knob) => createControl(knob, onMove))),
        missing === '' ? null : element('p', { class: 'sub' }, missing),
      ),
    ),
  )
}

function createControl(knob: Knob, onMove: OnMove): HTMLElement {
  switch (knob.kind) {
    case 'range':
      return createRange(knob, (value) => onMove(knob, value === knob.value ? undefined : value))
    case 'choice':
      return createChoice(knob, (value) => onMove(knob, value === knob.value ? undefined : value))
    case 'switch':
      return createSwitch(knob, (value) => onMove(knob, value === knob.value ? undefined : value))
  }
}

/** A slider for the hand and a field for the exact value; each shows what the other says. */
function createRange(knob: RangeKnob, onValue: (value: number) => void): HTMLElement {
  const factor = knob.unit === 'share' ? 100 : 1
  const label = sentenceName(knob.label)
  const slider = element('input', { type: 'range', min: 0, max: STEPS, step: 1 })
  const field = element('input', {
    type: 'number',
    step: 'any',
    min: 0,
    inputmode: 'decimal',
    'aria-label': `${label}, exact value${knob.unit === 'share' ? ' in per cent' : ''}`,
  })
  const show = (value: number, isTyped: boolean): void => {
    slider.value = String(positionOf(knob, value))
    slider.setAttribute('aria-valuetext', valueText(knob, value))
    if (!isTyped) field.value = String(Number((value * factor).toPrecision(12)))
    field.classList.toggle('moved', value !== knob.value)
  }
  slider.addEventListener('input', () => {
    const value = valueAt(knob, Number(slider.value))
    show(value, false)
    onValue(value)
  })
  field.addEventListener('input', () => {
    const value = Number(field.value) / factor
    if (field.value === '' || !Number.isFinite(value) || value < 0) return
    show(value, true)
    onValue(value)
  })
  show(knob.value, false)
  const unit = knob.unit === 'usd' ? '$' : knob.unit === 'share' ? '%' : ''
  return element(
    'div',
    { class: 'knob range', 'data-knob': knob.id },
    element('label', {}, element('span', {}, namePiece(knob.label)), slider),
    element('span', { class: 'exact' }, unit === '$' ? unit : '', field, unit === '%' ? unit : ''),
    noteOf(knob),
  )
}

function createChoice(knob: ChoiceKnob, onValue: (value: string) => void): HTMLElement {
  const select = element(
    'select',
    {},
    ...knob.options.map(({ value, label }) => element('option', { value }, label)),
  )
  select.value = knob.value
  select.addEventListener('change', () => onValue(select.value))
  const label = element('label', {}, element('span', {}, namePiece(knob.label)), select)
  return element('div', { class: 'knob', 'data-knob': knob.id }, label, noteOf(knob))
}

function createSwitch(knob: SwitchKnob, onValue: (value: boolean) => void): HTMLElement {
  const box = element('input', { type: 'checkbox' })
  box.checked = knob.value
  box.addEventListener('change', () => onValue(box.checked))
  const label = element('label', { class: 'switch' }, box, element('span', {}, namePiece(knob.label)))
  return element('div', { class: 'knob', 'data-knob': knob.id }, label, noteOf(knob))
}

/** Sentences of ours are shorter; what makes one longer is a name in it. */
const MOST_IN_NOTE = 240

function noteOf({ note }: Knob): HTMLElement | null {
  return note === '' ? null : element('span', { class: 'sub' }, namePiece(note, MOST_IN_NOTE))
}
