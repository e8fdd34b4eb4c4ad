import { createRequire } from 'node:module'

/** Pixels of the picture for each of the drawing: sharp on screens of high density and on slides. */
const ZOOM = 2

/**
 * An SVG as PNG, without a browser. The letters are those of DejaVu Sans Condensed, which comes with the package: the machine's
 * own fonts are not looked at, so that a bare container writes text too, and the same bytes as a desk.
 */
export async function renderPng(svg: string): Promise<Uint8Array> {
  const { Resvg } = await import('@resvg/resvg-js')
  const drawing = new Resvg(svg, {
    fitTo: { mode: 'zoom', value: ZOOM },
    font: {
      loadSystemFonts: false,
      fontFiles: fontFiles(),
      defaultFontFamily: FAMILY,
      sansSerifFamily: FAMILY,
    },
  })
  return drawing.render().asPng()
}

const FAMILY = 'DejaVu Sans Condensed'

function fontFiles(): string[] {
  const require = createRequire(import.meta.url)
  return [
    require.resolve('dejavu-fonts-ttf/ttf/DejaVuSansCondensed.ttf'),
    require.resolve('dejavu-fonts-ttf/ttf/DejaVuSansCondensed-Bold.ttf'),
  ]
}
