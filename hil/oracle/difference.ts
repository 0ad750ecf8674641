/**
 * How far two staircases ever part: what a pump believes against what left it.
 *
 * Both may run on clocks of their own. A step that is due between two ticks of a rig happens at the later one, so a
 * difference can also be taken at the instants of a grid only: what lies between two of its instants counts as
 * happening at the later.
 */
import { type Arithmetic, BIG, PLAIN, SAFE } from '#hil/oracle/arithmetic'
import { Climb } from '#hil/oracle/climb'
import { commonUnit, multipleOf, risesOf } from '#hil/oracle/common-unit'
import { during, type Span, type Staircase } from '#hil/oracle/staircase'
import {
  compare,
  floor,
  isPositive,
  magnitude,
  type Rational,
  ratio,
  toSafeInteger,
  whole,
  ZERO,
} from '#units/rational'

export interface DifferenceQuestion extends Span {
  /** Whole microseconds between the instants looked at, counted from the start of the run; 1 looks at every instant. */
  readonly grid_us?: number
  /** The difference at the start of the span; nothing unless given, so that the increments are compared. */
  readonly offset?: Rational
  /** The magnitude that the difference may reach; without it there is no first violation. */
  readonly within?: Rational
}

/** A difference and the first instant at which it is reached. */
export interface Apart {
  readonly at_us: Rational
  /** The first staircase less the second. */
  readonly difference: Rational
}

export interface Difference {
  /** The largest and the smallest difference over all instants of the span, both reached. */
  readonly highest: Apart
  readonly lowest: Apart
  /** Of the two, the one of greater magnitude; the earlier of equals. */
  readonly worst: Apart
  /** The first instant at which the magnitude exceeds `within`; undefined when it never does. */
  readonly firstViolation_us: Rational | undefined
}

/** The exact extremes of `a` less `b`, in one walk over the instants of both. Either may fall as well as rise. */
export function differenceOf(a: Staircase, b: Staircase, question: DifferenceQuestion): Difference {
  const { offset = ZERO, grid_us = 1 } = question
  const span = { from_us: onGrid(question.from_us, grid_us), to_us: onGrid(question.to_us, grid_us) }
  const [above, below] = [during(a, span), during(b, span)]
  const allowed = question.within === undefined ? [] : [question.within]
  const unit = commonUnit([...risesOf(above), ...risesOf(below), offset, ...allowed])
  const task: Task = {
    above,
    below,
    unit,
    grid_us,
    start_us: toSafeInteger(floor(span.from_us)),
    offset: multipleOf(unit, offset),
    limit: question.within === undefined ? undefined : multipleOf(unit, question.within),
  }
  return sizeOf(task) < SAFE ? walk(task, PLAIN) : walk(task, BIG)
}

/** The last instant of the grid at or before `t_us`; a run's start stays its start. */
function onGrid(t_us: Rational, grid_us: number): Rational {
  const grid = BigInt(grid_us)
  return isPositive(t_us) ? whole((floor(t_us) / grid) * grid) : ZERO
}

interface Task {
  readonly above: Staircase
  readonly below: Staircase
  readonly unit: Rational
  readonly grid_us: number
  readonly start_us: number
  readonly offset: bigint
  readonly limit: bigint | undefined
}

/** A bound of every sum in the walk. */
function sizeOf(task: Task): bigint {
  let size = (task.offset < 0n ? -task.offset : task.offset) + (task.limit ?? 0n)
  for (const flight of [...task.above, ...task.below]) {
    size += multipleOf(task.unit, magnitude(flight.rise)) * BigInt(flight.cadence.count)
  }
  return size
}

function walk<N>(task: Task, math: Arithmetic<N>): Difference {
  const { plus, minus, below } = math
  const [up, down] = [new Climb(task.above, task.unit, math), new Climb(task.below, task.unit, math)]
  const limit = task.limit === undefined ? undefined : math.of(task.limit)
  let level = math.of(task.offset)
  let now_us = task.start_us
  for (; up.at_us <= now_us; up.advance()) level = plus(level, up.rise)
  for (; down.at_us <= now_us; down.advance()) level = minus(level, down.rise)
  let [highest, lowest] = [level, level]
  let [highest_us, lowest_us] = [now_us, now_us]
  let violation_us: number | undefined
  for (;;) {
    if (limit !== undefined && violation_us === undefined) {
      if (below(limit, level) || below(plus(limit, level), math.zero)) violation_us = now_us
    }
    if (below(highest, level)) [highest, highest_us] = [level, now_us]
    if (below(level, lowest)) [lowest, lowest_us] = [level, now_us]
    const next_us = Math.min(up.at_us, down.at_us)
    if (next_us === Number.POSITIVE_INFINITY) break
    now_us = Math.ceil(next_us / task.grid_us) * task.grid_us
    for (; up.at_us <= now_us; up.advance()) level = plus(level, up.rise)
    for (; down.at_us <= now_us; down.advance()) level = minus(level, down.rise)
  }
  const apart = (value: N, at_us: number): Apart => ({
    at_us: whole(at_us),
    difference: ratio(math.big(value) * task.unit.n, task.unit.d),
  })
  return summary(apart(highest, highest_us), apart(lowest, lowest_us), violation_us)
}

function summary(highest: Apart, lowest: Apart, violation_us: number | undefined): Difference {
  const order = compare(magnitude(highest.difference), magnitude(lowest.difference))
  const isEarlier = compare(highest.at_us, lowest.at_us) <= 0
  const worst = order > 0 || (order === 0 && isEarlier) ? highest : lowest
  return { highest, lowest, worst, firstViolation_us: violation_us === undefined ? undefined : whole(violation_us) }
}
