import { choices, STRETCHING_LAYERS, TOGGLED_LAYERS, type ToggledLayer } from './charts/chart.js'

/** Of a drawing that is for readers who switched these layers off. */
export function viewClass(hidden: readonly ToggledLayer[]): string {
  return `without-${hidden.join('-')}`
}

/**
 * What a reader switches off in a chart, by the style sheet alone: the layer's marks and its lines of the key are hidden, and
 * where there is a drawing with axes for what is left, that one is shown.
 */
export const FILTER_STYLE = [
  `${TOGGLED_LAYERS.map((layer) => `figure:has(${off(layer)}) [class*=${layer}_]`).join(', ')} { display: none; }`,
  '.view.filtered { display: none; }',
  ...choices(STRETCHING_LAYERS).flatMap((hidden) => {
    const figure = `figure${STRETCHING_LAYERS.map((layer) => (hidden.includes(layer) ? `:has(${off(layer)})` : `:not(:has(${off(layer)}))`)).join('')}`
    const own = viewClass(hidden)
    return [`${figure} .view:not(.${own}) { display: none; }`, `${figure} .view.${own} { display: block; }`]
  }),
].join('\n')

function off(layer: ToggledLayer): string {
  return `.show-${layer}:not(:checked)`
}
