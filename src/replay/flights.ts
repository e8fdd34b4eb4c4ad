import type { Reservation } from '../core/budget/ledger.js'
import type { AssessedEvent, Run } from '../core/run.js'

/** A request that is in flight or waits, and what it holds. */
export interface Flight {
  run: Run | undefined
  reservation: Reservation | undefined
  /** What a service will have answered. */
  assessed: AssessedEvent | undefined
}

/**
 * Requests in flight or waiting, by row. A few records are used again and again: stores into an array of the log's length, or
 * a map that is filled and emptied all the time, are what a young-generation collection has to go through.
 */
export interface Flights {
  /** The row's record, made if there is none. */
  of(row: number): Flight
  find(row: number): Flight | undefined
  leave(row: number): void
  forEach(visit: (row: number, flight: Flight) => void): void
}

const NO_PLACE = -1

export function createFlights(rows: number): Flights {
  const places = new Int32Array(rows).fill(NO_PLACE)
  const flights: Flight[] = []
  const free: number[] = []
  return {
    of(row) {
      const place = places[row] as number
      if (place !== NO_PLACE) return flights[place] as Flight
      const taken =
        free.pop() ?? flights.push({ run: undefined, reservation: undefined, assessed: undefined }) - 1
      places[row] = taken
      return flights[taken] as Flight
    },
    find(row) {
      const place = places[row] as number
      return place === NO_PLACE ? undefined : flights[place]
    },
    leave(row) {
      const place = places[row] as number
      if (place === NO_PLACE) return
      const flight = flights[place] as Flight
      flight.run = undefined
      flight.reservation = undefined
      flight.assessed = undefined
      places[row] = NO_PLACE
      free.push(place)
    },
    forEach(visit) {
      places.forEach((place, row) => {
        if (place !== NO_PLACE) visit(row, flights[place] as Flight)
      })
    },
  }
}
