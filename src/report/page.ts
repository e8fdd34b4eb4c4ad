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
}

/**
 * A report as one HTML page: no scripts, no network, one style sheet that the page's own security policy names by its
 * hash.
 */
export function page({ title, runId, heading, sub, banner, contents, sections }: PageParts): Markup {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        ${runId === undefined ? null : html`<meta name="${RUN_META}" content="${runId}" />`}
        <meta http-equiv="Content-Security-Policy" content="${securityPolicy()}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="referrer" content="no-referrer" />
        <title>${title}</title>
        ${trusted(`<style>${PAGE_STYLE}</style>`)}
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
          <p>Made by Tollgate. This page loads nothing from the network and runs no scripts.</p>
        </footer>
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

/** Nothing may load or run; the one style sheet is allowed by its hash, so that smuggled styles do not apply either. */
function securityPolicy(): string {
  const hash = createHash('sha256').update(PAGE_STYLE, 'utf8').digest('base64')
  return `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`
}
