/** Rows of a sparse matrix, one behind the other (compressed sparse rows). */
export interface SparseMatrix {
  readonly rows: number
  readonly columns: number
  /** Where a row begins in `indices` and `values`; one more than there are rows. */
  readonly starts: Int32Array
  readonly indices: Int32Array
  readonly values: Float64Array
}

/** Gathers rows as they come. */
export class SparseMatrixBuilder {
  readonly #columns: number
  readonly #starts: number[] = [0]
  #indices = new Int32Array(1 << 16)
  #values = new Float64Array(1 << 16)
  #size = 0

  constructor(columns: number) {
    this.#columns = columns
  }

  /** An entry of the row that is being made; zeros are left out. */
  put(column: number, value: number): void {
    if (value === 0) return
    if (this.#size === this.#values.length) this.#grow()
    this.#indices[this.#size] = column
    this.#values[this.#size++] = value
  }

  endRow(): void {
    this.#starts.push(this.#size)
  }

  build(): SparseMatrix {
    return {
      rows: this.#starts.length - 1,
      columns: this.#columns,
      starts: Int32Array.from(this.#starts),
      indices: this.#indices.slice(0, this.#size),
      values: this.#values.slice(0, this.#size),
    }
  }

  #grow(): void {
    const indices = new Int32Array(2 * this.#size)
    const values = new Float64Array(2 * this.#size)
    indices.set(this.#indices)
    values.set(this.#values)
    this.#indices = indices
    this.#values = values
  }
}
