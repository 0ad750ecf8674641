/**
 * Setting the pump's clock while a pattern runs.
 *
 * Boluses whose time is skipped are not made up, and one whose time comes twice is given once; how many either concerns
 * is logged, for it is the patient's dose of that day.
 */
import { firstDue, instantOf, isJump, type PumpClock, readingAt, set } from '#firmware-sim/clock'
import { changed } from '#firmware-sim/state'
import { nextStart } from '#firmware-sim/therapy/therapies'
import { note, type Turn } from '#firmware-sim/turn'
import { as, type Time_us } from '#units/quantity'
import { add, compare, floor } from '#units/rational'

/** Boluses a shift of the clock is counted for; a jump, which begins the pattern anew, is not. */
const MOST_COUNTED = 1000

/** Sets the clock to a reading and goes on with the pattern by it. */
export function setClock(turn: Turn, to_us: Time_us): void {
  const { state } = turn
  const { therapy, clock, began_us, now_us } = state
  const after = set(clock, now_us, to_us)
  // Only flex follows the clock; a bolus of another pattern that began at this instant must not begin again.
  const next =
    therapy.mode === 'flex'
      ? nextStart(therapy, { began_us, clock: after, from_us: now_us, after: null })
      : turn.state.next
  const shown_us = readingAt(clock, now_us)
  turn.state = changed(state, { clock: after, next })
  note(turn, 'clock-set', `from ${localTime(shown_us)} to ${localTime(to_us)}; ${consequence(turn, clock, to_us)}`)
}

/** The clock jumps by itself: the pattern goes on by what it shows now, and the pump knows of nothing. */
export function jumpClock(turn: Turn, by_us: Time_us): void {
  const { therapy, clock, began_us, now_us, next } = turn.state
  const after = set(clock, now_us, as(add(readingAt(clock, now_us), by_us)))
  const follows = therapy.mode === 'flex'
  turn.state = changed(turn.state, {
    clock: after,
    next: follows ? nextStart(therapy, { began_us, clock: after, from_us: now_us, after: null }) : next,
  })
}

function consequence(turn: Turn, before: PumpClock, to_us: Time_us): string {
  const { now_us, therapy } = turn.state
  if (isJump(before, now_us, to_us)) return 'the therapy begins anew'
  if (therapy.mode !== 'flex') return 'no bolus depends on it'
  const shown_us = readingAt(before, now_us)
  // What has been passed already is not passed again.
  const due_us = firstDue(before, now_us)
  if (compare(to_us, shown_us) >= 0) return `${startsBetween(turn, before, due_us, to_us)} boluses are skipped`
  return `${startsBetween(turn, before, to_us, due_us)} boluses whose time comes again are not given then`
}

/** Boluses of the pattern whose time lies from one reading up to another, by the clock as it was. */
function startsBetween(turn: Turn, before: PumpClock, from_us: Time_us, to_us: Time_us): number {
  const { therapy, began_us } = turn.state
  const clock: PumpClock = { ...before, passed_us: from_us }
  const end_us = instantOf(before, to_us)
  const look = (after: number | null) =>
    nextStart(therapy, { began_us, clock, from_us: instantOf(before, from_us), after })
  let count = 0
  for (let start = look(null); start !== null && count < MOST_COUNTED; start = look(start.index)) {
    if (compare(start.at_us, end_us) >= 0) break
    count += 1
  }
  return count
}

const MICROSECONDS_IN_MILLISECOND = 1000n

/** `YYYY-MM-DDTHH:MM:SS`, local. */
function localTime(reading_us: Time_us): string {
  const whole_ms = floor({ n: reading_us.n, d: reading_us.d * MICROSECONDS_IN_MILLISECOND })
  return new Date(Number(whole_ms)).toISOString().slice(0, 19)
}
