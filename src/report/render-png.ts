import { createRequire } from 'node:module'

/** Pixels of the picture for each of the drawing: sharp on screens of high density and on slides. */
const ZOOM = 2

/**
 * An SVG as PNG, without a browser. The letters are those of DejaVu Sans Condensed, which comes with the package, so that a bare
 * container writes text too, and the same bytes as a desk. For names in letters that it has not, such as Chinese ones, the
 * machine's own fonts are looked at: letters that no font has become boxes.
 */
export async function renderPng(svg: string): Promise<Uint8Array> {
  const { Resvg } = await import('@resvg/resvg-js')
  const drawing = new Resvg(svg.replace('<svg ', `<svg ${STRETCH} `), {
    fitTo: { mode: 'zoom', value: ZOOM },
    font: {
      loadSystemFonts: needsOtherFonts(svg),
      fontFiles: fontFiles(),
      defaultFontFamily: FAMILY,
      sansSerifFamily: FAMILY,
    },
  })
  return drawing.render().asPng()
}

/** Looking at a machine's fonts takes time and makes a picture depend on them: only where a letter is not in the package's. */
export function needsOtherFonts(svg: string): boolean {
  return OTHER_LETTERS.test(svg)
}

/** Scripts that the package's font lacks or has in part, and pictographs. */
const OTHER_LETTERS =
  /[^\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Armenian}\p{Script=Georgian}\p{Script=Common}\p{Script=Inherited}]|[\u2e80-\ua4cf\uff00-\uffef]|\p{Emoji_Presentation}/u

const FAMILY = 'DejaVu Sans Condensed'
/** Beside a machine's own DejaVu Sans, which is wider, the family's name alone does not choose. */
const STRETCH = 'font-stretch="condensed"'

function fontFiles(): string[] {
  const require = createRequire(import.meta.url)
  return [
    require.resolve('dejavu-fonts-ttf/ttf/DejaVuSansCondensed.ttf'),
    require.resolve('dejavu-fonts-ttf/ttf/DejaVuSansCondensed-Bold.ttf'),
  ]
}
