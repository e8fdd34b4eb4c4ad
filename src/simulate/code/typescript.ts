import type { SnippetTemplate } from './snippet-template.js'

export const TYPESCRIPT: readonly SnippetTemplate[] = [
  {
    kind: 'filter',
    weight: 0,
    source: `export function %fn%(%es%: %E%[], [[min|max|limit]] = %n%): %E%[] {
  return %es%
    .filter((%e%) => %e%.%f% [[>=|<|>]] [[min|max|limit]])
    .sort((a, b) => [[a.%g% - b.%g%|b.%g% - a.%g%]])
}`,
  },
  {
    kind: 'sum',
    weight: 0,
    source: `export const %fn% = (%es%: readonly %E%[]): number => {
  let [[total|sum]] = 0
  for (const %e% of %es%) {
    if (%e%.%k% === undefined) continue
    [[total|sum]] += %e%.%f% * %e%.%g%
  }
  return [[total|sum]]
}`,
  },
  {
    kind: 'validate',
    weight: 0.01,
    source: `export function %fn%([[input|raw|body]]: unknown): %E% {
  const value = [[input|raw|body]] as Partial<%E%>
  if (!value.%k%) throw new [[Error|ValidationError|BadRequest]]('%k% is missing')
  if (typeof value.%f% !== 'number' || value.%f% < 0) {
    throw new [[Error|ValidationError|BadRequest]](\`%f% must be at least 0, got \${value.%f%}\`)
  }
  return { %k%: value.%k%, %f%: value.%f% }
}`,
  },
  {
    kind: 'cache',
    weight: 0.06,
    source: `export class %E%[[Cache|Store]] {
  private readonly [[items|entries]] = new Map<string, { value: %E%; expires: number }>()

  constructor(private readonly load: (%k%: string) => Promise<%E%>, private readonly ttlMs = %n%_000) {}

  async get(%k%: string): Promise<%E%> {
    const hit = this.[[items|entries]].get(%k%)
    if (hit && hit.expires > Date.now()) return hit.value
    const value = await this.load(%k%)
    this.[[items|entries]].set(%k%, { value, expires: Date.now() + this.ttlMs })
    return value
  }
}`,
  },
  {
    kind: 'retry',
    weight: 0.08,
    source: `export async function %fn%(%k%: string, attempts = %s%): Promise<%E%> {
  for (let i = 0; i < attempts; i++) {
    const res = await fetch(\`\${[[BASE_URL|API]]}/%path%/\${%k%}\`)
    if (res.ok) return (await res.json()) as %E%
    if (res.status < 500) throw new Error(\`%path% answered \${res.status}\`)
    await sleep(%n% * 2 ** i)
  }
  throw new Error('gave up on ' + %k%)
}`,
  },
  {
    kind: 'query',
    weight: 0.04,
    source: `export async function %fn%([[db|pool|tx]]: [[Pool|Client]], %k%: string) {
  const { rows } = await [[db|pool|tx]].query(
    'SELECT id, %col%, %col2% FROM %table% WHERE %kcol% = $1 ORDER BY %col2% [[DESC|ASC]] LIMIT %n%',
    [%k%],
  )
  return rows.map((row) => ({ id: row.id, %f%: row.%col%, %g%: row.%col2% }))
}`,
  },
  {
    kind: 'group',
    weight: 0.02,
    source: `export function %fn%(%es%: %E%[]): Record<string, number> {
  return %es%.reduce<Record<string, number>>((acc, %e%) => {
    acc[%e%.%k%] = (acc[%e%.%k%] ?? 0) + %e%.%f%
    return acc
  }, {})
}`,
  },
  {
    kind: 'lock',
    weight: 0.14,
    source: `const [[inFlight|pending]] = new Map<string, Promise<%E%>>()

export async function %fn%(%k%: string): Promise<%E%> {
  const running = [[inFlight|pending]].get(%k%)
  if (running) return running
  const work = (async () => {
    const %e% = await repository.find(%k%)
    if (%e%.%f% >= %n%) throw new ConflictError(%k%)
    return repository.save({ ...%e%, %f%: %e%.%f% + 1 })
  })()
  [[inFlight|pending]].set(%k%, work)
  work.finally(() => [[inFlight|pending]].delete(%k%))
  return work
}`,
  },
  {
    kind: 'react',
    weight: 0.05,
    source: `export function %E%[[List|Table|Panel]]({ %k% }: { %k%: string }) {
  const [%es%, set%Es%] = useState<%E%[]>([])
  useEffect(() => {
    fetch(\`/api/%path%?%k%=\${%k%}\`)
      .then((r) => r.json())
      .then(set%Es%)
  }, [%k%])
  return (
    <ul>
      {%es%.map((%e%) => (
        <li key={%e%.id}>{%e%.%f%}</li>
      ))}
    </ul>
  )
}`,
  },
  {
    kind: 'recursion',
    weight: 0.1,
    source: `export function* %fn%(root: %E%Node, [[seen|visited]] = new Set<string>()): Generator<%E%Node> {
  if ([[seen|visited]].has(root.%k%)) return
  [[seen|visited]].add(root.%k%)
  yield root
  for (const child of root.children.toSorted((a, b) => a.%f% - b.%f%)) {
    yield* %fn%(child, [[seen|visited]])
  }
}`,
  },
]
