/**
 * The largest dose of any 24 hours: over a stretch of a line, and of a therapy that goes on for ever.
 *
 * A line grows at constant rates, so what it grows in a sliding window changes steadily except where an end of the
 * window crosses a change of rate. The largest growth is therefore at such a moment or at an end of the stretch, and
 * visiting those is exact. A therapy repeats after a week or after its interval, so one round of it tells for ever.
 */
import { type Flow, spread } from '#hil/oracle/flow'
import { changeRate, type Line, type LinePiece, valueAt } from '#hil/oracle/line'
import { type Therapy, WEEKDAYS } from '#hil/scenario/types'
import { DAY_us } from '#units/quantity'
import {
  add,
  compare,
  divide,
  floor,
  isPositive,
  larger,
  multiply,
  type Rational,
  smaller,
  subtract,
  sum,
  times,
  ZERO,
} from '#units/rational'

/** Ends of the window, from one instant to another. */
interface Ends {
  readonly from_us: Rational
  readonly to_us: Rational
}

/** The largest F(x) - F(x - window_us) over all x of the stretch. Takes O(n) for n pieces. */
export function largestGrowth(line: Line, window_us: Rational, { from_us, to_us }: Ends): Rational {
  let [head, tail] = [lastBy(line, -1, from_us), lastBy(line, -1, subtract(from_us, window_us))]
  let x_us = from_us
  let growth = subtract(valueAt(line, from_us), valueAt(line, subtract(from_us, window_us)))
  let largest = growth
  while (compare(x_us, to_us) < 0) {
    const [ahead, behind] = [line[head + 1], line[tail + 1]]
    let next_us = to_us
    if (ahead !== undefined) next_us = smaller(next_us, ahead.from_us)
    if (behind !== undefined) next_us = smaller(next_us, add(behind.from_us, window_us))
    const slope = subtract(line[head]?.rate ?? ZERO, line[tail]?.rate ?? ZERO)
    growth = add(growth, multiply(slope, subtract(next_us, x_us)))
    largest = larger(largest, growth)
    x_us = next_us
    head = lastBy(line, head, x_us)
    tail = lastBy(line, tail, subtract(x_us, window_us))
  }
  return largest
}

/** Index of the last piece that begins by `at_us`, no earlier than `index`; -1 before the first. */
function lastBy(line: Line, index: number, at_us: Rational): number {
  let found = index
  for (let next = line[found + 1]; next !== undefined && compare(next.from_us, at_us) <= 0; next = line[found + 1]) {
    found += 1
  }
  return found
}

/** What of a therapy's flows counts: its mass, or its volume, at a concentration. */
export type Measure = (flow: Flow) => Rational

/** Something that flows from an instant of every round on, 0 <= from_us < period. */
interface Arc {
  readonly from_us: Rational
  readonly over_us: Rational
  readonly rate: Rational
}

const WEEK_us = times(DAY_us, WEEKDAYS.length)

/** The most that a therapy gives in any 24 hours once it has gone on for long; `basal` is what flows without boluses. */
export function steadyDailyDose(therapy: Therapy, basalFlow: Flow, measure: Measure): Rational {
  const basal = multiply(measure(basalFlow), DAY_us)
  switch (therapy.mode) {
    case 'stopped':
    case 'minimum-rate':
    case 'simple-continuous':
      return basal
    case 'periodic-bolus': {
      const { dose, over_us } = therapy
      const arc = { from_us: ZERO, over_us, rate: measure(spread(dose, over_us)) }
      return add(basal, largestOfRound(therapy.every_us, [arc]))
    }
    case 'flex': {
      const arcs = therapy.boluses.flatMap((bolus) => {
        const rate = measure(spread(bolus.dose, bolus.over_us))
        return therapy.days.map((day): Arc => {
          const from_us = add(times(DAY_us, WEEKDAYS.indexOf(day)), bolus.at_us)
          return { from_us, over_us: bolus.over_us, rate }
        })
      })
      return add(basal, largestOfRound(WEEK_us, arcs))
    }
  }
}

/** The most that arcs coming back every `period_us` give in 24 hours. */
function largestOfRound(period_us: Rational, arcs: readonly Arc[]): Rational {
  const rounds = floor(divide(DAY_us, period_us))
  const rest_us = subtract(DAY_us, times(period_us, rounds))
  const full = times(sum(arcs.map(({ over_us, rate }) => multiply(over_us, rate))), rounds)
  if (!isPositive(rest_us)) return full
  const ends = { from_us: period_us, to_us: times(period_us, 2) }
  return add(full, largestGrowth(twoRounds(period_us, arcs), rest_us, ends))
}

/** Two rounds as a line, with what the round before them spills into them. */
function twoRounds(period_us: Rational, arcs: readonly Arc[]): Line {
  const changes: { at_us: Rational; by: Rational }[] = []
  let rate: Rational = ZERO
  for (const { from_us, over_us, rate: flow } of arcs) {
    const turns = floor(divide(over_us, period_us))
    rate = add(rate, times(flow, turns))
    const rest_us = subtract(over_us, times(period_us, turns))
    if (!isPositive(rest_us)) continue
    for (const round of [-1, 0, 1]) {
      const start_us = add(from_us, times(period_us, round))
      changes.push({ at_us: start_us, by: flow }, { at_us: add(start_us, rest_us), by: times(flow, -1) })
    }
  }
  const pieces: LinePiece[] = [{ from_us: times(period_us, -1), value: ZERO, rate }]
  for (const { at_us, by } of changes.toSorted((a, b) => compare(a.at_us, b.at_us))) {
    rate = add(rate, by)
    changeRate(pieces, at_us, rate)
  }
  return pieces
}
