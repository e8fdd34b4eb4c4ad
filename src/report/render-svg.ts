import type { Spec } from 'vega'
import type { TopLevelSpec } from 'vega-lite'
import type { ChartSpec } from './charts/chart.js'

/**
 * A vega-lite spec as SVG text, without a canvas or a browser. The library takes half a second to load, so it is
 * loaded with the first chart and not with the command line.
 */
export async function renderSvg(spec: ChartSpec): Promise<string> {
  const [{ compile }, vega] = await Promise.all([import('vega-lite'), import('vega')])
  const compiled = compile(spec as unknown as TopLevelSpec, { logger: vega.logger(vega.None) }).spec as Spec
  const view = new vega.View(vega.parse(compiled), { renderer: 'none', logLevel: vega.None })
  try {
    return withTitles(responsive(await view.toSVG()))
  } finally {
    view.finalize()
  }
}

/** Sized by the page, not by attributes; the figure around it carries the text alternative. */
function responsive(svg: string): string {
  return svg
    .replace(/^<svg[^>]*viewBox="([^"]*)"[^>]*>/, '<svg viewBox="$1" aria-hidden="true" focusable="false">')
    .replaceAll(' pointer-events="none"', '')
    .replaceAll(
      /<path class="(?:background|foreground)"[^>]* d=""[^>]*\/>|<path class="(?:background|foreground)"[^>]*display="none"\/>/g,
      '',
    )
}

/** Marks with a description get it as an SVG title, which browsers show on hover; vega writes it as aria-label only. */
function withTitles(svg: string): string {
  return svg.replaceAll(
    /<path aria-label="([^"]*)" role="[^"]*" aria-roledescription="[^"]*"([^>]*)\/>/g,
    '<path$2><title>$1</title></path>',
  )
}
