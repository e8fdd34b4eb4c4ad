/** The build's last step: the scripts of a report, where `report/page-scripts` finds them. */
import { fileURLToPath } from 'node:url'
import { bundlePage } from './bundle-page.js'

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
await bundlePage({ sources: at('../../src/page/'), folder: at('../report/scripts/') })
