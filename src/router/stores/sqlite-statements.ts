import type { SqliteDatabase, SqliteStatement, SqliteValue } from './sqlite-file.js'
import type { AccountRow, BudgetRow, MetaRow, PoolRecord, ReservationRow, TickRow } from './sqlite-rows.js'

/** Every statement of an operation, compiled once. */
export type Statements = ReturnType<typeof prepareStatements>

export function prepareStatements(db: SqliteDatabase) {
  const one = <Row>(sql: string): ((...values: SqliteValue[]) => Row | undefined) => {
    const statement = db.prepare(sql)
    return (...values) => statement.get(...values) as Row | undefined
  }
  const all = <Row>(sql: string): ((...values: SqliteValue[]) => Row[]) => {
    const statement = db.prepare(sql)
    return (...values) => statement.all(...values) as Row[]
  }
  const run = (sql: string): SqliteStatement['run'] => {
    const statement = db.prepare(sql)
    return (...values) => statement.run(...values)
  }
  const pools = 'select key, account, record from pools'
  return {
    meta: one<MetaRow>('select seq, at, definitions from meta'),
    tick: one<TickRow>(
      `update meta set seq = seq + 1, at = max(ifnull(at, -9e15), ?)
       returning seq, at, definitions,
       exists (select 1 from reservations where status = 'held' and expires_at <= at) as due,
       (select ended_at from reservations order by key limit 1) as oldestEnd`,
    ),
    numbered: run('update meta set seq = ?'),
    redefined: run('update meta set definitions = definitions + 1'),

    budgets: all<BudgetRow>('select slot, id, scope, window from budgets order by slot'),
    addBudget: run(
      'insert into budgets (slot, id, scope, window, accounts, pools) values (?, ?, ?, ?, ?, ?)',
    ),
    clear: ['lines', 'pools', 'accounts', 'budgets'].map((table) => run(`delete from ${table}`)),
    nextAccount: one<{ number: number }>(
      'update budgets set accounts = accounts + 1 where slot = ? returning accounts - 1 as number',
    ),
    nextPool: one<{ number: number }>(
      'update budgets set pools = pools + 1 where slot = ? returning pools - 1 as number',
    ),

    account: one<AccountRow>(
      'select a.account, a.pool, p.record from accounts a left join pools p on p.key = a.pool where a.slot = ? and a.label = ?',
    ),
    labels: all<{ label: string }>('select label from accounts where slot = ? order by account'),
    addAccount: run('insert into accounts (slot, label, account, pool) values (?, ?, ?, ?)'),
    newestPool: run('update accounts set pool = ? where slot = ? and label = ?'),

    pool: one<PoolRecord>(`${pools} where key = ?`),
    poolsOfBudget: all<PoolRecord>(`${pools} where key between ? and ? order by key`),
    poolsOfAccount: all<PoolRecord>(`${pools} where account = ? and key between ? and ? order by key`),
    addPool: run('insert into pools (key, account, record) values (?, ?, ?)'),
    writePool: run('update pools set record = ? where key = ?'),

    reservations: all<ReservationRow>('select * from reservations order by key'),
    reservation: one<ReservationRow>('select * from reservations where id = ?'),
    due: all<ReservationRow>(
      "select * from reservations where status = 'held' and expires_at <= ? order by expires_at, key",
    ),
    reserve: run(
      `insert into reservations (id, status, admitted_at, expires_at, reserved, charged, body) values (?, 'held', ?, ?, ?, 0, ?)`,
    ),
    end: run(
      `update reservations set status = ?, charged = ?, settlement = ?, ended_at = ifnull(ended_at, ?),
       expired_seq = ifnull(expired_seq, ?) where key = ?`,
    ),
    rewrite: one<{ key: number }>('update reservations set body = ? where id = ? returning key'),
    addLine: run('insert into lines (pool, reservation) values (?, ?)'),
    linesOfPool: all<ReservationRow>(
      'select r.* from lines l join reservations r on r.key = l.reservation where l.pool = ? order by r.key',
    ),
    oldest: all<ReservationRow>('select * from reservations order by key limit ?'),
    dropLine: run('delete from lines where pool = ? and reservation = ?'),
    dropForgotten: run('delete from reservations where ended_at <= ?'),
    dropReservation: run('delete from reservations where key = ?'),
  }
}
