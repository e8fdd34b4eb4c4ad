import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { jsonl, workdir } from '../logs/workdir.js'
import { BUILT, runCli, type Finished } from './built.js'
import { runHere } from './in-process.js'

const dir = workdir()
let dist = ''
beforeAll(() => {
  dist = BUILT
})
const run = (...args: string[]): Promise<Finished> => runCli(dist, args)

const LOG = jsonl(
  {
    id: 'r1',
    at: '2026-11-02T09:00:00Z',
    prompt: 'fix it',
    scope: { org: 'acme' },
    chosen: 'big',
    outcomes: [{ model: 'big', costUsd: 0.03, quality: 1, latencyMs: 900 }],
  },
  {
    id: 'r2',
    at: '2026-11-02T09:00:09Z',
    prompt: 'why?',
    scope: { org: 'acme' },
    chosen: 'big',
    outcomes: [{ model: 'big', costUsd: 0.01, quality: 0, latencyMs: 700 }],
  },
)

describe('the command line', () => {
  it.each([
    [['imprt'], /unknown command imprt; did you mean import\?/],
    [['zzzzzz'], /known: demo, import, inspect/],
    [['import', 'x', '--log', 'y', '--quereis', 'z'], /unknown option --quereis; did you mean --queries\?/],
    [['import', 'x', '--lgo', 'y'], /did you mean --log\?\n {2}missing --log; see --help\n/],
    [['import', '--log', 'y'], /missing <files\.\.>; see --help/],
    [['inspect', '--log', 'none.db'], /there is no log store at none\.db/],
    [['inspect', '--log', 'a', '--log', 'b'], /--log was given more than once/],
    [['inspect', '--log'], /--log needs a value/],
    [['inspect', '--log', 'a', 'b', '-x'], /unknown option -x; see --help\n {2}unexpected argument b;/],
    [['inspect', '--log', 'a', '--impute-cost', 'no'], /--impute-cost must be one of "model-mean", got "no"/],
    [['import', 'x', '--log', 'y', '--format', 'cvs'], /unknown format cvs:.*did you mean csv\?/],
    [['import', 'x', '--log', 'y', '--arrivals', 'fast'], /--arrivals must look like 5\/s/],
    [['import', 'x', '--log', 'y', '--arrivals', '5/s'], /name a --seed/],
    [
      ['replay', '--log', 'y', '--policy', 'p', '--faults', 'abrt=0.1,slow=2'],
      /did you mean abort\?\n {2}.*share of slow/,
    ],
    [['import', 'none.csv', '--log', 'y'], /there is no file none\.csv/],
  ])('%j is bad input', async (args, message) => {
    const { code, out, err } = await runHere(...args)
    expect(err).toMatch(message)
    expect(err).not.toMatch(/\n {4}at /)
    expect(out).toBe('')
    expect(code).toBe(2)
  })

  it('tells everything that is wrong at once, each on its own line', async () => {
    const first = await runHere('tune', '--polcy', 'p.json', '--candidates', '0', '--seed', '1.5', '--out')
    expect(first).toEqual({
      code: 2,
      out: '',
      err: [
        'tollgate: 6 things are wrong with this command line:',
        '  unknown option --polcy; did you mean --policy?',
        '  --out needs a value',
        '  missing --log; see --help',
        '  missing --policy; see --help',
        '  --candidates must be a whole number from 1, got 0',
        '  --seed must be a whole number, got 1.5',
        '',
      ].join('\n'),
    })
    const second = await runHere('replay', '--log', 'a', '--log', 'b', '--where', 'task=', '--policy')
    expect(second.err.split('\n')).toEqual([
      'tollgate: 3 things are wrong with this command line:',
      '  --policy needs a value',
      '  --log was given more than once',
      '  the filter cannot be read',
      '    task=',
      '         ^',
      '    --where at 6: expected a value, got the end',
      '',
    ])
  })

  it.each([
    ['import', 'x', '--log', 'y', '--arrivals', '5/s'],
    ['replay', '--log', 'y', '--policy', 'p'],
    ['tune', '--log', 'y', '--policy', 'p'],
    ['demo'],
  ])('%s takes whole numbers as a seed', async (...args) => {
    for (const [seed, got] of [
      ['1.5', '1.5'],
      ['ten', 'NaN'],
      ['9007199254740993', '9007199254740992'],
    ] as const) {
      const { code, err } = await runHere(...args, '--seed', seed)
      expect(err).toBe(`tollgate: --seed must be a whole number, got ${got}\n`)
      expect(code).toBe(2)
    }
  })

  it('gives its exit code and its words to the shell', async () => {
    const { code, out, err } = await run('imprt')
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toMatch(/^tollgate: unknown command imprt; did you mean import\?/)
  })

  it('shows help and version', async () => {
    expect(await run('--help')).toMatchObject({ code: 0, out: expect.stringContaining('tollgate inspect') })
    expect(await run('import', '--help')).toMatchObject({
      code: 0,
      out: expect.stringContaining('--queries'),
    })
    expect((await run('--version')).out.trim()).toMatch(/^\d+\.\d+\.\d+$/)
    expect(await run()).toMatchObject({ code: 0, out: expect.stringContaining('tollgate import') })
  })
})

describe('tollgate import and inspect', () => {
  it('print the shapes of DESIGN section 6', async () => {
    const log = dir.path('x.db')
    const imported = await run('import', dir.file('l.jsonl', LOG), '--log', log, '--json')
    expect(imported.code).toBe(0)
    expect(JSON.parse(imported.out)).toEqual({
      read: 2,
      stored: 2,
      duplicates: 0,
      rejected: {},
      requests: 2,
      outcomes: 2,
      models: 1,
    })
    const inspected = await run('inspect', '--log', log, '--json')
    const result = JSON.parse(inspected.out) as Record<string, never>
    expect(Object.keys(result)).toEqual(['log', 'models', 'oracle', 'warnings', 'answers'])
    expect(result['log']).toMatchObject({
      path: log,
      hash: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
      requests: 2,
      models: 1,
      from: Date.UTC(2026, 10, 2, 9),
      to: Date.UTC(2026, 10, 2, 9, 0, 9),
      arrivals: 'logged',
      evidence: 'logged-deterministic',
    })
    expect(result['models']).toEqual([
      { id: 'big', outcomes: 2, meanQuality: 0.5, meanCostUsd: 0.02, unknownQuality: 0, unknownCost: 0 },
    ])
  })

  it('say that one model says nothing of the others, and what to do', async () => {
    const log = dir.path('x.db')
    await run('import', dir.file('l.jsonl', LOG), '--log', log)
    const { out } = await run('inspect', '--log', log)
    expect(out).toMatch(/one-model: all traffic went to big/)
    expect(out).toMatch(
      /NO +What quality would another policy have kept\?\n.*100 % of the traffic went to big.*sample/,
    )
    expect(out).toMatch(/yes +Would every budget have held\?/)
  })

  it('are the same byte for byte when run again', async () => {
    const file = dir.file('l.jsonl', LOG)
    const outputs: string[] = []
    for (const name of ['1.db', '2.db']) {
      await run('import', file, '--log', dir.path(name))
      outputs.push((await run('inspect', '--log', dir.path(name), '--json')).out.replace(name, ''))
    }
    expect(outputs[0]).toBe(outputs[1])
  })

  it('leave the store as it was under --strict', async () => {
    const log = dir.path('x.db')
    await run('import', dir.file('l.jsonl', LOG), '--log', log)
    const before = readFileSync(log)
    const bad = dir.file(
      'bad.jsonl',
      jsonl({ id: 'r3', task: 'x' }, { id: 'r4', outcomes: [{ model: 'm', costUsd: -1 }] }),
    )
    const { code, err } = await run('import', bad, '--log', log, '--strict')
    expect(code).toBe(2)
    expect(err).toMatch(/bad\.jsonl:2: negative-cost/)
    expect(readFileSync(log).equals(before)).toBe(true)
    expect(readdirSync(dir.path('.')).some((name) => name.endsWith('-journal'))).toBe(false)
  })

  it('refuse a place that cannot be written', async () => {
    const { code, err } = await run('import', dir.file('l.jsonl', LOG), '--log', '/proc/x.db')
    expect(err).toMatch(/cannot be opened or made/)
    expect(code).toBe(2)
    expect(existsSync('/proc/x.db')).toBe(false)
  })
})
