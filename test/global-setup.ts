import { buildSources } from './cli/built.js'

/** Once before all tests. */
export default function setup(): void {
  buildSources()
}
