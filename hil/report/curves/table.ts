/**
 * Curves as a report page carries them: columns of numbers, short in print, that give back the same curves.
 *
 * Instants are whole microseconds, each written as its distance from the one before; figures that come again and again,
 * such as the volume of a motor step, stand once in a list and are named by their place in it.
 */
import { Bands } from '#hil/report/curves/bands'
import type { Curve } from '#hil/report/curves/curve'
import { Points } from '#hil/report/curves/points'
import { type Ramp, Ramps } from '#hil/report/curves/ramps'
import { type Flight, Stairs } from '#hil/report/curves/stairs'

export interface StairsTable {
  readonly kind: 'stairs'
  readonly start: number
  readonly after_us: readonly number[]
  readonly count: readonly number[]
  /** Interval in seconds and rise of each flight, by their place in `figures`. */
  readonly interval: readonly number[]
  readonly rise: readonly number[]
  readonly figures: readonly number[]
}

export interface RampsTable {
  readonly kind: 'ramps'
  readonly after_us: readonly number[]
  /** Rate a second of each ramp, by its place in `figures`. */
  readonly rate: readonly number[]
  readonly figures: readonly number[]
}

export interface PointsTable {
  readonly kind: 'points'
  readonly after_us: readonly number[]
  readonly values: readonly number[]
}

export interface BandsTable {
  readonly kind: 'bands'
  readonly bucket_s: number
  readonly ends: readonly number[]
  readonly below: readonly number[]
  readonly above: readonly number[]
}

export type CurveTable = StairsTable | RampsTable | PointsTable | BandsTable

/** How many parts a table has: what it costs on a page and to draw. */
export function rowsOf(table: CurveTable): number {
  return table.kind === 'bands' ? table.ends.length : table.after_us.length
}

export function stairsTable(flights: readonly Flight[], start = 0): StairsTable {
  const figures = new Figures()
  return {
    kind: 'stairs',
    start,
    after_us: distances_us(flights.map(({ first_s }) => first_s)),
    count: flights.map(({ count }) => count),
    interval: flights.map(({ count, interval_s }) => figures.place(count === 1 ? 0 : interval_s)),
    rise: flights.map(({ rise }) => figures.place(rise)),
    figures: figures.list,
  }
}

export function rampsTable(ramps: readonly Ramp[]): RampsTable {
  const figures = new Figures()
  return {
    kind: 'ramps',
    after_us: distances_us(ramps.map(({ from_s }) => from_s)),
    rate: ramps.map(({ rate }) => figures.place(rate)),
    figures: figures.list,
  }
}

export function pointsTable(at: readonly number[], values: readonly number[]): PointsTable {
  return { kind: 'points', after_us: distances_us(at), values: values.map(rounded) }
}

/** The extremes of a curve in `buckets` equal parts of the time up to `end_s`; undefined where it says nothing at all. */
export function bandsTable(curve: Curve, end_s: number, buckets: number): BandsTable | undefined {
  const bucket_s = end_s / buckets
  const ranges = Array.from({ length: buckets }, (_, index) => curve.within(index * bucket_s, (index + 1) * bucket_s))
  const known = ranges.find((range) => range !== undefined)
  if (known === undefined) return undefined
  let held = known.first
  const filled = ranges.map((range) => {
    const given = range ?? { first: held, last: held, least: held, most: held }
    held = given.last
    return given
  })
  const ends = [rounded(known.first), ...filled.map(({ last }) => rounded(last))]
  const beyond = (index: number, distance: (low: number, high: number) => number) => {
    const [from = 0, to = 0] = [ends[index], ends[index + 1]]
    return Math.max(0, rounded(distance(Math.min(from, to), Math.max(from, to))))
  }
  return {
    kind: 'bands',
    bucket_s,
    ends,
    below: filled.map(({ least }, index) => beyond(index, (low) => low - least)),
    above: filled.map(({ most }, index) => beyond(index, (_, high) => most - high)),
  }
}

/** The curve that a table was made of. */
export function curveOf(table: CurveTable): Stairs | Ramps | Points | Bands {
  switch (table.kind) {
    case 'stairs':
      return new Stairs(flightsOf(table), table.start)
    case 'ramps':
      return new Ramps(
        instants_s(table.after_us).map((from_s, index) => ({ from_s, rate: named(table, table.rate, index) })),
      )
    case 'points':
      return new Points(instants_s(table.after_us), table.values)
    case 'bands':
      return new Bands(table.bucket_s, table.ends, table.below, table.above)
  }
}

function flightsOf(table: StairsTable): readonly Flight[] {
  return instants_s(table.after_us).map((first_s, index) => ({
    first_s,
    interval_s: named(table, table.interval, index),
    count: table.count[index] ?? 0,
    rise: named(table, table.rise, index),
  }))
}

function named({ figures }: { readonly figures: readonly number[] }, places: readonly number[], index: number): number {
  return figures[places[index] ?? -1] ?? 0
}

/** Each figure once. */
class Figures {
  readonly list: number[] = []
  readonly #places = new Map<number, number>()

  place(figure: number): number {
    const known = this.#places.get(figure)
    if (known !== undefined) return known
    this.list.push(figure)
    this.#places.set(figure, this.list.length - 1)
    return this.list.length - 1
  }
}

function distances_us(instants_s: readonly number[]): readonly number[] {
  let before_us = 0
  return instants_s.map((t_s) => {
    const t_us = Math.round(t_s * 1e6)
    const distance_us = t_us - before_us
    before_us = t_us
    return distance_us
  })
}

function instants_s(after_us: readonly number[]): readonly number[] {
  let t_us = 0
  return after_us.map((distance_us) => {
    t_us += distance_us
    return t_us / 1e6
  })
}

const DIGITS = 10

/** To ten digits, which no drawing can tell from all of them. */
function rounded(value: number): number {
  return Number(value.toPrecision(DIGITS))
}
