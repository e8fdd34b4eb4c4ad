import { buildSources } from './cli/built.js'

/** Once before all tests. */
export default async function setup(): Promise<void> {
  await buildSources()
}
