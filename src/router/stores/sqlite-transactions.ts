import { StoreError } from '../store.js'
import {
  asStoreError,
  isBusy,
  openLedgerFile,
  type SqliteDatabase,
  type SqliteStatement,
} from './sqlite-file.js'

/** Does its work in the transaction; what it returns is called once that is on the disk, and gives the answer. */
export type Work<Connection, Answer> = (connection: Connection) => () => Answer

export interface Transactions<Connection> {
  /** One after the other, in the order of the calls. */
  write<Answer>(work: Work<Connection, Answer>): Promise<Answer>
  /** Sees one moment of the file and holds nobody up. */
  read<Answer>(work: (connection: Connection) => Answer): Promise<Answer>
  close(): void
}

export interface TransactionOptions<Connection> {
  readonly path: string
  readonly busyTimeoutMs: number
  /** What is prepared once for each time the file is opened. */
  readonly connect: (db: SqliteDatabase) => Connection
}

/** Most operations that share a transaction: others wait for the lock meanwhile. */
const BATCH = 64
const PAUSE_MS = 1

/**
 * Transactions of one process on a file that others use too. Waiting for the lock does not stop the process: it asks again
 * every millisecond, so that whoever waits gets in between two operations of a busy neighbour. Operations that were called
 * meanwhile share one transaction, as one write to the disk is enough for all of them; each is answered after it.
 */
export function createTransactions<Connection>(
  options: TransactionOptions<Connection>,
): Transactions<Connection> {
  return new TransactionQueue(options)
}

interface Job<Connection> {
  readonly since: number
  readonly work: Work<Connection, unknown>
  readonly resolve: (answer: never) => void
  readonly reject: (error: unknown) => void
}

interface Opened<Connection> {
  readonly db: SqliteDatabase
  readonly connection: Connection
  readonly begin: Readonly<Record<'read' | 'write', SqliteStatement>>
  readonly commit: SqliteStatement
}

class TransactionQueue<Connection> implements Transactions<Connection> {
  readonly #options: TransactionOptions<Connection>
  readonly #jobs: Job<Connection>[] = []
  #opened: Opened<Connection> | undefined
  #draining = false
  #closed = false

  constructor(options: TransactionOptions<Connection>) {
    this.#options = options
  }

  write<Answer>(work: Work<Connection, Answer>): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#jobs.push({ since: performance.now(), work, resolve, reject })
      if (!this.#draining) void this.#drain()
    })
  }

  async read<Answer>(work: (connection: Connection) => Answer): Promise<Answer> {
    try {
      return await this.#whenFree('read', performance.now(), ({ connection, commit }) => {
        const answer = work(connection)
        commit.run()
        return answer
      })
    } catch (error) {
      throw asStoreError(this.#options.path, error)
    }
  }

  close(): void {
    this.#closed = true
    this.#reset()
  }

  async #drain(): Promise<void> {
    this.#draining = true
    // What is called in the same turn of the event loop comes along.
    await Promise.resolve()
    for (let [job] = this.#jobs; job !== undefined; [job] = this.#jobs) {
      try {
        await this.#whenFree('write', job.since, (opened) => this.#runBatch(opened))
      } catch (error) {
        // No transaction was begun: the job has waited for long enough, or the file cannot be opened.
        this.#jobs.shift()?.reject(asStoreError(this.#options.path, error))
      }
    }
    this.#draining = false
  }

  /** Begins as soon as nobody else writes, and does the rest in the same turn. */
  async #whenFree<Answer>(
    kind: 'read' | 'write',
    since: number,
    run: (opened: Opened<Connection>) => Answer,
  ): Promise<Answer> {
    for (;;) {
      const opened = this.#begun(kind, since)
      if (opened !== undefined) return this.#orReset(() => run(opened))
      await new Promise((resume) => setTimeout(resume, PAUSE_MS))
    }
  }

  #begun(kind: 'read' | 'write', since: number): Opened<Connection> | undefined {
    if (this.#closed) throw new StoreError(`${this.#options.path}: the store is closed`)
    try {
      const opened = this.#open()
      opened.begin[kind].run()
      return opened
    } catch (error) {
      if (isBusy(error) && performance.now() - since < this.#options.busyTimeoutMs) return undefined
      this.#reset()
      throw error
    }
  }

  #open(): Opened<Connection> {
    if (this.#opened !== undefined) return this.#opened
    const db = openLedgerFile(this.#options.path)
    this.#opened = {
      db,
      connection: this.#options.connect(db),
      begin: { read: db.prepare('begin'), write: db.prepare('begin immediate') },
      commit: db.prepare('commit'),
    }
    return this.#opened
  }

  #runBatch({ connection, commit }: Opened<Connection>): void {
    const batch = this.#jobs.splice(0, BATCH)
    const finish: (() => unknown)[] = []
    try {
      for (const { work } of batch) finish.push(work(connection))
      commit.run()
    } catch (error) {
      this.#reset()
      return this.#fail(batch, finish.length, error)
    }
    batch.forEach((job, index) => answer(job, finish[index] as () => never))
  }

  /** Nobody knows what became of any of them; the one that failed says why. */
  #fail(batch: readonly Job<Connection>[], failed: number, error: unknown): void {
    const { path } = this.#options
    const own = asStoreError(path, error)
    const others = own instanceof StoreError ? own : new StoreError(`${path}: not written`, { cause: error })
    batch.forEach(({ reject }, index) => reject(index === failed ? own : others))
  }

  #orReset<Answer>(run: () => Answer): Answer {
    try {
      return run()
    } catch (error) {
      this.#reset()
      throw error
    }
  }

  /** Rolls back, and opens the file anew when it is needed: nothing that was prepared before an error is trusted after it. */
  #reset(): void {
    const opened = this.#opened
    this.#opened = undefined
    opened?.db.close()
  }
}

function answer<Connection>({ resolve, reject }: Job<Connection>, finish: () => never): void {
  try {
    resolve(finish())
  } catch (error) {
    reject(error)
  }
}
