import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { COMMANDS } from '../../src/cli/commands.js'
import { FORMAT_NAMES } from '../../src/logs/formats/registry.js'
import { wayName } from '../../src/report/findings/margin.js'
import { count, money, percent as asPercent } from '../../src/report/format.js'
import type { MarginResult } from '../../src/metrics/margin-row.js'
import { BUILT, hasSharedData, SHARED_DATA, type Finished } from '../cli/built.js'

/** The README's commands, example, figures, tables and links, run as a reader would run them from the repository's root. */

const ROOT = resolve(import.meta.dirname, '../..')
const README = readFileSync(join(ROOT, 'README.md'), 'utf8')
/** On a busy machine each step takes several times as long. */
const SLOW_MS = 240_000

const work = mkdtempSync(join(tmpdir(), 'tollgate-readme-'))
let dist: string

beforeAll(() => {
  dist = BUILT
  for (const folder of ['datasets', 'policies']) {
    link(folder, dirname(dist))
    link(folder, work)
  }
})
afterAll(() => rmSync(work, { recursive: true }))

function link(folder: string, into: string): void {
  const path = join(into, folder)
  if (!existsSync(path)) symlinkSync(join(ROOT, folder), path)
}

/** Contents of the fenced blocks with this info string. */
function blocks(info: string): string[] {
  return [...README.matchAll(/^```(.*)\n([\s\S]*?)^```$/gm)]
    .filter(([, name]) => name === info)
    .map(([, , text]) => text ?? '')
}

const COMMAND_LINES = blocks('bash').flatMap((block) => block.trimEnd().split('\n'))
/** What these do is run by CI, by the other tests, and by hand. */
const RUN_ELSEWHERE = [
  'npm ci && npm start',
  'npm ci && npm test',
  'npm run bench',
  'npm run bench:routers',
  'npm run bench:coverage',
  'npm run bench:promises',
]
const FLOW = COMMAND_LINES.filter((line) => !RUN_ELSEWHERE.includes(line))

/** A line of the README in a real shell. */
function run(line: string): Promise<Finished> {
  const command = line
    .replace(/^npx tollgate\b/, `"${process.execPath}" "${join(dist, 'cli/main.js')}"`)
    .replace(/^node (\w+\.mjs)$/, `"${process.execPath}" "${join(dirname(dist), '$1')}"`)
  return new Promise((done) => {
    const child = execFile(
      '/bin/sh',
      ['-c', command],
      { cwd: work, maxBuffer: 1 << 26 },
      (_error, out, err) => done({ code: child.exitCode, out, err }),
    )
  })
}

/** Runs it and fails with its own words if it fails. */
async function works(line: string): Promise<string> {
  const { code, out, err } = await run(line)
  expect(code, `${line}\n${err}`).toBe(0)
  return out
}

describe('README', () => {
  it('begins with the two commands', () => {
    const head = README.split('\n').slice(0, 30)
    expect(head).toContain('npm ci && npm start')
    expect(head).toContain('npm ci && npm test')
  })

  it('shows no command that this test does not know how to run', () => {
    expect(FLOW.filter((line) => !/^(npx tollgate |node example\.mjs$)/.test(line))).toEqual([])
  })

  it(
    'its first five minutes work as they stand',
    async () => {
      const output = new Map<string, string>()
      for (const line of FLOW.filter(
        (one) => one.startsWith('npx tollgate ') && !one.includes('decisions.jsonl'),
      )) {
        const command = line.split(' ')[2] ?? ''
        output.set(line.includes('--headroom') ? 'headroom' : command, await works(line))
      }
      expect([...output.keys()]).toEqual([
        'import',
        'inspect',
        'init',
        'replay',
        'margin',
        'tune',
        'explain',
        'train',
        'headroom',
      ])
      expect(output.get('import')).toContain('20,000 requests')
      expect(output.get('inspect')).toContain('What this log can answer')
      expect(output.get('init')).toContain('first.json written')
      expect(output.get('replay')).toContain('hard caps (proved)')
      expect(output.get('margin')).toContain('→ mean + 30 %')
      expect(output.get('margin')).not.toContain('No budget bound')
      expect(output.get('tune')).toContain('held out (unseen)')
      expect(output.get('explain')).toContain('route to ')
      expect(output.get('train')).toMatch(/It puts [\d.]+ % of 990 held-out requests in the right tier/)
      expect(output.get('train')).toContain('a right answer is taken to be worth $')
      const [, best = '', share = ''] =
        /could have kept more than ([\d.]+ %)[^]*?, which is ([\d.]+ %) of the way/.exec(README) ?? []
      const headroom = output.get('headroom')?.replace(/\s+/g, ' ')
      expect(headroom).toContain(
        `worst-case-caps: it keeps 86.1 %. Nobody could have kept more than ${best} under`,
      )
      expect(headroom).toContain(`so the policy wins ${share} of what there is to win`)
      expect(readFileSync(join(work, 'report.html'), 'utf8')).toContain('</html>')
    },
    SLOW_MS,
  )

  it(
    'its way out for traffic to one model works as it stands, with the figures that it names',
    async () => {
      writeFileSync(join(work, 'one-model.mjs'), blocks('js one model')[0] ?? '')
      const lines = blocks('bash sample').flatMap((block) => block.trimEnd().split('\n'))
      const printed: string[] = []
      for (const line of lines) printed.push(await works(line))
      const [, , drawn = '', , attached = '', replayed = '', tuned = ''] = printed
      const [, asked = '', cost = ''] =
        /asks three models (\S+) of the 20,000 requests for about (\S+) /.exec(README) ?? []
      expect(drawn).toContain(`Ask 3 models ${asked} of the 20,000 requests`)
      expect(drawn).toContain(`That costs about ${cost} `)
      expect(attached).toContain('30,608 outcomes of 4 models')
      const [, quality = '', interval = '', saved = ''] =
        /its chance: quality ([\d.]+ %) \((.+?)\) and ([\d.]+ %) saved/.exec(README) ?? []
      const words = replayed.replace(/\s+/g, ' ')
      expect(words).toContain(`a quality of ${quality} (${interval})`)
      expect(words).toContain(`${saved} less`)
      const [, kept = ''] = /estimated to keep ([\d.]+ % \([^)]+\)) on held-out/.exec(README) ?? []
      expect(tuned).toContain(`held out (unseen)     quality ${kept}`)
    },
    SLOW_MS,
  )

  it(
    'tunes for what it says',
    async () => {
      for (const line of blocks('bash tuning').flatMap((block) => block.trimEnd().split('\n'))) {
        const out = await works(line)
        if (line.includes(' tune '))
          expect(out).toContain('The constraints hold on the held-out requests too.')
      }
    },
    SLOW_MS,
  )

  it(
    'its labels that come late are imported, and judged by session as it says',
    async () => {
      writeFileSync(join(dirname(dist), 'late.mjs'), blocks('js late labels')[0] ?? '')
      const lines = blocks('bash sessions').flatMap((block) => block.trimEnd().split('\n'))
      const printed: string[] = []
      for (const line of lines) printed.push(await works(line))
      const [, imported, inspected, replayed = ''] = printed
      expect(imported).toContain('600 requests')
      expect(inspected).toContain('200 sessions, 200 with an outcome of their own (mean 0.7500')
      const [, quality = ''] = /what each came to, here ([\d.]+ % \(.+?\))/.exec(README) ?? []
      const words = replayed.replace(/\s+/g, ' ')
      expect(words).toContain(`at a quality of ${quality}`)
      expect(words).toContain('label delay 2d (144 requests left out')
    },
    SLOW_MS,
  )

  it(
    'what a paced policy wins of the headroom is as it says',
    async () => {
      const printed: string[] = []
      for (const line of blocks('bash paced').flatMap((block) => block.trimEnd().split('\n')))
        printed.push(await works(line))
      const [, quality = '', mix = '', best = '', share = ''] =
        /It keeps ([\d.]+ %) where the best mix keeps ([\d.]+ %) and a clairvoyant ([\d.]+ %): ([\d.]+ %) of/.exec(
          README,
        ) ?? []
      const words = printed.at(-1)?.replace(/\s+/g, ' ')
      expect(words).toContain(`it keeps ${quality}. Nobody could have kept more than ${best} under`)
      expect(words).toContain(`keeps ${mix} under them, so the policy wins ${share} of what there is to win`)
      expect(Number.parseFloat(share)).toBeGreaterThanOrEqual(60)
    },
    // It learns from all of the sample.
    2 * SLOW_MS,
  )

  it(
    'its gates end as it says',
    async () => {
      const lines = blocks('bash gate').flatMap((block) => block.trimEnd().split('\n'))
      const ends = [...README.matchAll(/^\| (pass|fail|inconclusive) +\| (\d) +\|.*?(−[\d.]+) points/gm)]
      expect(ends).toHaveLength(lines.length)
      for (const [index, line] of lines.entries()) {
        const { code, out, err } = await run(line)
        const [, verdict = '', exit, points = ''] = ends[index] ?? []
        expect(code, err).toBe(Number(exit))
        expect(out).toMatch(new RegExp(`^${verdict.toUpperCase()}: quality changes by`))
        expect(out.replaceAll('\u00a0', ' ')).toContain(points)
      }
    },
    SLOW_MS,
  )

  it(
    'its figures are those of npm start, which makes the folders it writes to',
    async () => {
      const out = await works('npx tollgate demo --out fresh/demo.html --tuned fresh/tuned.json')
      const shown = blocks('text demo')[0]?.trimEnd().split('\n') ?? []
      expect(shown.length).toBeGreaterThan(10)
      const printed = out.split('\n')
      expect(shown.filter((line) => !printed.includes(line))).toEqual([])
      expect(out).toContain('SYNTHETIC data')
      const { baseline, metrics, intervals } = tunedEvidence()
      expect(README).toContain(`the strongest model has ${percent(baseline.quality)} %`)
      const [low, high] = intervals.qualityDelta
      expect(README).toContain(
        `${percent(-metrics.qualityDelta)} points more (${percent(-high)} to ${percent(-low)}), for $${monthly(baseline.costUsd)} a month`,
      )
    },
    SLOW_MS,
  )

  it.skipIf(!hasSharedData)(
    'its figures of cascades are those of the real data',
    async () => {
      let printed = ''
      for (const line of blocks('bash real cascades').flatMap((block) => block.trimEnd().split('\n')))
        printed = await works(line.replaceAll('../shared/data', SHARED_DATA))
      const savings = [
        ...README.matchAll(/^\| [^|]*(?:simulated|deployed)[^|]*\| ([\d.]+ % \[[^\]]*\]) +\|/gm),
      ]
      expect(savings).toHaveLength(5)
      for (const [, saving] of savings) expect(printed).toContain(saving)
      expect(printed).toContain('no evidence')
    },
    SLOW_MS,
  )

  it.skipIf(!hasSharedData)(
    'its policies of prompt caches are those whose bills it names',
    async () => {
      writeFileSync(join(work, 'blind.json'), blocks('json caches')[0] ?? '')
      let printed = ''
      for (const line of blocks('bash real caches').flatMap((block) => block.trimEnd().split('\n')))
        printed = await works(line.replaceAll('../shared/data', SHARED_DATA))
      const [, blind = '', pinned = ''] = /That prints (\S+) and (\S+) per 1,000/.exec(README) ?? []
      expect(printed).toMatch(new RegExp(`^blind +~\\${blind} `, 'm'))
      expect(printed).toMatch(new RegExp(`^pin +~\\${pinned} `, 'm'))
    },
    SLOW_MS,
  )

  it.skipIf(!hasSharedData)(
    'its figures of margins are those of the real data',
    async () => {
      const shown = [...README.matchAll(/^\| (?:zeroeval|routerbench) .*$/gm)].map(([row]) => cellsOf(row))
      expect(shown).toHaveLength(12)
      const printed: string[][] = []
      for (const line of blocks('bash real data').flatMap((block) => block.trimEnd().split('\n'))) {
        const isMargin = line.startsWith('npx tollgate margin ')
        const out = await works(
          `${line.replaceAll('../shared/data', SHARED_DATA)}${isMargin ? ' --json' : ''}`,
        )
        if (isMargin) printed.push(...marginCells(line, JSON.parse(out) as MarginResult))
      }
      for (const cells of shown) expect(printed).toContainEqual(cells)
      const text = README.replace(/\s+/g, ' ')
      const [zeroeval, routerbench] = shown.filter(([, way]) => way === 'mean + 30 %')
      expect(text).toContain(
        `At the default margin of 30 %, ${zeroeval?.[2]} of ZeroEval's calls and ${routerbench?.[2]} of RouterBench's`,
      )
    },
    SLOW_MS,
  )

  it(
    'its example of the runtime runs, and its decision log is tomorrow’s log',
    async () => {
      writeFileSync(join(dirname(dist), 'example.mjs'), blocks('js')[0] ?? '')
      const out = await works('node example.mjs')
      expect(out).toContain("kind: 'route'")
      expect(out).toMatch(/^settled: charged \$0\.0\d+ of \$0\.0\d+ reserved$/m)
      expect(out).toMatch(/^served an answer of \S+ \d+$/m)
      const [charged = 1, reserved = 0] = [...out.matchAll(/\$(0\.\d+)/g)].map(([, usd]) => Number(usd))
      expect(charged).toBeLessThan(reserved)
      const imported = await works('npx tollgate import decisions.jsonl --log tomorrow.db --strict')
      expect(imported).toContain('2 requests')
      const compared = FLOW.find((line) => line.includes('--as-recorded')) ?? ''
      expect(await works(compared)).toContain(
        'every decision is the same, and every charge that usage explains',
      )
    },
    SLOW_MS,
  )

  it(
    'its line of a log can be imported',
    async () => {
      writeFileSync(join(work, 'line.jsonl'), blocks('text line')[0] ?? '')
      expect(await works('npx tollgate import line.jsonl --log line.db --strict')).toContain('1 request')
    },
    SLOW_MS,
  )

  it('lists the commands and formats that exist, and no others', () => {
    const firstCells = (pattern: RegExp, text = README): string[] =>
      [...text.matchAll(pattern)].map(([, name]) => name ?? '')
    const formats = README.split(/^## /m).find((section) => section.startsWith('Log formats'))
    const [table] = (formats ?? '').split('Exports that hold sums')
    expect(firstCells(/^\| `tollgate (\w+)/gm).sort()).toEqual(Object.keys(COMMANDS).sort())
    expect(firstCells(/^\| `([\w-]+)` +\|/gm, table).sort()).toEqual([...FORMAT_NAMES].sort())
  })

  it.each(['README.md', 'src/README.md', 'datasets/README.md'])('%s: its links lead somewhere', (page) => {
    const text = readFileSync(join(ROOT, page), 'utf8')
    const targets = [...text.matchAll(/\]\((?!https?:)([^)\s]+)\)/g)].map(([, target]) => target ?? '')
    expect(targets.filter((target) => !leadsSomewhere(page, target))).toEqual([])
  })
})

describe('src/README', () => {
  it('names files that exist', () => {
    const text = readFileSync(join(ROOT, 'src/README.md'), 'utf8')
    const named = [
      ...text.matchAll(/`((?:core|router|replay|logs|cli|metrics|test|policies|datasets)\/[\w./-]+)`/g),
    ]
    const paths = named.map(([, path]) => path ?? '').filter((path) => !path.includes('NAME'))
    expect(paths.length).toBeGreaterThan(10)
    expect(
      paths.filter((path) => !existsSync(join(ROOT, path)) && !existsSync(join(ROOT, 'src', path))),
    ).toEqual([])
  })
})

function leadsSomewhere(page: string, target: string): boolean {
  const [path = '', anchor] = target.split('#')
  const file = path === '' ? join(ROOT, page) : join(ROOT, dirname(page), path)
  if (!existsSync(file)) return false
  if (anchor === undefined) return true
  const headings = [...readFileSync(file, 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, heading]) => heading ?? '')
  return headings.some((heading) => heading.toLowerCase().replaceAll(' ', '-') === anchor)
}

function cellsOf(row: string): string[] {
  return row
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim())
}

/** The README's columns, in the words of the terminal table. */
function marginCells(line: string, { rows }: MarginResult): string[][] {
  const data = /--log (\w+)\.db/.exec(line)?.[1] ?? ''
  return rows.map((row) =>
    [
      data,
      wayName(row),
      asPercent(row.overspendProbability),
      `${money(row.overspendUsd)} of ${money(row.chargedUsd)}`,
      `${count(row.windowsOverCap)} of ${count(row.poolWindows)}`,
      money(row.strandedUsd),
      count(row.refused),
      count(row.downgraded),
      count(row.wronglyRefused),
      count(row.truncated),
      asPercent(row.quality),
    ].map((cell) => cell.replaceAll('\u00a0', ' ')),
  )
}

interface TunedEvidence {
  readonly baseline: { readonly costUsd: number; readonly quality: number }
  readonly metrics: { readonly qualityDelta: number }
  readonly intervals: { readonly qualityDelta: readonly [number, number] }
}

function tunedEvidence(): TunedEvidence {
  const policy = JSON.parse(readFileSync(join(work, 'fresh/tuned.json'), 'utf8')) as {
    evidence: TunedEvidence
  }
  return policy.evidence
}

function percent(share: number): string {
  return (share * 100).toFixed(1)
}

/** At 50,000 requests a day and 30.4 days a month, to three digits like the report's headline. */
function monthly(costUsd: number): string {
  return Number((costUsd * 50_000 * 30.4).toPrecision(3)).toLocaleString('en-US')
}
