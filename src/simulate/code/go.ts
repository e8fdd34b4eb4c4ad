import type { SnippetTemplate } from './snippet-template.js'

export const GO: readonly SnippetTemplate[] = [
  {
    kind: 'filter',
    weight: 0,
    source: `func %Fn%(%es% []%E%, [[min|max|limit]] int) []%E% {
	[[out|result|kept]] := make([]%E%, 0, len(%es%))
	for _, v := range %es% {
		if v.%F% [[>=|<|>]] [[min|max|limit]] {
			[[out|result|kept]] = append([[out|result|kept]], v)
		}
	}
	return [[out|result|kept]]
}`,
  },
  {
    kind: 'sum',
    weight: 0,
    source: `func %Fn%(%es% []*%E%) [[int64|float64]] {
	var [[total|sum]] [[int64|float64]]
	for _, v := range %es% {
		if v == nil || v.%K% == "" {
			continue
		}
		[[total|sum]] += v.%F% * v.%G%
	}
	return [[total|sum]]
}`,
  },
  {
    kind: 'validate',
    weight: 0.01,
    source: `func (r *%E%Request) Validate() error {
	if r.%K% == "" {
		return errors.New("%k% is required")
	}
	if r.%F% < 0 || r.%F% > %n% {
		return fmt.Errorf("%f% out of range: %d", r.%F%)
	}
	return nil
}`,
  },
  {
    kind: 'cache',
    weight: 0.07,
    source: `type %E%Cache struct {
	mu    sync.[[Mutex|RWMutex]]
	items map[string]%e%Entry
	ttl   time.Duration
}

func (c *%E%Cache) Get(ctx context.Context, %k% string) (*%E%, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if hit, ok := c.items[%k%]; ok && time.Since(hit.at) < c.ttl {
		return hit.value, nil
	}
	value, err := c.load(ctx, %k%)
	if err != nil {
		return nil, err
	}
	c.items[%k%] = %e%Entry{at: time.Now(), value: value}
	return value, nil
}`,
  },
  {
    kind: 'retry',
    weight: 0.08,
    source: `func (c *Client) %Fn%(ctx context.Context, %k% string) (*%E%, error) {
	var lastErr error
	for i := 0; i < %s%; i++ {
		resp, err := c.http.Get(c.base + "/%path%/" + %k%)
		if err != nil {
			lastErr = err
			time.Sleep(%n% * time.Millisecond)
			continue
		}
		defer resp.Body.Close()
		return decode%E%(resp.Body)
	}
	return nil, fmt.Errorf("%path%: %w", lastErr)
}`,
  },
  {
    kind: 'query',
    weight: 0.04,
    source: `func (s *Store) %Fn%(ctx context.Context, %k% string) ([]%E%, error) {
	rows, err := s.db.QueryContext(ctx,
		\`SELECT id, %col%, %col2% FROM %table% WHERE %kcol% = $1 LIMIT %n%\`, %k%)
	if err != nil {
		return nil, err
	}
	var [[out|result]] []%E%
	for rows.Next() {
		var v %E%
		if err := rows.Scan(&v.ID, &v.%F%, &v.%G%); err != nil {
			return nil, err
		}
		[[out|result]] = append([[out|result]], v)
	}
	return [[out|result]], nil
}`,
  },
  {
    kind: 'group',
    weight: 0.02,
    source: `func %Fn%(%es% []%E%) map[string][]%E% {
	[[groups|byKey]] := map[string][]%E%{}
	for _, v := range %es% {
		[[groups|byKey]][v.%K%] = append([[groups|byKey]][v.%K%], v)
	}
	return [[groups|byKey]]
}`,
  },
  {
    kind: 'lock',
    weight: 0.15,
    source: `func (p *%E%Pool) %V%(%k% string) error {
	[[results|done]] := make(chan error)
	for _, w := range p.workers {
		go func() {
			w.mu.Lock()
			w.%f%[%k%]++
			w.mu.Unlock()
			[[results|done]] <- w.flush(%k%)
		}()
	}
	select {
	case err := <-[[results|done]]:
		return err
	case <-time.After(%n% * time.Second):
		return context.DeadlineExceeded
	}
}`,
  },
  {
    kind: 'handler',
    weight: 0.04,
    source: `func (h *Handler) %Fn%(w http.ResponseWriter, r *http.Request) {
	%k% := r.[[URL.Query().Get|PathValue]]("%kcol%")
	%e%, err := h.store.Find%E%(r.Context(), %k%)
	if errors.Is(err, sql.ErrNoRows) {
		http.Error(w, "%path% not found", http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(%e%)
}`,
  },
]
