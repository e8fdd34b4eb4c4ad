import type { SnippetTemplate } from './snippet-template.js'

export const RUST: readonly SnippetTemplate[] = [
  {
    kind: 'filter',
    weight: 0.01,
    source: `pub fn %fn%(%es%: &[%E%], [[min|max|limit]]: u32) -> Vec<&%E%> {
    %es%
        .iter()
        .filter(|v| v.%f% [[>=|<|>]] [[min|max|limit]])
        .collect()
}`,
  },
  {
    kind: 'sum',
    weight: 0.01,
    source: `pub fn %fn%(%es%: &[%E%]) -> [[u64|i64|f64]] {
    let mut [[total|sum]] = 0;
    for v in %es% {
        if v.%k%.is_empty() {
            continue;
        }
        [[total|sum]] += v.%f% * v.%g%;
    }
    [[total|sum]]
}`,
  },
  {
    kind: 'validate',
    weight: 0.03,
    source: `impl TryFrom<Raw%E%> for %E% {
    type Error = [[ParseError|ValidationError]];

    fn try_from(raw: Raw%E%) -> Result<Self, Self::Error> {
        let %f% = raw.%f%.ok_or([[ParseError|ValidationError]]::Missing("%f%"))?;
        if %f% > %n% {
            return Err([[ParseError|ValidationError]]::OutOfRange(%f%));
        }
        Ok(Self { %f%, %k%: raw.%k%.trim().to_string() })
    }
}`,
  },
  {
    kind: 'cache',
    weight: 0.09,
    source: `pub struct %E%Cache<'a> {
    [[items|entries]]: HashMap<String, (&'a %E%, Instant)>,
    ttl: Duration,
}

impl<'a> %E%Cache<'a> {
    pub fn get(&mut self, %k%: &str, load: impl Fn(&str) -> &'a %E%) -> &'a %E% {
        match self.[[items|entries]].get(%k%) {
            Some((hit, at)) if at.elapsed() < self.ttl => hit,
            _ => {
                let value = load(%k%);
                self.[[items|entries]].insert(%k%.to_owned(), (value, Instant::now()));
                value
            }
        }
    }
}`,
  },
  {
    kind: 'retry',
    weight: 0.1,
    source: `pub async fn %fn%(client: &Client, %k%: &str) -> Result<%E%, [[Error|ApiError]]> {
    let mut delay = Duration::from_millis(%n%);
    for _ in 0..%s% {
        match client.get(format!("{BASE}/%path%/{%k%}")).send().await {
            Ok(response) => return Ok(response.json().await?),
            Err(error) if error.is_timeout() => tokio::time::sleep(delay).await,
            Err(error) => return Err(error.into()),
        }
        delay *= 2;
    }
    Err([[Error|ApiError]]::Exhausted)
}`,
  },
  {
    kind: 'query',
    weight: 0.05,
    source: `pub async fn %fn%(pool: &PgPool, %k%: &str) -> sqlx::Result<Vec<%E%>> {
    sqlx::query_as!(
        %E%,
        "SELECT id, %f%, %g% FROM %table% WHERE %k% = $1 ORDER BY %g% [[DESC|ASC]] LIMIT %n%",
        %k%
    )
    .fetch_all(pool)
    .await
}`,
  },
  {
    kind: 'group',
    weight: 0.03,
    source: `let mut [[groups|by_key]]: HashMap<&str, Vec<&%E%>> = HashMap::new();
for v in &%es% {
    [[groups|by_key]].entry(v.%k%.as_str()).or_default().push(v);
}
let [[widest|largest]] = [[groups|by_key]].iter().max_by_key(|(_, m)| m.len());`,
  },
  {
    kind: 'lock',
    weight: 0.17,
    source: `pub struct %E%Pool {
    state: Arc<[[Mutex|RwLock]]<HashMap<String, %E%>>>,
}

impl %E%Pool {
    pub async fn %v%(&self, %k%: String) -> Result<(), PoolError> {
        let mut state = self.state.lock().await;
        let slot = state.get_mut(&%k%).ok_or(PoolError::Unknown)?;
        slot.%f% += 1;
        let copy = slot.clone();
        tokio::spawn(async move { notify(&copy).await });
        self.flush(&%k%).await
    }
}`,
  },
]
