import type { PoolAudit, PoolName } from '../../core/budget/audit.js'
import type { BudgetHint } from '../../core/budget/budget-hint.js'
import type { Budget } from '../../core/budget/budget.js'
import type { PoolClaim } from '../../core/budget/claims.js'
import { createWindow } from '../../core/budget/index.js'
import type { Ending } from '../../core/budget/ledger.js'
import { createReservationBook } from '../../core/budget/reservation-book.js'
import type { WindowSpec } from '../../core/policy-schema.js'
import type { StoreAdmission, StoreAdmitRequest, StoreState } from '../store.js'
import { answerAdmit } from './answer-admit.js'
import { endInBook, expiry, type Ended } from './end-in-book.js'
import { readAudit } from './sqlite-audit.js'
import { changesBudgets, readBook, writeBook } from './sqlite-book.js'
import type { SqliteDatabase } from './sqlite-file.js'
import { partOfClaims, partOfReservation, type BookPart, type Definition } from './sqlite-part.js'
import { bodyOf, poolKeysOf, savedReservation, type MetaRow, type ReservationRow } from './sqlite-rows.js'
import { prepareStatements, type Statements } from './sqlite-statements.js'

/** Most reservations that one operation forgets: none holds the others up for long. */
const FORGOTTEN_AT_ONCE = 50

/** Time and number of an operation. */
export interface Moment {
  readonly at: number
  /** After those of what expired at its beginning. */
  seq: number
  /** What the file counts as the last number until `tock`. */
  readonly issued: number
}

/** The core refused to do it, before anything was changed: the caller's mistake. */
export class WrongUse extends Error {
  override readonly name = 'WrongUse'
}

/** The ledger in an open file. Each method is part of a transaction: it reads what it touches, asks the core, and writes it back. */
export class SqliteLedger {
  readonly #statements: Statements
  readonly #rememberMs: number
  #definitions: readonly Definition[] = []
  #version = -1

  constructor(db: SqliteDatabase, rememberMs: number) {
    this.#statements = prepareStatements(db)
    this.#rememberMs = rememberMs
  }

  /** Begins an operation: time never decreases, what is due expires, what is old enough is forgotten. */
  tick(now: number): Moment {
    const tick = this.#statements.tick(now)
    if (tick === undefined) throw new Error('the file must have its meta row')
    const { at, due, oldestEnd, definitions, seq } = tick
    this.#define(definitions)
    const moment = { at, seq, issued: seq }
    if (due !== 0) this.#expire(moment)
    if (oldestEnd !== null && this.#isForgotten(oldestEnd, at)) this.#forget(at)
    return moment
  }

  /** Ends an operation. `seq` is the last number that was used. */
  tock(moment: Moment, seq: number): void {
    if (seq !== moment.issued) this.#statements.numbered(seq)
  }

  admit(request: StoreAdmitRequest, at: number): StoreAdmission {
    const known = this.find(request.id, at)
    const part =
      known === undefined
        ? partOfClaims(this.#statements, this.#definitions, request.plan.pools)
        : this.#partOf(known)
    const answer = asked(() => answerAdmit(part.book, request, at))
    if (known === undefined && answer.kind === 'admitted') this.#insert(request.id, part)
    return answer
  }

  end(id: string, ending: Ending): Ended {
    return this.#end(id, ending, null)
  }

  /** What is due and has not expired yet counts as held, and so the same. */
  use(pool: PoolClaim, now: number): BudgetHint {
    const { definitions, at } = this.#meta()
    this.#define(definitions)
    const { ledger } = partOfClaims(this.#statements, this.#definitions, [pool]).book
    return ledger.use(ledger.openOnce(pool), Math.max(now, at ?? now))
  }

  /** A reservation that is not forgotten; one whose time of being remembered is over may still be in the file. */
  find(id: string, at: number): ReservationRow | undefined {
    const row = this.#statements.reservation(id)
    if (row === undefined || !this.#isForgotten(row.ended_at, at)) return row
    this.#drop(row)
    return undefined
  }

  /** Whether the file's budgets differ from these; those that the list does not name stay as they are. */
  wouldChange(budgets: readonly Budget[]): boolean {
    this.#define(this.#meta().definitions)
    return changesBudgets(this.#definitions, budgets)
  }

  /** Budgets of a policy that starts: in a ledger that was used before, the same as a change of policy. */
  start(budgets: readonly Budget[], now: number): void {
    if (!this.wouldChange(budgets)) return
    if (this.#meta().at === null) return this.configure(budgets, now)
    const moment = this.tick(now)
    this.configure(budgets, moment.at)
    this.tock(moment, moment.seq)
  }

  /** Rare: the whole book is read, changed by the core, and written anew. */
  configure(budgets: readonly Budget[], at: number): void {
    if (!this.wouldChange(budgets)) return
    this.#statements.dropForgotten(at - this.#rememberMs)
    const whole = readBook(this.#statements, () => true)
    const book = createReservationBook([], whole)
    book.configure(budgets, at)
    writeBook(this.#statements, book.save())
    this.#define(this.#meta().definitions)
  }

  save(): StoreState {
    const { seq, at } = this.#meta()
    const ledger = readBook(this.#statements, (row) => !this.#isForgotten(row.ended_at, at))
    return { seq, at: at ?? -Infinity, ledger }
  }

  audit(pool: PoolName): PoolAudit {
    const { at } = this.#meta()
    return readAudit(this.#statements, pool, (row) => !this.#isForgotten(row.ended_at, at))
  }

  #meta(): MetaRow {
    const meta = this.#statements.meta()
    if (meta === undefined) throw new Error('the file must have its meta row')
    return meta
  }

  #define(version: number): void {
    if (version === this.#version) return
    this.#definitions = this.#statements.budgets().map(({ slot, id, scope, window }) => {
      const spec = JSON.parse(window) as WindowSpec
      return { slot, id, scope, spec, window: createWindow(spec) }
    })
    this.#version = version
  }

  #partOf(row: ReservationRow): BookPart {
    return partOfReservation(this.#statements, this.#definitions, savedReservation(row))
  }

  #insert(id: string, part: BookPart): void {
    const reservation = part.book.get(id)
    if (reservation === undefined) throw new Error(`the part must have the reservation ${id}`)
    const saved = part.write(id, reservation)
    const { admittedAt, expiresAt, choice } = saved
    const { reserve, addLine } = this.#statements
    const key = Number(
      reserve(id, admittedAt, expiresAt, choice.reservedNanoUsd, bodyOf(saved)).lastInsertRowid,
    )
    for (const pool of poolKeysOf(saved)) addLine(pool, key)
  }

  #end(id: string, ending: Ending, expiredSeq: number | null): Ended {
    const row = this.find(id, ending.at)
    const part = row === undefined ? partOfClaims(this.#statements, this.#definitions, []) : this.#partOf(row)
    const ended = asked(() => endInBook(part.book, id, ending))
    const reservation = part.book.get(id)
    if (row === undefined || reservation === undefined || ended.answer.status === 'duplicate') return ended
    part.write(id, reservation)
    const { status, charged, settlement } = reservation
    this.#statements.end(status, charged, settlement ?? null, ending.at, expiredSeq, row.key)
    return ended
  }

  #expire(moment: Moment): void {
    for (const { id, reserved } of this.#statements.due(moment.at))
      this.#end(id, expiry(reserved, moment.at), moment.seq++)
  }

  /** In the order of admission, up to one that is still remembered: whatever is behind it is forgotten all the same. */
  #forget(at: number): void {
    for (const row of this.#statements.oldest(FORGOTTEN_AT_ONCE)) {
      if (!this.#isForgotten(row.ended_at, at)) return
      this.#drop(row)
    }
  }

  #isForgotten(endedAt: number | null, at: number | null): boolean {
    return endedAt !== null && at !== null && endedAt + this.#rememberMs <= at
  }

  #drop(row: ReservationRow): void {
    for (const pool of poolKeysOf(savedReservation(row))) this.#statements.dropLine(pool, row.key)
    this.#statements.dropReservation(row.key)
  }
}

function asked<Answer>(ask: () => Answer): Answer {
  try {
    return ask()
  } catch (error) {
    if (error instanceof RangeError) throw new WrongUse(error.message, { cause: error })
    throw error
  }
}
