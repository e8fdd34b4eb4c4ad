import { execFile } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import ts from 'typescript'
import { bundlePage } from '../../src/cli/bundle-page.js'

const ROOT = resolve(import.meta.dirname, '../..')

const TO_JAVASCRIPT = {
  module: ts.ModuleKind.ESNext,
  target: ts.ScriptTarget.ES2022,
  verbatimModuleSyntax: true,
} as const

const HOME = join(ROOT, 'node_modules/.cache/tollgate-test')

/**
 * The sources as JavaScript under node_modules, for tests that need a real process. What stands for `dist` is made once, before
 * any test begins (`test/global-setup.ts`), so no test depends on an earlier build.
 */
export const BUILT: string = join(HOME, 'dist')

/** The scripts of a report, as the build leaves them. */
export const BUILT_SCRIPTS: string = join(BUILT, 'report/scripts')

/** Types are stripped file by file; what a report runs in a browser is bundled. */
export async function buildSources(): Promise<void> {
  const files = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
  for (const file of files.filter((one) => one.endsWith('.ts'))) {
    const out = join(BUILT, file.replace(/\.ts$/, '.js'))
    if (isNewer(out, join(ROOT, 'src', file))) continue
    mkdirSync(dirname(out), { recursive: true })
    const { outputText } = ts.transpileModule(readFileSync(join(ROOT, 'src', file), 'utf8'), {
      compilerOptions: TO_JAVASCRIPT,
    })
    writeFileSync(out, outputText)
  }
  cpSync(join(ROOT, 'package.json'), join(HOME, 'package.json'))
  await bundlePage({ sources: join(ROOT, 'src/page'), folder: BUILT_SCRIPTS })
}

/** Files of a test and its builders as JavaScript beside the sources, for processes it starts. Gives the first one's path. */
export function builtBeside(dist: string, folder: string, files: readonly string[]): string {
  const [first = ''] = files.map((file) => {
    const out = join(dirname(dist), 'test', basename(file).replace(/\.ts$/, '.js'))
    mkdirSync(dirname(out), { recursive: true })
    const { outputText } = ts.transpileModule(readFileSync(join(folder, file), 'utf8'), {
      compilerOptions: TO_JAVASCRIPT,
    })
    writeFileSync(
      out,
      outputText.replace(/(\.\.\/)+src\//g, '../dist/').replace(/(\.\.\/)+builders\//g, './'),
    )
    return out
  })
  return first
}

/** What a run before this one made is kept where its source is older: most runs then build nothing. */
function isNewer(out: string, source: string): boolean {
  return existsSync(out) && statSync(out).mtimeMs > statSync(source).mtimeMs
}

export interface Finished {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** Runs the command line as a process of its own, in a folder of its own where it leaves files behind. */
export function runCli(dist: string, args: readonly string[], cwd?: string): Promise<Finished> {
  return new Promise((done) => {
    const child = execFile(
      process.execPath,
      [join(dist, 'cli/main.js'), ...args],
      { maxBuffer: 1 << 26, ...(cwd === undefined ? {} : { cwd }) },
      (_error, out, err) => done({ code: child.exitCode, out, err }),
    )
  })
}

/** The real data, which are no part of the project. */
export const SHARED_DATA: string = resolve(ROOT, '../shared/data')
export const hasSharedData: boolean = existsSync(join(SHARED_DATA, 'README.md'))
