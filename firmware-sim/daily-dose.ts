/**
 * The largest dose of any 24 hours that a pump will have given if nobody interferes.
 *
 * A window that ends now counts only what has flowed. Soon after a start that is little, so that a bolus is let through
 * and the basal still to come takes the dose over the limit: the mistake of the published Open PCA requirement. Here
 * every window that ends now or later counts, with all that the therapy will have given in it.
 */
import { started } from '#firmware-sim/clock'
import type { RateLine, RatePiece } from '#firmware-sim/dose-history'
import type { Bolus, Contents, Dose, DoseRate, Therapy } from '#firmware-sim/messages'
import type { PumpModel } from '#firmware-sim/model'
import { massRate, spread, volumeRate } from '#firmware-sim/therapy/dose'
import type { PatternPlace } from '#firmware-sim/therapy/kind'
import { basalRate, horizonOf, nextStart } from '#firmware-sim/therapy/therapies'
import { as, DAY_us, type Time_us } from '#units/quantity'
import { add, compare, equal, isZero, larger, multiply, type Rational, subtract, ZERO } from '#units/rational'

/** What will be given: rates from now on. */
export interface Plan {
  /** The first of them begins now. */
  readonly pieces: RateLine
  /** How far the plan looks: far enough that no later window holds more. */
  readonly until_us: Time_us
}

/** A bolus as it runs, at a constant rate. */
export interface PlannedBolus {
  readonly from_us: Time_us
  readonly end_us: Time_us
  readonly rate: Rational
}

/** How doses are counted: in micrograms or in microliters. */
export interface Measure {
  /** The rate of a therapy under all boluses. */
  readonly basalOf: (therapy: Therapy) => Rational
  readonly rateOf: (dose: DoseRate) => Rational
}

/**
 * Most boluses a plan starts. The densest pattern a pump takes, one a minute of up to 16 min each, starts 2898 in its
 * horizon of two days, an interval and a bolus.
 */
const MOST_STARTS = 2900

const START: Time_us = as(ZERO)

/** Doses counted by mass or by volume, with what the pump believes it holds. */
export function measureOf(by: Dose['by'], contents: Contents, model: PumpModel): Measure {
  const rateOf = (dose: DoseRate) => (by === 'mass' ? massRate(dose, contents) : volumeRate(dose, contents))
  return {
    rateOf,
    basalOf: (therapy) => rateOf({ by: 'volume', rate_uL_per_us: basalRate(therapy, contents, model) }),
  }
}

/** What one bolus gives. */
export function bolusOf({ rateOf }: Measure, { dose, over_us }: Bolus): Rational {
  return multiply(rateOf(spread(dose, over_us)), over_us)
}

/**
 * The largest dose in any 24 h that end now or later: exactly, in the unit of the lines.
 *
 * `past` counts up to now, and nothing was given before it begins. Between changes of rate at either end of the window
 * its dose changes steadily, so the largest one has a change, now or the end of the plan at one of its ends. Takes time
 * in proportion to the pieces. Throws RangeError for a plan that does not begin now.
 */
export function largestDailyDose(past: RateLine, now_us: Time_us, { pieces, until_us }: Plan): Rational {
  const first = pieces[0]
  if (first === undefined || !equal(first.from_us, now_us)) throw new RangeError('a plan begins now')
  const before = past.filter(({ from_us }) => compare(from_us, now_us) < 0)
  const knots = accumulated([...before, ...pieces.filter(({ from_us }) => compare(from_us, until_us) <= 0)])
  const dayBefore = rising(knots)
  const dayAfter = rising(knots)
  let largest = ZERO
  for (const { from_us, given } of knots) {
    if (compare(from_us, now_us) >= 0) {
      largest = larger(largest, subtract(given, dayBefore(subtract(from_us, DAY_us))))
    }
    const end_us = add(from_us, DAY_us)
    if (compare(end_us, now_us) >= 0 && compare(end_us, until_us) <= 0) {
      largest = larger(largest, subtract(dayAfter(end_us), given))
    }
  }
  return larger(largest, subtract(rising(knots)(until_us), dayBefore(subtract(until_us, DAY_us))))
}

/** The largest dose of any 24 h of a therapy that has been running for long, without anything on top of it. */
export function dailyOf(therapy: Therapy, measure: Measure): Rational {
  const place = { began_us: START, clock: started(START, START), from_us: START, after: null }
  return largestDailyDose([], START, therapyPlan(START, therapy, place, measure))
}

/**
 * What a therapy gives from now on, by the starts that come after its place in the pattern. Boluses that have started
 * are no part of it: add them with {@link overlaid}.
 *
 * Throws RangeError for a pattern denser than any that a pump takes, or one with a bolus that lasts no time.
 */
export function therapyPlan(now_us: Time_us, therapy: Therapy, place: PatternPlace, measure: Measure): Plan {
  const until_us = as<Time_us>(add(now_us, horizonOf(therapy)))
  const basal = { pieces: [{ from_us: now_us, rate: measure.basalOf(therapy) }], until_us }
  const boluses: PlannedBolus[] = []
  let start = nextStart(therapy, place)
  while (start !== null && compare(start.at_us, until_us) < 0) {
    if (boluses.length === MOST_STARTS) {
      throw new RangeError(
        `a pattern starts more than ${MOST_STARTS} boluses in the time to look at; give fewer, larger ones`,
      )
    }
    const { at_us, dose, over_us } = start
    boluses.push({ from_us: at_us, end_us: as(add(at_us, over_us)), rate: measure.rateOf(spread(dose, over_us)) })
    start = nextStart(therapy, { ...place, after: start.index })
  }
  return overlaid(basal, boluses)
}

/**
 * A plan with boluses on top of it; what they gave before now is not part of it.
 *
 * Boluses that have all started by now need no longer look: what they add to a later window only falls, so a round of
 * the pattern that is over early holds as much as any after it.
 */
export function overlaid({ pieces, until_us }: Plan, boluses: readonly PlannedBolus[]): Plan {
  const first = pieces[0]
  if (first === undefined) return { pieces, until_us }
  const changes: RatePiece[] = []
  for (const [index, { from_us, rate }] of pieces.entries()) {
    changes.push({ from_us, rate: subtract(rate, pieces[index - 1]?.rate ?? ZERO) })
  }
  const running = boluses.filter(({ from_us, end_us }) => compare(end_us, larger(from_us, first.from_us)) > 0)
  for (const { from_us, rate } of running) changes.push({ from_us: as(larger(from_us, first.from_us)), rate })
  for (const { end_us, rate } of running) changes.push({ from_us: end_us, rate: subtract(ZERO, rate) })
  return { pieces: summed(changes.filter(({ from_us }) => compare(from_us, until_us) < 0)), until_us }
}

/** The rates that changes of rate add up to, one piece for each instant at which something changes. */
function summed(changes: readonly RatePiece[]): RateLine {
  const pieces: RatePiece[] = []
  let rate = ZERO
  for (const change of changes.toSorted((a, b) => compare(a.from_us, b.from_us))) {
    rate = add(rate, change.rate)
    const last = pieces.at(-1)
    if (last !== undefined && equal(last.from_us, change.from_us)) pieces.pop()
    pieces.push({ from_us: change.from_us, rate })
  }
  return pieces.filter((piece, index) => index === 0 || !equal(piece.rate, pieces[index - 1]?.rate ?? ZERO))
}

/** A change of rate, with all that was given up to it. */
interface Knot extends RatePiece {
  readonly given: Rational
}

function accumulated(line: RateLine): readonly Knot[] {
  const knots: Knot[] = []
  for (const { from_us, rate } of line) {
    const last = knots.at(-1)
    knots.push({ from_us, rate, given: last === undefined ? ZERO : givenBy(last, from_us) })
  }
  return knots
}

function givenBy({ from_us, rate, given }: Knot, at_us: Rational): Rational {
  return isZero(rate) ? given : add(given, multiply(rate, subtract(at_us, from_us)))
}

/** All that was given up to an instant; to be asked for instants that rise, which it follows in one pass. */
function rising(knots: readonly Knot[]): (at_us: Rational) => Rational {
  let passed = 0
  return (at_us) => {
    for (let next = knots[passed]; next !== undefined && compare(next.from_us, at_us) <= 0; next = knots[passed]) {
      passed += 1
    }
    const last = knots[passed - 1]
    return last === undefined ? ZERO : givenBy(last, at_us)
  }
}
