import type { Command } from './command.js'

export interface CommandEntry {
  /** Name and positionals, as yargs reads them: `import <files..>`. */
  readonly usage: string
  readonly describe: string
  readonly load: () => Promise<{ readonly command: Command }>
}

/** Every command by name. Only the one that is asked for is loaded: charts and databases take time to import. */
export const COMMANDS: Readonly<Record<string, CommandEntry>> = {
  demo: {
    usage: 'demo',
    describe: 'the main job on the shipped sample log',
    load: () => import('./commands/demo.js'),
  },
  import: {
    usage: 'import <files..>',
    describe: 'read log files into a log store',
    load: () => import('./commands/import.js'),
  },
  inspect: {
    usage: 'inspect',
    describe: 'what a log holds, how good it is, and what it can and cannot answer',
    load: () => import('./commands/inspect.js'),
  },
  sample: {
    usage: 'sample',
    describe: 'which requests to ask of other models, how many, and what that costs',
    load: () => import('./commands/sample.js'),
  },
  replay: {
    usage: 'replay',
    describe: 'what policies would have cost, kept and refused on a log',
    load: () => import('./commands/replay.js'),
  },
  tune: {
    usage: 'tune',
    describe: 'search a policy that is cheaper or better, and say what it keeps on unseen requests',
    load: () => import('./commands/tune.js'),
  },
  train: {
    usage: 'train',
    describe: 'learn from prompts and outcomes which model will do, and say what that is worth',
    load: () => import('./commands/train.js'),
  },
  frontier: {
    usage: 'frontier',
    describe: 'whether routing beats fixed mixes of single models, by how much, at what cost',
    load: () => import('./commands/frontier.js'),
  },
  margin: {
    usage: 'margin',
    describe: 'what each reservation mode and margin costs: overspend on one side, refusals on the other',
    load: () => import('./commands/margin.js'),
  },
  whatif: {
    usage: 'whatif',
    describe: 'the log under other prices, models or traffic, and the price at which the best policy flips',
    load: () => import('./commands/whatif.js'),
  },
  simulate: {
    usage: 'simulate',
    describe: 'a log with known truth: would this tool find what was planted?',
    load: () => import('./commands/simulate.js'),
  },
  drift: {
    usage: 'drift',
    describe: 'whether a decision log still looks like the policy’s forecast; exit 1 where it does not',
    load: () => import('./commands/drift.js'),
  },
  gate: {
    usage: 'gate',
    describe:
      'for CI: whether a policy may replace another, by your own log; exit 0 yes, 1 no, 3 inconclusive',
    load: () => import('./commands/gate.js'),
  },
  init: {
    usage: 'init',
    describe: 'write a first policy from a log',
    load: () => import('./commands/init.js'),
  },
  seal: {
    usage: 'seal <policy>',
    describe: 'check a policy and renew its hash',
    load: () => import('./commands/seal.js'),
  },
  explain: {
    usage: 'explain',
    describe: 'one decision of a policy, step by step',
    load: () => import('./commands/explain.js'),
  },
  report: {
    usage: 'report',
    describe: 'a stored run as a page or as pictures, what changed between two, or the list of all',
    load: () => import('./commands/report.js'),
  },
}
