import { createHash } from 'node:crypto'
import { html, trusted, type Markup } from './markup.js'
import { PAGE_STYLE } from './page-style.js'

export interface PageParts {
  readonly title: string
  /** Of the stored run that this is the page of: the index of runs finds the page by it. */
  readonly runId?: string
  readonly heading: string
  /** Below the heading: of what this is the report. */
  readonly sub: Markup
  readonly banner: Markup | null
  /** Ids of the sections and what the list of contents calls them. */
  readonly contents: readonly (readonly [id: string, text: string])[]
  readonly sections: readonly (Markup | null)[]
  /** Scripts and style sheets of our own making that sections need besides; none without them. */
  readonly scripts?: readonly string[]
  readonly styles?: readonly string[]
}

/**
 * A report as one HTML page: no network, and nothing runs or applies but the scripts and style sheets that the page's own
 * security policy names by their hashes. `scripts` may start workers from the page's own text.
 */
export function page(parts: PageParts): Markup {
  const { title, runId, heading, sub, banner, contents, sections, scripts = [] } = parts
  const styles = [PAGE_STYLE, ...(parts.styles ?? [])]
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        ${runId === undefined ? null : html`<meta name="${RUN_META}" content="${runId}" />`}
        <meta http-equiv="Content-Security-Policy" content="${securityPolicy(styles, scripts)}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="referrer" content="no-referrer" />
        <title>${title}</title>
        ${styles.map((style) => trusted(`<style>${style}</style>`))}
      </head>
      <body>
        <a class="skip" href="#content">Skip to the answer</a>
        <header>
          <h1>${heading}</h1>
          <p class="sub">${sub}</p>
          ${banner} ${contents.length === 0 ? null : navigation(contents)}
        </header>
        <main id="content" tabindex="-1">${sections}</main>
        <footer>
          <p>
            Made by Tollgate. This page loads nothing from the network and runs
            ${scripts.length === 0 ? 'no scripts' : 'no scripts but its own'}.
          </p>
        </footer>
        ${scripts.map(inlineScript)}
      </body>
    </html> `
}

function navigation(contents: PageParts['contents']): Markup {
  return html`<nav aria-label="Sections">
    <ul>
      ${contents.map(([id, text]) => html`<li><a href="#${id}">${text}</a></li>`)}
    </ul>
  </nav>`
}

const RUN_META = 'tollgate-run'

/** The stored run that a page says in its head to be of; null of other pages. Run ids have no letters that are escaped. */
export function runOfPage(head: string): string | null {
  return new RegExp(`<meta name="${RUN_META}" content="([A-Za-z0-9._-]+)"`).exec(head)?.[1] ?? null
}

/** Nothing may load or run but what is named here by its hash, so that smuggled styles and scripts do not apply. */
function securityPolicy(styles: readonly string[], scripts: readonly string[]): string {
  const own = scripts.length === 0 ? '' : `script-src ${hashes(scripts)}; worker-src blob:; `
  return `default-src 'none'; ${own}style-src ${hashes(styles)}; base-uri 'none'; form-action 'none'`
}

function hashes(texts: readonly string[]): string {
  return texts
    .map((text) => `'sha256-${createHash('sha256').update(text, 'utf8').digest('base64')}'`)
    .join(' ')
}

/** @throws RangeError when a browser would read the script's text as the end of it. */
function inlineScript(script: string): Markup {
  if (/<\/script|<!--/i.test(script)) throw new RangeError('script must not hold </script or <!--')
  return trusted(`<script>${script}</script>`)
}
