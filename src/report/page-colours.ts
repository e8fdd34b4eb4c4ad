import { PAGE_STYLE } from './page-style.js'

export const SCHEMES = ['light', 'dark'] as const
export type Scheme = (typeof SCHEMES)[number]

/**
 * The page's colours by the name of their custom property (`--ink`), for drawings that leave the page: few programs besides
 * browsers know custom properties. Dark overrides light, as on the page.
 */
export function pageColours(scheme: Scheme): ReadonlyMap<string, string> {
  const [light = '', dark = ''] = PAGE_STYLE.split(/@media screen and \(prefers-color-scheme: dark\)/)
  return new Map([...properties(light), ...(scheme === 'dark' ? properties(dark) : [])])
}

function properties(css: string): [string, string][] {
  return [...css.matchAll(/(--[\w-]+): (#[0-9a-f]{3,8});/g)].map(([, name = '', value = '']) => [name, value])
}

/** @throws RangeError when a drawing uses a colour that the page has not. */
export function withColours(svg: string, colours: ReadonlyMap<string, string>): string {
  return svg.replaceAll(/var\((--[\w-]+)\)/g, (_, name: string) => {
    const colour = colours.get(name)
    if (colour === undefined) throw new RangeError(`the page has no colour ${name}`)
    return colour
  })
}
