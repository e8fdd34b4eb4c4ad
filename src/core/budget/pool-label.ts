/** Stands for the label of requests that lack it. */
export const SHARED_POOL = '*'

/** Labels that make a pool, joined; undefined = the request lacks it. */
export function poolLabel(labels: readonly (string | undefined)[]): string {
  return labels.map((label) => (label === undefined ? SHARED_POOL : escapeLabel(label))).join('/')
}

/** Signs with a meaning of their own in a pool's label. */
const SIGNS = /[%/*]/

/** Escaped, so that no label can pass for two labels or for the shared pool. */
export function escapeLabel(label: string): string {
  if (!SIGNS.test(label)) return label
  return label.replace(/[%/*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
}

/** What `escapeLabel` was given. */
export function unescapeLabel(label: string): string {
  return label.replace(/%(25|2F|2A)/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
}
