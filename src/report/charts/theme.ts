/**
 * One look for every chart. Colours are CSS custom properties, so that one inline SVG serves light mode, dark mode and
 * print: the page's style sheet gives them their values. No meaning is carried by colour alone: kinds differ in shape
 * or dash, and models are a ramp of lightness (stronger = dearer) that survives black and white print.
 */

import type { Config } from 'vega-lite'

export const INK = 'var(--ink)'
export const MUTED = 'var(--muted)'
export const LINE = 'var(--line)'
export const SURFACE = 'var(--surface)'
export const POLICY = 'var(--c-policy)'
export const BASELINE = 'var(--c-baseline)'
export const SINGLE = 'var(--c-single)'
export const ORACLE = 'var(--c-oracle)'
export const CONTROL = 'var(--c-control)'
export const SERVED = 'var(--c-served)'
export const DOWNGRADED = 'var(--c-downgraded)'
export const REJECTED = 'var(--c-rejected)'
export const DEFERRED = 'var(--c-deferred)'
export const CAP = 'var(--c-cap)'
export const OTHER = 'var(--c-other)'

/** Steps of the model ramp that the style sheet defines as `--m1` (cheapest) to `--m7` (dearest). */
export const RAMP_STEPS = 7

/** The ramp's colour of model `index` out of `size`, cheapest first, spread over all steps. */
export function rampColour(index: number, size: number): string {
  const step = size <= 1 ? RAMP_STEPS : 1 + Math.round((index * (RAMP_STEPS - 1)) / (size - 1))
  return `var(--m${step})`
}

export const FONT_SIZE = 12

/** Shapes of the frontier's kinds, as SVG paths of about unit size (vega scales them). */
export const SHAPES = {
  policy: 'circle',
  baseline: 'square',
  hullSingle: 'diamond',
  single: 'diamond',
  partialSingle: 'triangle-right',
  oracle: 'triangle-up',
  control: 'M-.85,-.85L.85,.85M.85,-.85L-.85,.85',
} as const

export const CONFIG: Config = {
  background: 'transparent',
  padding: 2,
  font: 'system-ui, sans-serif',
  aria: false,
  view: { stroke: null },
  axis: {
    labelColor: INK,
    titleColor: INK,
    labelFontSize: FONT_SIZE,
    titleFontSize: FONT_SIZE,
    titleFontWeight: 'normal',
    gridColor: LINE,
    domainColor: MUTED,
    tickColor: MUTED,
    titlePadding: 8,
    labelOverlap: false,
    labelFlush: false,
  },
  text: { color: INK, fontSize: FONT_SIZE },
}
