/** A vega-lite specification as plain data; its own types are for writing by hand and refuse readonly rows. */
export type ChartSpec = Readonly<Record<string, unknown>>

/** What a legend entry looks like; drawn by the page, so that it wraps and needs no text measuring. */
export interface LegendEntry {
  readonly label: string
  /** The layer of the drawing that the reader may switch off. */
  readonly layer?: ToggledLayer
  readonly mark:
    | 'circle'
    | 'square'
    | 'diamond'
    | 'openDiamond'
    | 'triangle'
    | 'arrow'
    | 'cross'
    | 'bar'
    | 'line'
    | 'dashed'
    | 'dotted'
    | 'dashDotted'
    | 'longDashed'
  readonly colour: string
}

/** Layers that a reader may switch off; a drawing names their marks so. */
export const TOGGLED_LAYERS = ['single', 'partial', 'control', 'oracle'] as const
export type ToggledLayer = (typeof TOGGLED_LAYERS)[number]

/** Those far from the rest: without them the axes may be others. */
export const STRETCHING_LAYERS = ['single', 'partial', 'oracle'] as const satisfies readonly ToggledLayer[]

/** Every choice of layers but none of them, the smallest first. */
export function choices(layers: readonly ToggledLayer[]): ToggledLayer[][] {
  return Array.from({ length: 2 ** layers.length - 1 }, (_, i) =>
    layers.filter((_, bit) => ((i + 1) >> bit) % 2 === 1),
  ).sort((a, b) => a.length - b.length)
}

/** A number on the chart and what it stands for. */
export interface KeyEntry {
  readonly number: number
  readonly name: string
  /** Of a dot in a crowd that has no room for its number: the number that is drawn nearest to it. */
  readonly beside?: number
  /** Goes with marks that the reader may switch off. */
  readonly layer?: ToggledLayer
}

/** `narrow` fits a phone, `wide` a desk. */
export type Width = 'narrow' | 'wide'

export const WIDTHS: Readonly<Record<Width, number>> = { narrow: 320, wide: 760 }

/** A chart before it is drawn: pure data. */
export interface Chart {
  /** The finding in words: the text alternative. */
  readonly finding: string
  readonly legend: readonly LegendEntry[]
  /** What the numbers beside dots stand for, those that are drawn; absent where there never are any. */
  readonly key?: (width: Width) => readonly KeyEntry[]
  /** One width stands for small multiples, which never grow. */
  readonly widths: readonly Width[]
  readonly spec: (width: Width) => ChartSpec
  /** Drawings for readers who switched layers off, with axes for what is left; for all other choices `spec` does. */
  readonly filtered?: readonly FilteredView[]
}

/** What the boxes to tick of some readers leave. */
export interface FilteredView extends Pick<Chart, 'key' | 'spec'> {
  /** The choices that it is for, each the layers that are switched off. */
  readonly without: readonly (readonly ToggledLayer[])[]
}

export interface Frame {
  /** Of the plot, without axes. */
  readonly height: number
  /** Room for the axes; the right side keeps the last tick's label. */
  readonly left: number
  readonly bottom: number
}

/** Fixed outer width: every drawing of one width has the same scale on the page, whatever its labels measure. */
export function framed(width: Width, { height, left, bottom }: Frame): ChartSpec {
  return {
    width: plotWidth(width, left),
    height,
    padding: { left, right: RIGHT, top: TOP, bottom },
    autosize: 'none',
  }
}

export function plotWidth(width: Width, left: number): number {
  return WIDTHS[width] - left - RIGHT
}

const RIGHT = 22
const TOP = 10
