import { name } from './elements.js'
import { evidenceWords } from './findings/words.js'
import { count, listed, plainName, plural, time } from './format.js'
import { html, type Markup } from './markup.js'
import { page } from './page.js'
import type { RunSummary } from './run-summary.js'

/** A stored run, and where its page lies beside the index; null where none was made. */
export interface IndexedRun {
  readonly summary: RunSummary
  readonly page: string | null
}

/** All stored runs, those of one log together, the log with the latest requests first. The same runs give the same page. */
export function renderIndexHtml(runs: readonly IndexedRun[], unreadable: readonly string[]): string {
  const groups = byLog(runs)
  return page({
    title: 'Tollgate: stored runs',
    heading: 'Stored runs',
    sub: html`${plural(runs.length, 'run')} over ${plural(groups.length, 'log')}`,
    banner: null,
    contents: [],
    sections: [...groups.map(logSection), unreadableSection(unreadable)],
  }).text
}

type Group = readonly [IndexedRun, ...IndexedRun[]]

function byLog(runs: readonly IndexedRun[]): Group[] {
  const groups = new Map<string, [IndexedRun, ...IndexedRun[]]>()
  for (const run of [...runs].sort((a, b) => compareText(a.summary.runId, b.summary.runId))) {
    const { path, hash } = run.summary.log
    const key = JSON.stringify([path, hash])
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [run])
    else group.push(run)
  }
  return [...groups.values()].sort(([{ summary: a }], [{ summary: b }]) => {
    const later = (b.log.to ?? -Infinity) - (a.log.to ?? -Infinity)
    return (
      (Number.isNaN(later) ? 0 : later) ||
      compareText(a.log.path, b.log.path) ||
      compareText(a.runId, b.runId)
    )
  })
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function logSection(group: Group, index: number): Markup {
  const { log } = group[0].summary
  const id = `log-${index + 1}`
  const generated = log.arrivals === 'synthetic' ? ' (generated times)' : ''
  const times =
    log.from === null || log.to === null
      ? 'without times'
      : `${time(log.from)} to ${time(log.to)}${generated}`
  return html`<section id="${id}" aria-labelledby="${id}-h">
    <h2 id="${id}-h">${name(log.path)}</h2>
    <p class="sub">
      ${count(log.requests)} requests,
      ${times}${log.syntheticData ? html`. <strong>Synthetic data</strong>: generated, not observed` : null}
    </p>
    ${group.map(runEntry)}
  </section>`
}

function runEntry({ summary, page: file }: IndexedRun): Markup {
  const { runId, policies, evidence, filters, faults, qualityUnit } = summary
  const title = policies.length === 0 ? 'The baseline alone' : shownPolicies(policies)
  const limits = [
    ...(filters.length === 0 ? [] : [`a part of the log: ${filters.map(plainName).join(', ')}`]),
    ...(faults === null ? [] : [`faults were injected: ${plainName(faults)}`]),
  ]
  return html`<article>
    <h3>${file === null ? title : html`<a href="${encodeURIComponent(file)}">${title}</a>`}</h3>
    <p>${summary.headline}</p>
    <p class="sub">
      Evidence: ${evidenceWords(evidence, qualityUnit)}${limits.map((limit) => `; ${limit}`)}. Run
      <code>${plainName(runId)}</code
      >${file === null ? html`; its page: <code>tollgate report --run ${plainName(runId)} --out reports/${plainName(runId)}.html</code>` : null}
    </p>
  </article>`
}

const MAX_NAMES = 6

function shownPolicies(policies: readonly string[]): string {
  const shown = policies.slice(0, MAX_NAMES).map(plainName)
  const more = policies.length - shown.length
  return more === 0
    ? listed(shown)
    : `${shown.join(', ')} and ${plural(more, 'other policy', 'other policies')}`
}

function unreadableSection(files: readonly string[]): Markup | null {
  if (files.length === 0) return null
  return html`<section id="unreadable" aria-labelledby="unreadable-h">
    <h2 id="unreadable-h">Not readable</h2>
    <p>These files are no stored runs of this version: ${files.map(plainName).join(', ')}.</p>
  </section>`
}
