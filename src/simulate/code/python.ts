import type { SnippetTemplate } from './snippet-template.js'

export const PYTHON: readonly SnippetTemplate[] = [
  {
    kind: 'filter',
    weight: 0,
    source: `def %fn%(%es%, [[min_|max_|]]%f%=%n%):
    [[result|matched|selected]] = []
    for %e% in %es%:
        if %e%.%f% [[>=|<|>]] [[min_|max_|]]%f%:
            [[result|matched|selected]].append(%e%)
    return [[result|matched|selected]]`,
  },
  {
    kind: 'sum',
    weight: 0,
    source: `def %fn%(%es%: list[%E%]) -> [[int|float|Decimal]]:
    [[total|acc]] = 0
    for %e% in %es%:
        if %e%.%k% is None:
            continue
        [[total|acc]] += %e%.%f% * %e%.%g%
    return [[total|acc]]`,
  },
  {
    kind: 'validate',
    weight: 0.01,
    source: `def %fn%(data: dict) -> %E%:
    if "%k%" not in data:
        raise [[ValueError|KeyError]]("%k% is required")
    %f% = int(data.get("%f%", %n%))
    if %f% < 0:
        raise ValueError(f"%f% must be positive, got {%f%}")
    return %E%(%k%=data["%k%"], %f%=%f%)`,
  },
  {
    kind: 'cache',
    weight: 0.06,
    source: `class %E%[[Cache|Store]]:
    def __init__(self, loader, ttl=%n%):
        self._loader = loader
        self._ttl = ttl
        self._[[items|entries]] = {}

    def get(self, %k%):
        hit = self._[[items|entries]].get(%k%)
        if hit and time.monotonic() - hit[0] < self._ttl:
            return hit[1]
        value = self._loader(%k%)
        self._[[items|entries]][%k%] = (time.monotonic(), value)
        return value`,
  },
  {
    kind: 'retry',
    weight: 0.08,
    source: `async def %fn%(client, %k%, attempts=%s%):
    for attempt in range(attempts):
        try:
            response = await client.get(f"/%path%/{%k%}", timeout=%n%)
            response.raise_for_status()
            return %E%(**response.json())
        except httpx.[[TimeoutException|HTTPStatusError]]:
            await asyncio.sleep(2 ** attempt)
    raise [[RuntimeError|ServiceUnavailable]]("%path% did not answer")`,
  },
  {
    kind: 'query',
    weight: 0.04,
    source: `def %fn%([[db|conn|session]], %k%):
    rows = [[db|conn|session]].execute(
        "SELECT id, %f%, %g% FROM %table% WHERE %k% = :%k% ORDER BY %g% [[DESC|ASC]] LIMIT %n%",
        {"%k%": %k%},
    ).fetchall()
    return [%E%(id=r[0], %f%=r[1], %g%=r[2]) for r in rows]`,
  },
  {
    kind: 'group',
    weight: 0.02,
    source: `def %fn%(%es%):
    [[groups|by_key|buckets]] = defaultdict(list)
    for %e% in %es%:
        [[groups|by_key|buckets]][%e%.%k%].append(%e%)
    return {
        key: sum(x.%f% for x in members) / len(members)
        for key, members in [[groups|by_key|buckets]].items()
    }`,
  },
  {
    kind: 'lock',
    weight: 0.14,
    source: `class %E%[[Registry|Pool|Tracker]]:
    def __init__(self):
        self._lock = threading.[[Lock|RLock]]()
        self._%f% = {}

    def %v%(self, %k%, delta):
        current = self._%f%.get(%k%, 0)
        with self._lock:
            if current + delta > %n%:
                raise [[LimitExceeded|CapacityError]](%k%)
            self._%f%[%k%] = current + delta
        for listener in self._listeners:
            listener(%k%, self._%f%[%k%])`,
  },
  {
    kind: 'state',
    weight: 0.05,
    source: `TRANSITIONS = {
    "[[new|draft|pending]]": {"active", "cancelled"},
    "active": {"[[paused|held]]", "done"},
    "[[paused|held]]": {"active", "cancelled"},
}

def %fn%(%e%, target):
    allowed = TRANSITIONS.get(%e%.status, set())
    if target not in allowed:
        raise InvalidTransition(%e%.status, target)
    %e%.status = target
    %e%.%f% = utcnow()`,
  },
  {
    kind: 'recursion',
    weight: 0.1,
    source: `def %fn%(node, [[seen|visited]]=None, depth=0):
    [[seen|visited]] = [[seen|visited]] or set()
    if node.%k% in [[seen|visited]] or depth > %n%:
        return []
    [[seen|visited]].add(node.%k%)
    found = [node]
    for child in sorted(node.%es%, key=lambda c: c.%f%):
        found.extend(%fn%(child, [[seen|visited]], depth + 1))
    return found`,
  },
]
