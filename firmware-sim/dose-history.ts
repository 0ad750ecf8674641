/**
 * What the program gave in the past 24 hours, as rates that held from one instant to the next.
 *
 * It is what a daily limit is measured against, so it may overstate what was given but never understates it, and it is
 * bounded however often the rate changes. Nothing was given before the first piece; the last one goes on.
 */
import { as, DAY_us, type MassRate_ug_per_us, type Time_us, type VolumeRate_uL_per_us } from '#units/quantity'
import {
  add,
  ceil,
  compare,
  divide,
  equal,
  larger,
  multiply,
  type Rational,
  ratio,
  subtract,
  times,
  ZERO,
} from '#units/rational'

/** A rate that holds from an instant until the next piece begins. */
export interface RatePiece {
  readonly from_us: Time_us
  readonly rate: Rational
}

/** Rates in order of time: a dose that grows in straight lines, nothing before the first of them. */
export type RateLine = readonly RatePiece[]

/** What is being given: the same flow as mass and as volume. */
export interface Giving {
  /** The drug in the reservoir; null where a piece stands for more than one, whose mass counts as any of them. */
  readonly drug: string | null
  readonly mass_ug_per_us: MassRate_ug_per_us
  readonly volume_uL_per_us: VolumeRate_uL_per_us
}

export interface GivenPiece extends Giving {
  readonly from_us: Time_us
}

/** Pieces in order of time, each held until the next begins. */
export type History = readonly GivenPiece[]

/** Most pieces of a history: every change of a day with a bolus each six minutes. */
export const MOST_PIECES = 512

/** Merges done at once, so that the next change need not merge again. */
const MOST_MERGES = MOST_PIECES / 4

/** Parts of a unit a microsecond that a mean is rounded to: less than 10^-13 of a unit a day. */
const FINEST = 10n ** 24n

export const NOTHING_GIVEN: History = []

/**
 * The history when the pump gives something else from the instant on. What is said last of an instant holds. What lies
 * more than 24 h back is dropped, and pieces are merged where there would be more than {@link MOST_PIECES}.
 *
 * Throws RangeError for an instant before the last change.
 */
export function noted(history: History, at_us: Time_us, giving: Giving): History {
  const last = history.at(-1)
  if (last !== undefined && compare(at_us, last.from_us) < 0) {
    throw new RangeError(`a change of rate at ${at_us.n}/${at_us.d} us lies before the last one; note changes in order`)
  }
  const before = last !== undefined && equal(last.from_us, at_us) ? history.slice(0, -1) : history
  const previous = before.at(-1)
  if (previous !== undefined && isSame(previous, giving)) return before
  const { drug, mass_ug_per_us, volume_uL_per_us } = giving
  const grown = [...recent(before, at_us), { from_us: at_us, drug, mass_ug_per_us, volume_uL_per_us }]
  return grown.length > MOST_PIECES ? shortened(grown) : grown
}

/** The mass of one drug; a piece that stands for several drugs counts in full. */
export function massLine(history: History, drug: string): RateLine {
  return history.map((piece) => ({
    from_us: piece.from_us,
    rate: piece.drug === null || piece.drug === drug ? piece.mass_ug_per_us : ZERO,
  }))
}

/** The volume, whatever the drug. */
export function volumeLine(history: History): RateLine {
  return history.map(({ from_us, volume_uL_per_us }) => ({ from_us, rate: volume_uL_per_us }))
}

function isSame(a: Giving, b: Giving): boolean {
  return a.drug === b.drug && equal(a.mass_ug_per_us, b.mass_ug_per_us) && equal(a.volume_uL_per_us, b.volume_uL_per_us)
}

/** The pieces of the 24 h before the instant, the oldest cut to them so that a merge mixes nothing older in. */
function recent(history: History, at_us: Time_us): History {
  const since_us = as<Time_us>(subtract(at_us, DAY_us))
  const first = history.findLastIndex(({ from_us }) => compare(from_us, since_us) <= 0)
  const oldest = history[first]
  return oldest === undefined ? history : [{ ...oldest, from_us: since_us }, ...history.slice(first + 1)]
}

/** Two neighbors whose rates fall, as one piece. */
interface Merge {
  /** Place of the first of them. */
  readonly place: number
  readonly merged: GivenPiece
  /** By how much a look back from within overstates the mass. */
  readonly excess: Rational
}

/**
 * Fewer pieces: neighbors whose rates fall become one at their mean, those first that it changes least; where none
 * fall, the two oldest become one at the higher rate. The piece that has just begun stays as it is.
 *
 * Limits look back from some instant to the present. Of rates that fall, the mean gives as much in all and more of it
 * late, so that no look back sees less. A steady pattern therefore keeps its true total however dense it is.
 */
function shortened(history: History): History {
  const falling = fallingMerges(history).toSorted((a, b) => compare(a.excess, b.excess))
  const [first, second] = history
  if (falling.length === 0 && first !== undefined && second !== undefined) {
    return [atHigher(first, second), ...history.slice(2)]
  }
  const chosen = new Map<number, GivenPiece>()
  for (const { place, merged } of falling) {
    if (chosen.size === MOST_MERGES) break
    if (!chosen.has(place - 1) && !chosen.has(place + 1)) chosen.set(place, merged)
  }
  return history.flatMap((piece, place) => (chosen.has(place - 1) ? [] : [chosen.get(place) ?? piece]))
}

function fallingMerges(history: History): Merge[] {
  const merges: Merge[] = []
  for (const [place, first] of history.entries()) {
    const [second, next] = [history[place + 1], history[place + 2]]
    if (second === undefined || next === undefined || !isFalling(first, second)) continue
    const late_us = subtract(next.from_us, second.from_us)
    const merged = atMean(first, second, divide(late_us, subtract(next.from_us, first.from_us)))
    const excess = multiply(subtract(merged.mass_ug_per_us, second.mass_ug_per_us), late_us)
    merges.push({ place, merged, excess })
  }
  return merges
}

function isFalling(first: GivenPiece, second: GivenPiece): boolean {
  return (
    first.drug === second.drug &&
    compare(first.mass_ug_per_us, second.mass_ug_per_us) >= 0 &&
    compare(first.volume_uL_per_us, second.volume_uL_per_us) >= 0
  )
}

/** The second lasts the given part of the two. */
function atMean(first: GivenPiece, second: GivenPiece, part: Rational): GivenPiece {
  const mean = (a: Rational, b: Rational) => rounded(add(a, multiply(subtract(b, a), part)))
  return {
    ...first,
    mass_ug_per_us: as(mean(first.mass_ug_per_us, second.mass_ug_per_us)),
    volume_uL_per_us: as(mean(first.volume_uL_per_us, second.volume_uL_per_us)),
  }
}

/** A rate whose fraction has grown long from many merges, rounded up; any other as it is. */
function rounded(rate: Rational): Rational {
  return rate.d <= FINEST ? rate : ratio(ceil(times(rate, FINEST)), FINEST)
}

function atHigher(first: GivenPiece, second: GivenPiece): GivenPiece {
  return {
    from_us: first.from_us,
    drug: first.drug === second.drug ? first.drug : null,
    mass_ug_per_us: as(larger(first.mass_ug_per_us, second.mass_ug_per_us)),
    volume_uL_per_us: as(larger(first.volume_uL_per_us, second.volume_uL_per_us)),
  }
}
