import type { LabelRows } from '../../metrics/label-rows.js'
import { labelWords, topRows } from '../findings/labels.js'
import type { Chart } from './chart.js'
import { mixByTaskChart, type MixRow } from './mix-by-task.js'
import type { ModelOrder } from './model-order.js'

/** Values of a label with a bar of their own. */
export const LABELS_SHOWN = 10

/** Which models serve whom: one bar of shares per organisation, team or user. Null where one model serves all. */
export function mixByLabelChart(own: LabelRows, order: ModelOrder): Chart | null {
  const models = new Set(own.rows.flatMap((row) => Object.keys(row.models)))
  return models.size < 2 ? null : mixByTaskChart(labelMixRows(own), order, labelWords(own.label).one)
}

export function labelMixRows(own: LabelRows): MixRow[] {
  return topRows(own, ({ offered }) => offered, LABELS_SHOWN).top.flatMap(({ value, models }) =>
    Object.entries(models).map(([model, requests]) => ({ task: value ?? 'not said', model, requests })),
  )
}
