/**
 * Where a staircase and a line meet in detail: parts of a flight during which the line grows at a constant rate.
 */
import type { Beat } from '#hil/oracle/beat'
import { greatestCommonDivisor } from '#hil/oracle/common-unit'
import { type RuledLine, type RuledPiece, valueOn, valueRulings } from '#hil/oracle/ruled'
import type { Flight, Staircase } from '#hil/oracle/staircase'
import { countThrough, lastTick, slice, tickOf } from '#units/cadence'

/** Instants of one flight during which the rate of the line is constant. All numbers are rulings. */
export interface Stretch {
  /** The staircase less the line after each instant, relative to the first. */
  readonly beat: Beat
  readonly rise: bigint
  /** Height of the staircase before the first instant, and value of the line at it. */
  readonly below: bigint
  readonly prescribed: bigint
  readonly timeOf: (index: number) => bigint
}

/** The stretches of the flights, in order of time; rises are whole numbers of rulings of the line, of either sign. */
export function* stretchesOf(flights: Staircase, line: RuledLine): Generator<Stretch> {
  const units = new Map<bigint, bigint>()
  let [below, last, index] = [0n, 0n, -1]
  for (const flight of flights) {
    const rise = valueRulings(line, flight.rise)
    if (rise !== last) units.clear()
    last = rise
    const ticks = BigInt(flight.tick_us) * line.perMicrosecond
    for (let from = 0; from < flight.cadence.count; ) {
      const start = BigInt(tickOf(flight.cadence, from)) * ticks
      for (let next = line.pieces[index + 1]; next !== undefined && next.from <= start; next = line.pieces[index + 1]) {
        index += 1
      }
      const piece = line.pieces[index]
      const to = countBefore(flight, ticks, line.pieces[index + 1])
      const slope = (piece?.rate ?? 0n) * ticks
      const unit = units.get(slope) ?? greatestCommonDivisor(rise, slope)
      units.set(slope, unit)
      const cadence = from === 0 && to === flight.cadence.count ? flight.cadence : slice(flight.cadence, from, to)
      const { count, quotient, remainder, phase, divisor } = cadence
      yield {
        beat: { count, a: rise - slope * BigInt(quotient), b: -slope, unit: unit || 1n, remainder, phase, divisor },
        rise,
        below,
        prescribed: valueOn(piece, line.pieces[0], start),
        timeOf: (j) => BigInt(tickOf(cadence, j)) * ticks,
      }
      below += rise * BigInt(count)
      from = to
    }
  }
}

/** How many instants of a flight come before the next piece of the line. */
function countBefore(flight: Flight, ticks: bigint, next: RuledPiece | undefined): number {
  if (next === undefined || BigInt(lastTick(flight.cadence)) * ticks < next.from) return flight.cadence.count
  return countThrough(flight.cadence, Number((next.from - 1n) / ticks))
}
