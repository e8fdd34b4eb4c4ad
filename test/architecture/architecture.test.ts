import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'

/** DESIGN section 8 as rules, each with its reason: who may import whom, and where time and chance may come from. */

const SRC = resolve('src')

/** Folders (and files of the root) of src that each folder may import besides itself. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  core: [],
  replay: ['core'],
  router: ['core'],
  logs: ['core'],
  simulate: ['core'],
  metrics: ['core', 'replay'],
  tune: ['core', 'replay', 'metrics'],
  report: ['core', 'metrics', 'tune', 'replay'],
  threads: ['tune'],
  page: ['core', 'replay', 'metrics', 'tune', 'report'],
  cli: ['core', 'replay', 'router', 'logs', 'simulate', 'metrics', 'tune', 'threads', 'report'],
  'index.ts': ['core', 'router'],
  'workbench.ts': ['core', 'replay', 'logs', 'metrics', 'tune', 'report'],
}

/** Packages that a pure folder may import; whatever else it needs is passed in. */
const PURE_PACKAGES: Readonly<Record<string, readonly string[]>> = {
  core: ['zod', '@noble/hashes/sha2.js', '@noble/hashes/utils.js', 'canonicalize', 'temporal-polyfill'],
  replay: [],
  simulate: [],
  metrics: ['simple-statistics'],
  tune: ['simple-statistics'],
  'report/charts': ['vega-lite'],
  'page/knobs': [],
  'logs/formats': ['csv-parse', 'zod'],
  'logs/usage': [],
  'logs/prices': [],
}

/** What a page's scripts may bundle. */
const BROWSER_PACKAGES = [...(PURE_PACKAGES['core'] ?? []), ...(PURE_PACKAGES['metrics'] ?? [])]

/** Packages that open databases, and the only files that may: whoever loads another file loads no database. */
const DATABASES: Readonly<Record<string, readonly RegExp[]>> = {
  'better-sqlite3': [/^logs\/store/, /^router\/stores\/sqlite-file\.ts$/],
}

/** Clock, chance, environment and output: they make a result depend on more than its arguments. */
const AMBIENT_CALLS = new Set([
  'Date.now',
  'performance.now',
  'Math.random',
  'new Date()',
  'setTimeout',
  'setInterval',
])
const AMBIENT_ROOTS = new Set(['process', 'console', 'crypto', 'globalThis'])

interface SourceFile {
  readonly path: string
  readonly folder: string
  readonly imports: readonly string[]
  readonly ambient: readonly string[]
}

function sources(folder: string = SRC): SourceFile[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return sources(path)
    return entry.name.endsWith('.ts') ? [source(path)] : []
  })
}

function source(path: string): SourceFile {
  const tree = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.ES2022, true)
  const own = relative(SRC, path)
  const imports: string[] = []
  const ambient: string[] = []
  const visit = (node: ts.Node): void => {
    if (
      (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) &&
      node.moduleSpecifier !== undefined
    ) {
      imports.push((node.moduleSpecifier as ts.StringLiteral).text)
    }
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      imports.push((node.arguments[0] as ts.StringLiteral).text)
    }
    ambient.push(...ambientUse(node))
    ts.forEachChild(node, visit)
  }
  visit(tree)
  return { path: own, folder: own.split('/')[0]!, imports, ambient }
}

function ambientUse(node: ts.Node): string[] {
  if (ts.isNewExpression(node) && node.getText().replace(/\s/g, '') === 'newDate()') return ['new Date()']
  if (ts.isCallExpression(node) && AMBIENT_CALLS.has(node.expression.getText()))
    return [node.expression.getText()]
  if (!ts.isPropertyAccessExpression(node)) return []
  const name = node.getText()
  return AMBIENT_CALLS.has(name) || AMBIENT_ROOTS.has(node.expression.getText()) ? [name] : []
}

const files = sources()

/** The file of src that a file imports by this name. */
function imported({ path }: SourceFile, name: string): string {
  return relative(SRC, resolve(SRC, dirname(path), name)).replace(/\.js$/, '.ts')
}

/** Every file of src that one comes to, itself included, and every package. */
function reached(start: string): {
  readonly files: ReadonlySet<string>
  readonly packages: ReadonlySet<string>
} {
  const byPath = new Map(files.map((file) => [file.path, file]))
  const seen = new Set<string>()
  const packages = new Set<string>()
  const visit = (path: string): void => {
    if (seen.has(path)) return
    seen.add(path)
    const file = byPath.get(path)!
    for (const name of file.imports) {
      if (name.startsWith('.')) visit(imported(file, name))
      else packages.add(name)
    }
  }
  visit(start)
  return { files: seen, packages }
}

describe('architecture', () => {
  it.each(Object.entries(MAY_IMPORT))('%s imports only what the table allows (%s)', (folder, allowed) => {
    const own = files.filter((file) => file.folder === folder)
    expect(own.length, 'the folder exists').toBeGreaterThan(0)
    const broken = own.flatMap((file) =>
      file.imports
        .filter((name) => name.startsWith('.'))
        .map((name) => relative(SRC, resolve(SRC, dirname(file.path), name)).split('/')[0]!)
        .filter((target) => target !== folder && !allowed.includes(target))
        .map((target) => `${file.path} imports ${target}`),
    )
    expect(broken).toEqual([])
  })

  it('knows every folder of src', () => {
    expect([...new Set(files.map(({ folder }) => folder))].sort()).toEqual(Object.keys(MAY_IMPORT).sort())
  })

  it.each(Object.entries(PURE_PACKAGES))(
    '%s is pure: no ambient clock, chance or output, and few packages (%s)',
    (folder, packages) => {
      const pure = files.filter(({ path }) => path.startsWith(`${folder}/`))
      expect(pure.length).toBeGreaterThan(0)
      const ambient = pure.flatMap((file) => file.ambient.map((use) => `${file.path}: ${use}`))
      const foreign = pure.flatMap(({ path, imports }) =>
        imports
          .filter((name) => !name.startsWith('.') && !packages.includes(name))
          .map((name) => `${path} imports ${name}`),
      )
      expect(ambient).toEqual([])
      expect(foreign).toEqual([])
    },
  )

  it.each(Object.entries(DATABASES))('%s is imported only where databases are opened', (name, places) => {
    const importing = files.filter(({ imports }) => imports.includes(name)).map(({ path }) => path)
    expect(importing.filter((path) => !places.some((place) => place.test(path)))).toEqual([])
  })

  it('a store with a database is a subpath of its own: nothing else in the runtime imports it', () => {
    const importing = files.filter(
      ({ path, imports }) =>
        !path.startsWith('router/stores/sqlite') && imports.some((name) => /\/sqlite[^/]*\.js$/.test(name)),
    )
    expect(importing.map(({ path }) => path)).toEqual([])
  })

  it('the public runtime entry reaches no database, Redis client, chart library or command line', () => {
    const { packages } = reached('index.ts')
    const heavy = [
      'ioredis',
      '@redis/client',
      'better-sqlite3',
      'vega',
      'vega-lite',
      'yargs',
      'csv-parse',
      'cli-table3',
      'cli-progress',
      'picocolors',
      'simple-statistics',
    ]
    expect([...packages].filter((name) => heavy.includes(name))).toEqual([])
  })

  it('only whoever asks for the Redis store loads it, and it loads no client: one is passed in', () => {
    const isRedis = ({ path }: SourceFile): boolean => path.startsWith('router/stores/redis')
    const importers = files
      .filter((file) => !isRedis(file))
      .filter(({ imports }) => imports.some((name) => name.includes('stores/redis')))
    expect(importers.map(({ path }) => path)).toEqual([])
    const packages = files.filter(isRedis).flatMap(({ imports }) => imports)
    expect([...new Set(packages.filter((name) => !name.startsWith('.')))].sort()).toEqual([
      '@noble/hashes/legacy.js',
      '@noble/hashes/utils.js',
    ])
  })

  it('what runs in a page reaches no Node module, and of other folders only what is pure', () => {
    const pure =
      /^(page|core|replay|metrics|tune)\/|^report\/(format|findings\/words|charts\/(hull-line|place-labels))\.ts$/
    for (const entry of ['page/main.ts', 'page/worker.ts']) {
      const { files: own, packages } = reached(entry)
      expect([...packages].filter((name) => !BROWSER_PACKAGES.includes(name))).toEqual([])
      expect([...own].filter((path) => !pure.test(path))).toEqual([])
    }
  })

  it('only the entries and the view of a page touch the browser: the rest runs anywhere, and is tried in Node', () => {
    const places = /^page\/(main|worker|embedded)\.ts$|^page\/view\//
    const touching = files.filter(({ path, ambient }) => path.startsWith('page/') && ambient.length > 0)
    expect(touching.map(({ path }) => path).filter((path) => !places.test(path))).toEqual([])
  })

  it('only the build bundles', () => {
    const importing = files.filter(({ imports }) => imports.includes('esbuild')).map(({ path }) => path)
    expect(importing).toEqual(['cli/bundle-page.ts'])
  })
})
