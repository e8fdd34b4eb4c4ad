import type { SnippetTemplate } from './snippet-template.js'

export const JAVA: readonly SnippetTemplate[] = [
  {
    kind: 'filter',
    weight: 0,
    source: `public List<%E%> %fn%(List<%E%> %es%, int [[min|max|limit]]) {
    return %es%.stream()
        .filter(v -> v.get%F%() [[>=|<|>]] [[min|max|limit]])
        .sorted(Comparator.comparing(%E%::get%G%)[[|.reversed()]])
        .toList();
}`,
  },
  {
    kind: 'sum',
    weight: 0,
    source: `public [[long|double|BigDecimal]] %fn%(Collection<%E%> %es%) {
    [[long|double|BigDecimal]] [[total|sum]] = [[0|ZERO]];
    for (%E% %e% : %es%) {
        if (%e%.get%K%() == null) {
            continue;
        }
        [[total|sum]] += %e%.get%F%();
    }
    return [[total|sum]];
}`,
  },
  {
    kind: 'validate',
    weight: 0.01,
    source: `public void %fn%(%E%Request request) {
    if (request.get%K%() == null || request.get%K%().isBlank()) {
        throw new [[IllegalArgumentException|ValidationException]]("%k% is required");
    }
    if (request.get%F%() < 0 || request.get%F%() > %n%) {
        throw new [[IllegalArgumentException|ValidationException]]("%f% is out of range");
    }
}`,
  },
  {
    kind: 'cache',
    weight: 0.06,
    source: `private final Map<String, %E%> [[cache|byKey]] = new [[HashMap|ConcurrentHashMap]]<>();

public %E% %fn%(String %k%) {
    %E% hit = [[cache|byKey]].get(%k%);
    if (hit != null && hit.get%F%().isAfter(Instant.now())) {
        return hit;
    }
    %E% loaded = repository.findBy%K%(%k%).orElseThrow();
    [[cache|byKey]].put(%k%, loaded);
    return loaded;
}`,
  },
  {
    kind: 'retry',
    weight: 0.08,
    source: `@Retryable(maxAttempts = %s%)
public %E% %fn%(String %k%) throws IOException {
    HttpRequest request = HttpRequest.newBuilder(URI.create(baseUrl + "/%path%/" + %k%))
        .timeout(Duration.ofSeconds(%n%)).build();
    HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
    if (response.statusCode() >= 500) {
        throw new IOException("%path% answered " + response.statusCode());
    }
    return mapper.readValue(response.body(), %E%.class);
}`,
  },
  {
    kind: 'query',
    weight: 0.04,
    source: `@Query("select x from %E% x where x.%k% = :%k% order by x.%f% [[desc|asc]]")
List<%E%> %fn%(@Param("%k%") String %k%, Pageable page);

@Transactional[[(readOnly = true)|]]
public Page<%E%Dto> list(String %k%, int page) {
    return repository.%fn%(%k%, PageRequest.of(page, %n%)).map(mapper::toDto);
}`,
  },
  {
    kind: 'group',
    weight: 0.02,
    source: `Map<String, [[Long|Double]]> [[totals|byKey]] = %es%.stream()
    .collect(Collectors.groupingBy(%E%::get%K%, Collectors.[[summingLong|averagingDouble]](%E%::get%F%)));`,
  },
  {
    kind: 'lock',
    weight: 0.14,
    source: `public [[synchronized |]]void %fn%(String %k%, int delta) {
    AtomicInteger %f% = [[counters|state]].computeIfAbsent(%k%, x -> new AtomicInteger());
    if (%f%.get() + delta > %n%) {
        throw new %E%LimitException(%k%);
    }
    %f%.addAndGet(delta);
    executor.submit(() -> listeners.forEach(l -> l.on%E%Changed(%k%, %f%.get())));
}`,
  },
  {
    kind: 'state',
    weight: 0.05,
    source: `public %E% %fn%(%E% %e%, Status target) {
    switch (%e%.getStatus()) {
        case [[NEW|DRAFT|PENDING]] -> require(target == ACTIVE || target == CANCELLED);
        case ACTIVE -> require(target == [[PAUSED|HELD]] || target == DONE);
        default -> throw new IllegalStateException("cannot leave " + %e%.getStatus());
    }
    %e%.setStatus(target);
    %e%.set%F%(clock.instant());
    return repository.save(%e%);
}`,
  },
]
