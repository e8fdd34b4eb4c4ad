/** What people work on: the nouns, verbs and troubles of one part of a product. Words are joined later in each language's case. */
export interface Domain {
  readonly name: string
  readonly entities: readonly string[]
  /** Numeric or date-like fields, so that sums, comparisons and expiry make sense on them. */
  readonly fields: readonly string[]
  /** Text-like fields: keys to group and look up by. */
  readonly keys: readonly string[]
  readonly verbs: readonly string[]
  readonly symptoms: readonly string[]
  readonly systems: readonly string[]
  /** How tricky the subject is by nature; part of the difficulty that a reader of the text can learn. */
  readonly complexity: number
}

const list = (text: string): string[] => text.split(', ')

export const DOMAINS: readonly Domain[] = [
  {
    name: 'billing',
    entities: list('invoice, line item, credit note, subscription, price plan, tax rate, coupon'),
    fields: list('amount cents, due at, tax total, quantity, balance, proration days'),
    keys: list('customer id, currency, plan code, region'),
    verbs: list('calculate, apply, prorate, finalize, void, reconcile'),
    symptoms: list(
      'the total is off by one cent for some customers, credit notes are applied twice, annual plans are billed in the wrong month',
    ),
    systems: list(
      'a usage-based billing pipeline, a proration engine for mid-cycle upgrades, an invoice export for three accounting systems',
    ),
    complexity: 0.07,
  },
  {
    name: 'auth',
    entities: list('access token, session, api key, login attempt, role, refresh token'),
    fields: list('expires at, issued at, attempt count, ttl seconds, last seen'),
    keys: list('user id, scope, tenant id, ip address'),
    verbs: list('verify, revoke, issue, refresh, rotate, lookup'),
    symptoms: list(
      'users get logged out at random, the refresh endpoint returns 401 for a valid token, old keys still work after rotation',
    ),
    systems: list(
      'single sign-on for our enterprise tenants, key rotation without logging anybody out, an audit trail for permission changes',
    ),
    complexity: 0.08,
  },
  {
    name: 'search',
    entities: list('document, search query, facet, index shard, synonym, highlight'),
    fields: list('score, boost, hit count, indexed at, offset'),
    keys: list('locale, field name, tenant id, content type'),
    verbs: list('rank, tokenize, index, merge, filter, rewrite'),
    symptoms: list(
      'deleted documents still show up, results differ between two identical queries, facet counts do not add up',
    ),
    systems: list(
      'typo-tolerant search over 40 million documents, a reindex that does not stop writes, per-tenant relevance tuning',
    ),
    complexity: 0.06,
  },
  {
    name: 'inventory',
    entities: list('stock item, warehouse, shipment, reservation, purchase order, supplier'),
    fields: list('quantity, reserved count, reorder level, unit cost, received at'),
    keys: list('sku, warehouse id, supplier code, bin'),
    verbs: list('reserve, release, restock, allocate, count, transfer'),
    symptoms: list(
      'we oversell during flash sales, stock goes negative after a cancelled order, the nightly count never matches',
    ),
    systems: list(
      'stock reservations across five warehouses, a returns workflow, demand forecasting for reorder points',
    ),
    complexity: 0.05,
  },
  {
    name: 'notifications',
    entities: list('notification, email template, device, digest, channel, preference'),
    fields: list('sent at, retry count, open rate, delay seconds, priority'),
    keys: list('user id, channel name, locale, topic'),
    verbs: list('send, schedule, render, batch, mute, deliver'),
    symptoms: list(
      'some users get every mail twice, push messages arrive hours late, unsubscribed people still get the digest',
    ),
    systems: list(
      'a notification service with quiet hours per time zone, a digest that merges events of a day, delivery tracking for webhooks',
    ),
    complexity: 0.03,
  },
  {
    name: 'scheduling',
    entities: list('job, calendar event, time slot, booking, recurrence rule, worker'),
    fields: list('starts at, ends at, duration minutes, attempt, capacity'),
    keys: list('room id, owner id, time zone, queue name'),
    verbs: list('schedule, cancel, reschedule, expand, claim, overlap'),
    symptoms: list(
      'recurring events shift by an hour after the clock change, two workers claim the same job, bookings overlap at midnight',
    ),
    systems: list(
      'a job queue with exactly-once effects, recurring bookings with exceptions, fair scheduling between tenants',
    ),
    complexity: 0.09,
  },
  {
    name: 'telemetry',
    entities: list('metric, span, sample, alert rule, histogram, counter'),
    fields: list('value, timestamp, bucket width, error rate, p99 latency'),
    keys: list('service name, host, metric name, region'),
    verbs: list('record, aggregate, downsample, flush, export, sample'),
    symptoms: list(
      'the p99 jumps to zero every hour, counters go backwards after a deploy, memory grows until the exporter is killed',
    ),
    systems: list(
      'metrics ingestion at two million points a second, alert deduplication, long-term storage with downsampling',
    ),
    complexity: 0.08,
  },
  {
    name: 'payments',
    entities: list('payment, refund, payout, ledger entry, dispute, card'),
    fields: list('amount, fee, captured at, settled amount, risk score'),
    keys: list('merchant id, currency, idempotency key, status'),
    verbs: list('capture, refund, settle, authorize, post, match'),
    symptoms: list(
      'a retry charged the card twice, the ledger is out of balance after a partial refund, webhooks arrive before our commit',
    ),
    systems: list(
      'a double-entry ledger for payouts, idempotent payment capture over an unreliable provider, dispute handling',
    ),
    complexity: 0.1,
  },
  {
    name: 'config',
    entities: list('setting, feature flag, environment, override, rollout, profile'),
    fields: list('version, percentage, updated at, default value, weight'),
    keys: list('flag name, environment name, namespace, owner'),
    verbs: list('load, resolve, merge, parse, toggle, reload'),
    symptoms: list(
      'a flag is on for users outside the rollout, the env override is ignored in staging, reload drops half of the settings',
    ),
    systems: list(
      'feature flags that work offline, typed config shared by twelve services, gradual rollouts with automatic rollback',
    ),
    complexity: 0.01,
  },
  {
    name: 'importer',
    entities: list('row, csv file, column mapping, import batch, contact, validation issue'),
    fields: list('row number, error count, parsed at, size bytes, confidence'),
    keys: list('column name, email, external id, encoding'),
    verbs: list('parse, normalize, map, validate, dedupe, convert'),
    symptoms: list(
      'umlauts come out as question marks, the last row is dropped, a 2 GB file kills the worker',
    ),
    systems: list(
      'a resumable import of very large files, column mapping with a preview, deduplication of contacts',
    ),
    complexity: 0.02,
  },
  {
    name: 'geo',
    entities: list('route, waypoint, region, delivery zone, vehicle, stop'),
    fields: list('distance, latitude, longitude, eta, speed'),
    keys: list('country code, zone id, driver id, postal code'),
    verbs: list('locate, route, snap, cluster, estimate, track'),
    symptoms: list(
      'routes cross the antimeridian the wrong way round, ETAs are negative, zones with holes match everything',
    ),
    systems: list(
      'live tracking of 8,000 vehicles, delivery zone lookups in under 5 ms, route planning with time windows',
    ),
    complexity: 0.07,
  },
  {
    name: 'chat',
    entities: list('message, thread, reaction, attachment, participant, draft'),
    fields: list('sent at, unread count, sequence, length, edited at'),
    keys: list('room id, author id, mention, kind'),
    verbs: list('post, edit, deliver, sync, archive, count'),
    symptoms: list(
      'messages appear in the wrong order on slow networks, the unread badge never clears, edits get lost when offline',
    ),
    systems: list(
      'offline-first sync for chat, presence for 200k connections, message search with permissions',
    ),
    complexity: 0.06,
  },
  {
    name: 'media',
    entities: list('video, thumbnail, transcode job, upload, playlist, caption'),
    fields: list('bitrate, duration, width, size bytes, progress'),
    keys: list('codec, bucket, asset id, format'),
    verbs: list('encode, resize, upload, stitch, probe, resume'),
    symptoms: list(
      'uploads hang at 99 percent, thumbnails are rotated, captions drift after the first ad break',
    ),
    systems: list(
      'a transcoding pipeline on spot machines, resumable uploads, thumbnail generation at the edge',
    ),
    complexity: 0.05,
  },
  {
    name: 'orders',
    entities: list('order, cart, cart item, discount, delivery, customer'),
    fields: list('total, item count, placed at, discount rate, shipping cost'),
    keys: list('customer id, status, coupon code, country'),
    verbs: list('place, cancel, total, ship, validate, split'),
    symptoms: list(
      'the discount is applied after tax, cancelled orders are still shipped, the cart total differs between web and app',
    ),
    systems: list(
      'checkout that survives a payment outage, order splitting over several suppliers, an order status page',
    ),
    complexity: 0.02,
  },
  {
    name: 'reports',
    entities: list('report, chart, cell, table row, export, filter'),
    fields: list('total, average, generated at, row count, precision'),
    keys: list('period, department, metric name, format'),
    verbs: list('build, render, format, export, group, sort'),
    symptoms: list(
      'the export has a shifted column, sums differ from the dashboard, dates show up as numbers in Excel',
    ),
    systems: list(
      'scheduled PDF reports, a pivot table over a billion rows, self-service dashboards for customers',
    ),
    complexity: 0.01,
  },
  {
    name: 'permissions',
    entities: list('policy, grant, group, resource, membership, team'),
    fields: list('level, granted at, expires at, depth, member count'),
    keys: list('user id, resource id, action, group name'),
    verbs: list('check, grant, revoke, inherit, expand, list'),
    symptoms: list(
      'removed members can still read shared folders, nested groups are resolved only one level deep, listing takes 9 seconds',
    ),
    systems: list(
      'permission checks over nested groups in under 2 ms, row-level security for a shared database, access reviews',
    ),
    complexity: 0.08,
  },
]
