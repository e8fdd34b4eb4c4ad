import { join } from 'node:path'
import type { Comparison } from '../metrics/result.js'
import { namedCharts } from './charts/named-charts.js'
import { plainName } from './format.js'
import { pageColours, type Scheme } from './page-colours.js'
import { renderPng } from './render-png.js'
import { standaloneSvg } from './standalone-svg.js'
import { writeFileAtomic } from './write-file.js'

/** A chart that was written, with the words for those who do not see it. */
export interface WrittenChart {
  readonly svg: string
  readonly png: string
  readonly title: string
  readonly text: string
}

/**
 * Every chart of a run as SVG and PNG in a folder, each file whole or not at all. The same run gives the same bytes.
 * @throws InputError when the folder cannot be written.
 */
export async function writeCharts(
  comparison: Comparison,
  folder: string,
  scheme: Scheme = 'light',
): Promise<WrittenChart[]> {
  const colours = pageColours(scheme)
  const note = noteOf(comparison)
  const written: WrittenChart[] = []
  for (const { name, title, chart } of namedCharts(comparison)) {
    const { svg } = await standaloneSvg({ title, chart, note }, colours)
    const files = { svg: join(folder, `${name}.svg`), png: join(folder, `${name}.png`) }
    writeFileAtomic(files.svg, svg)
    writeFileAtomic(files.png, await renderPng(svg))
    written.push({ ...files, title, text: chart.finding })
  }
  return written
}

/** A chart travels without its page: what nobody may overlook goes with it. */
function noteOf({ log, runId, faults, filters }: Comparison): string {
  const parts = [
    log.syntheticData ? 'SYNTHETIC DATA: generated, not observed' : '',
    log.arrivals === 'synthetic' ? 'synthetic arrival times' : '',
    faults === undefined ? '' : `faults were injected (${plainName(faults)})`,
    filters.length === 0 ? '' : `a part of the log: ${filters.map(plainName).join(', ')}`,
    `${plainName(log.path)}, run ${plainName(runId)}`,
  ]
  return parts.filter((part) => part !== '').join(' · ')
}
