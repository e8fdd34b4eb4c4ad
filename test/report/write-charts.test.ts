import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { InputError } from '../../src/core/errors.js'
import { namedCharts } from '../../src/report/charts/named-charts.js'
import { pageColours, withColours } from '../../src/report/page-colours.js'
import { needsOtherFonts, renderPng } from '../../src/report/render-png.js'
import { standaloneSvg } from '../../src/report/standalone-svg.js'
import { writeCharts } from '../../src/report/write-charts.js'
import { aComparison, hostile, manyModels, unknowns } from '../builders/a-comparison.js'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tollgate-charts-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('charts by name', () => {
  it('say what they show and of which policy, in the order of the page', () => {
    const names = namedCharts(aComparison()).map(({ name }) => name)
    expect(names[0]).toBe('frontier')
    expect(names).toEqual(
      expect.arrayContaining([
        'heuristic-models-by-difficulty',
        'heuristic-models-by-task',
        'heuristic-caps-requests-through-time',
        'heuristic-models-by-organisation',
        'heuristic-difficulty-said-and-found',
        'heuristic-margin-stranded',
      ]),
    )
    expect(names.at(-1)).toBe('promised-and-held-out')
    expect(names.some((name) => name.startsWith('heuristic-caps-budget-'))).toBe(true)
  })

  it.each([
    ['the sample', aComparison],
    ['41 models', manyModels],
    ['unknowns', unknowns],
    ['hostile names', hostile],
  ])('of %s are file names that differ and leave no folder', (_, make) => {
    const names = namedCharts(make()).map(({ name }) => name)
    expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(names.length)
    for (const name of names) expect(name).toMatch(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,200}$/)
  })

  it('tell policies apart that differ in signs or in case only', () => {
    const sample = aComparison()
    const [run, charts] = [sample.runs[2]!, sample.charts[2]!]
    const runs = ['a b', 'a/b', 'A?b'].map((policyId) => ({ ...run, policyId }))
    const names = namedCharts({ ...sample, runs, charts: [charts, charts, charts] }).map(({ name }) => name)
    expect(names.filter((name) => /models-by-task/i.test(name))).toEqual([
      'a-b-models-by-task',
      'a-b-models-by-task-2',
      'A-b-models-by-task-3',
    ])
  })

  it('bring their own legend where the page has one for several', () => {
    const found = namedCharts(aComparison())
    const legendOf = (part: string): string[] =>
      found.find(({ name }) => name.includes(part))?.chart.legend.map(({ label }) => label) ?? []
    expect(legendOf('models-by-task').length).toBeGreaterThan(1)
    expect(legendOf('-budget-')).toEqual(['spent in the window', 'the cap'])
  })
})

describe('a chart that stands alone', () => {
  const drawing = {
    title: 'A & B',
    chart: namedCharts(aComparison())[0]!.chart,
    note: 'SYNTHETIC DATA · a.db',
  }

  it('has its words, its text alternative and its colours with it', async () => {
    const { svg, width, height } = await standaloneSvg(drawing, pageColours('light'))
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" width="788"[^>]* role="img"/)
    expect(svg).toContain('<title id="title">A &amp; B</title>')
    expect(svg).toMatch(/<desc id="desc">Cost against quality\. [^<]*heuristic[^<]*<\/desc>/)
    expect(svg).toContain('SYNTHETIC DATA · a.db</text>')
    for (const { label } of drawing.chart.legend) expect(svg).toContain(`>${label}</text>`)
    expect(svg).not.toContain('var(')
    expect(width).toBe(788)
    expect(height).toBeGreaterThan(494)
  })

  it('is light or dark', async () => {
    const [light, dark] = await Promise.all(
      (['light', 'dark'] as const).map((scheme) => standaloneSvg(drawing, pageColours(scheme))),
    )
    expect(light?.svg).toContain('fill="#ffffff"')
    expect(dark?.svg).toContain('fill="#15181c"')
    expect(dark?.svg).not.toContain('#0072b2')
  })

  it('names no colour that the page has not', () => {
    expect(() => withColours('<path fill="var(--none)"/>', pageColours('light'))).toThrow(RangeError)
  })
})

describe('PNG', () => {
  const box = (content: string): string =>
    `<svg xmlns="http://www.w3.org/2000/svg" width="200" height="40" viewBox="0 0 200 40"><rect width="200" height="40" fill="#fff"/>${content}</svg>`

  it('draws letters without any font of the machine, at twice the size', async () => {
    const text =
      '<text x="4" y="24" font-family="system-ui, sans-serif" font-size="20" fill="#000">Qual 95</text>'
    const [empty, written] = await Promise.all([renderPng(box('')), renderPng(box(text))])
    expect(Buffer.from(written.subarray(1, 4)).toString()).toBe('PNG')
    const view = new DataView(written.buffer, written.byteOffset)
    expect([view.getUint32(16), view.getUint32(20)]).toEqual([400, 80])
    expect(written.length).toBeGreaterThan(empty.length * 2)
  })
})

describe('writing charts', () => {
  it('gives each chart as SVG and PNG with its text, the same bytes each time', async () => {
    const run = { ...aComparison(), charts: aComparison().charts.slice(0, 1) }
    const written = await writeCharts(run, join(folder, 'new', 'deep'))
    const again = await writeCharts(run, join(folder, 'again'))
    expect(readdirSync(join(folder, 'new', 'deep')).sort()).toEqual(
      written.flatMap(({ svg, png }) => [svg, png].map((file) => file.split('/').at(-1))).sort(),
    )
    expect(written[0]).toMatchObject({
      svg: join(folder, 'new', 'deep', 'frontier.svg'),
      png: join(folder, 'new', 'deep', 'frontier.png'),
      text: expect.stringContaining('Cost against quality.'),
    })
    for (const [i, { svg, png }] of written.entries()) {
      expect(readFileSync(svg)).toEqual(readFileSync(again[i]!.svg))
      expect(readFileSync(png)).toEqual(readFileSync(again[i]!.png))
    }
    expect(readFileSync(written[0]!.svg, 'utf8')).toContain('SYNTHETIC DATA: generated, not observed')
  })

  it('draws names that mean harm as text', async () => {
    const written = await writeCharts(hostile(), folder)
    for (const { svg } of written) {
      const text = readFileSync(svg, 'utf8')
      expect(text).not.toMatch(/<(?!\/?(svg|title|desc|rect|text|g|path|circle|line)\b)/)
      expect(text.replaceAll(/>[^<]*</g, '><')).not.toMatch(/\s(on\w+|style|href|xlink:href)=/i)
      expect(text).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/)
    }
  })

  it('is refused where the folder is a file', async () => {
    writeFileSync(join(folder, 'file'), '')
    await expect(writeCharts(aComparison(), join(folder, 'file'))).rejects.toThrow(InputError)
  })
})

describe('letters of a PNG', () => {
  const drawing = (texts: string): string =>
    `<svg xmlns="http://www.w3.org/2000/svg" width="200" height="40"><g font-family="system-ui, sans-serif">${texts}</g></svg>`

  it.each(['gpt-4o … × “a” ≥ ↓', 'Модель λ', 'naïve · Ωmega'])(
    'come with the package for %s, so that no machine draws others',
    (name) => expect(needsOtherFonts(drawing(`<text>${name}</text>`))).toBe(false),
  )

  it.each(['通义千问', 'さくら', '라마', 'ไทย', 'हिन्दी', 'model 😀'])(
    'are looked for on the machine for %s',
    (name) => expect(needsOtherFonts(drawing(`<text>${name}</text>`))).toBe(true),
  )

  it('stay those of the package beside a name that needs others', async () => {
    const plain = '<text x="10" y="20">Qwen <tspan font-weight="600">bold</tspan></text>'
    const alone = await renderPng(drawing(plain))
    const beside = await renderPng(drawing(`${plain}<text visibility="hidden">通义</text>`))
    expect(Buffer.compare(alone, beside)).toBe(0)
  })
})
