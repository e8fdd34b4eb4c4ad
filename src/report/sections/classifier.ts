import type { ClassifierQuality } from '../../metrics/classifier-quality.js'
import type { Comparison } from '../../metrics/result.js'
import { calibrationChart } from '../charts/calibration.js'
import { figure, table, type Column } from '../elements.js'
import {
  aucSentence,
  classifierSentence,
  featureDirection,
  featureName,
  isTelling,
} from '../findings/classifier.js'
import { capitalised, count, listed, percent, sentenceName } from '../format.js'
import { html, type Markup } from '../markup.js'

/** How well each classifier told hard requests from easy ones: policies that share one share a block. Null in older results. */
export async function classifierSection(
  { runs, charts }: Comparison,
  featuredIndex: number,
): Promise<Markup | null> {
  if (charts.every(({ classifier }) => classifier === undefined)) return null
  const groups = new Map<string, Group>()
  runs.forEach(({ policyId, modelShare }, index) => {
    const quality = charts[index]?.classifier ?? null
    // Who asks one model for everything, asks no classifier.
    if (quality === null || Object.keys(modelShare).length < 2) return
    const known = groups.get(quality.key) ?? { quality, names: [], isFirst: false }
    groups.set(quality.key, {
      quality,
      names: [...known.names, sentenceName(policyId)],
      isFirst: known.isFirst || index === featuredIndex,
    })
  })
  const ordered = [...groups.values()].sort((a, b) => Number(b.isFirst) - Number(a.isFirst))
  return html`<section id="classifier" aria-labelledby="classifier-h">
    <h2 id="classifier-h">How well hard and easy requests were told apart</h2>
    ${ordered.length === 0 ? html`<p>${UNKNOWN_WHY}</p>` : await Promise.all(ordered.map(groupBlock))}
  </section>`
}

const UNKNOWN_WHY =
  'Unknown: it takes a log that holds the quality of every model of a policy for the same requests, and a policy whose models have several tiers.'

interface Group {
  readonly quality: ClassifierQuality
  readonly names: readonly string[]
  readonly isFirst: boolean
}

async function groupBlock({ quality, names }: Group, index: number): Promise<Markup> {
  const title = `${listed(names)} (${KINDS[quality.kind] ?? quality.kind})`
  const body = await block(quality, listed(names))
  return index === 0
    ? html`<h3><bdi>${title}</bdi></h3>
        ${body}`
    : html`<details>
        <summary>The classifier of <bdi>${title}</bdi></summary>
        ${body}
      </details>`
}

const KINDS: Readonly<Record<string, string>> = {
  heuristic: 'by rules',
  learned: 'learned from a log',
  hybrid: 'by rules, and learned where they are unsure',
  service: 'by a service',
}

async function block(quality: ClassifierQuality, names: string): Promise<Markup> {
  const chart = calibrationChart(quality.calibration)
  return html`<p>${classifierSentence(quality)} ${aucSentence(quality)}</p>
    ${confusionTable(quality, names)}
    ${
      chart === null
        ? null
        : await figure({
            title: html`Difficulty, said and found<span class="sub"
                >Tenths of the requests by how hard they looked. Found: the tier it took, 0 for the smallest,
                1 for the top one.</span
              >`,
            chart,
            data: calibrationTable(quality, names),
          })
    }
    ${featureBlock(quality, names)}`
}

function confusionTable({ confusion }: ClassifierQuality, names: string): Markup {
  const tiers = confusion.map((row, asked) => ({ row, asked, total: row.reduce((a, b) => a + b, 0) }))
  return table({
    caption: `Requests by the tier that ${names} asked for and the smallest that would have done; right ones in brackets`,
    rows: tiers,
    columns: [
      { head: 'Asked for', kind: 'words', cell: ({ asked }) => tierName(asked, tiers.length) },
      ...tiers.map(({ asked: needed }): Column<(typeof tiers)[number]> => ({
        head: `${capitalised(tierName(needed, tiers.length))} would have done`,
        kind: 'number',
        cell: ({ row, asked }) =>
          asked === needed ? `[${count(row[needed] ?? 0)}]` : count(row[needed] ?? 0),
      })),
      {
        head: 'Right',
        kind: 'number',
        cell: ({ row, asked, total }) => percent(total === 0 ? null : (row[asked] ?? 0) / total),
      },
    ],
  })
}

function tierName(tier: number, tiers: number): string {
  if (tier === 0) return 'tier 0 (smallest models)'
  return tier === tiers - 1 ? `tier ${tier} (top)` : `tier ${tier}`
}

function calibrationTable({ calibration }: ClassifierQuality, names: string): Markup {
  return table({
    caption: `Difficulty as ${names} said and as it was, tenths of the requests`,
    rows: calibration,
    columns: [
      { head: 'Said', kind: 'words', cell: ({ predicted }) => predicted.toFixed(3) },
      { head: 'Found', kind: 'number', cell: ({ observed }) => observed.toFixed(3) },
      { head: 'Requests', kind: 'number', cell: ({ requests }) => count(requests) },
    ],
  })
}

/** Those that tell something; a service sends no features. */
function featureBlock({ features }: ClassifierQuality, names: string): Markup | null {
  if (features.length === 0) return null
  const telling = features.filter(isTelling)
  if (telling.length === 0) return html`<p>No feature of the requests alone tells hard from easy ones.</p>`
  return featureTable(telling, names)
}

function featureTable(features: ClassifierQuality['features'], names: string): Markup {
  const weighted = features.some(({ weight }) => weight !== null)
  return table({
    caption: `What tells hard from easy requests, each feature alone (${names}); most telling first`,
    rows: features,
    columns: [
      { head: 'Feature', kind: 'words', cell: featureName },
      { head: 'It', kind: 'words', cell: featureDirection },
      { head: 'Right in pairs', kind: 'number', cell: ({ auc }) => percent(Math.max(auc, 1 - auc)) },
      { head: 'Mean, easy', kind: 'number', cell: ({ easyMean }) => easyMean.toFixed(3) },
      { head: 'Mean, hard', kind: 'number', cell: ({ hardMean }) => hardMean.toFixed(3) },
      ...(weighted
        ? [
            {
              head: 'Weight in the policy',
              kind: 'number' as const,
              cell: ({ weight }: ClassifierQuality['features'][number]) =>
                weight === null ? '–' : signed(weight),
            },
          ]
        : []),
    ],
  })
}

function signed(weight: number): string {
  return weight > 0 ? `+${weight.toFixed(2)}` : weight.toFixed(2).replace('-', '−')
}
