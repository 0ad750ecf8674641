/**
 * The host's half of motion: from the steps a pump orders to segments a rig can hold, and back.
 *
 * An order says when each step is due, exactly and for as long as the pump can foresee. The host rounds each due time up
 * to a tick of the rig, cuts the order into segments, has each sent shortly before it begins and takes back what the pump
 * cancels. What is to be sent waits until it is taken. Steps the rotor made come back and are moved to the axis of the pump, one playout earlier.
 */
import { PLAYOUT_us, type Playout, type RigCommand, SEGMENT_QUEUE, TICK_us } from '#hil/rig/rig'
import { PumpError } from '#hil/run/pump-error'
import { type Cadence, cadencesOf, countThrough, joined, lastTick, shifted, slice, tickOf } from '#units/cadence'
import { duration } from '#units/format'
import { as, type Time_us } from '#units/quantity'
import { add, compare, divide, floor, isPositive, type Rational, ratio, subtract, times } from '#units/rational'
import { rememberedOfFraction } from '#units/remembered'

/** Longest stretch one segment covers: far below the 2^30 ticks a segment may lie ahead. */
const SEGMENT_ticks = 2 ** 28
/** Most steps in one segment: its count travels as 16 bits. */
const SEGMENT_STEPS = 65_535
/** A segment is sent this much of a playout before its first step is due. */
const LEAD_playouts = 1_000_000 / PLAYOUT_us

/** Most steps in one order: more than any reservoir holds. */
export const MOST_STEPS = 200_000_000

const TICK = BigInt(TICK_us)

/** An interval in ticks of the rig. */
const inTicks = rememberedOfFraction((interval_us: Rational) => ratio(interval_us.n, interval_us.d * TICK))

/** Nothing to be told. */
const NONE: readonly RigCommand[] = []

interface Order {
  readonly first_us: Time_us
  readonly interval_us: Time_us
  /** Steps that were not taken back. */
  count: number
  /** Steps not sent yet, in ticks of the rig. */
  unsent: Cadence[]
  /** Segments sent, to find the tick of a step that is taken back. */
  sent: Cadence[]
}

export class Motion {
  readonly #playout: Playout
  /** Orders in order of time; they are let go once the pump can no longer be told of their last step. */
  #orders: Order[] = []
  /** Last ticks of the segments the rig holds, in order. */
  #held: number[] = []
  /** Steps made but not handed on, in ticks of the rig. */
  #made: Cadence[] = []
  /** What the rig has to be told, in order. */
  #commands: RigCommand[] = []

  constructor(playout: Playout) {
    this.#playout = playout
  }

  /** Takes an order. Its steps must come after all those ordered before; throws {@link PumpError} when they do not. */
  order(first_us: Time_us, interval_us: Time_us, count: number): void {
    if (!(Number.isSafeInteger(count) && count > 0 && count <= MOST_STEPS && isPositive(interval_us))) {
      throw new PumpError(
        `the pump ordered ${count} steps, one each ${duration(interval_us)}; 1 to ${MOST_STEPS} steps are possible, and an interval above zero`,
      )
    }
    const last_us = this.#lastDue()
    if (last_us !== null && compare(first_us, last_us) <= 0) {
      throw new PumpError(
        `the pump ordered a step at ${duration(first_us)}, before one at ${duration(last_us)} it ordered earlier`,
      )
    }
    // In ticks, and not in lowest terms: it is only rounded.
    const first = { n: first_us.n + BigInt(this.#playout.us) * first_us.d, d: first_us.d * TICK }
    this.#orders.push({
      first_us,
      interval_us,
      count,
      unsent: cadencesOf(first, inTicks(interval_us), count),
      sent: [],
    })
  }

  /** When the last step is due that was ordered and not taken back; not in lowest terms. */
  #lastDue(): Rational | null {
    const order = this.#orders.at(-1)
    if (order === undefined) return null
    const { first_us, interval_us, count } = order
    const n = first_us.n * interval_us.d + interval_us.n * BigInt(count - 1) * first_us.d
    return { n, d: first_us.d * interval_us.d }
  }

  /** When the first step after the instant is due that was ordered and not taken back; null when there is none. */
  dueAfter(at_us: Time_us): Time_us | null {
    for (const { first_us, interval_us, count } of this.#orders) {
      const past = floor(divide(subtract(at_us, first_us), interval_us)) + 1n
      if (past < BigInt(count)) return as(add(first_us, times(interval_us, past > 0n ? past : 0n)))
    }
    return null
  }

  /** Takes back every step due after the instant. */
  cancel(after_us: Time_us): void {
    let from_tick: number | undefined
    for (const order of this.#orders) {
      const due = floor(divide(subtract(after_us, order.first_us), order.interval_us)) + 1n
      const kept = due <= 0n ? 0 : due >= BigInt(order.count) ? order.count : Number(due)
      if (kept === order.count) continue
      const sent = order.sent.reduce((steps, cadence) => steps + cadence.count, 0)
      if (kept < sent) from_tick ??= tickOfStep(order.sent, kept)
      order.count = kept
      order.unsent = firstSteps(order.unsent, kept - sent)
      order.sent = firstSteps(order.sent, kept)
    }
    this.#orders = this.#orders.filter(({ count }) => count > 0)
    if (from_tick === undefined) return
    // What is left of a segment is over with its last step, which may lie long before the first one taken back.
    const last_tick = Math.max(...this.#orders.map(({ sent }) => endOf(sent)), Number.NEGATIVE_INFINITY)
    const left = this.#held.map((tick) => Math.min(tick, last_tick))
    this.#held = left.filter((tick, index) => tick > (left[index - 1] ?? 0))
    this.#commands.push({ kind: 'cancel', from_tick })
  }

  /** The tick of the pump's axis at which the next segment has to go out; infinite when there is none. */
  nextDispatch_tick(): number {
    const next = this.#orders.find(({ unsent }) => unsent.length > 0)?.unsent[0]
    if (next === undefined) return Number.POSITIVE_INFINITY
    const [first] = this.#held
    const place = this.#held.length < SEGMENT_QUEUE || first === undefined ? 0 : first + 1
    const lead = Math.ceil((1 + LEAD_playouts) * this.#playout.ticks)
    return Math.max(next.first - lead, place)
  }

  /** Has every segment sent whose time has come. */
  dispatch(now_tick: number): void {
    while (this.#held.length > 0 && (this.#held[0] ?? 0) < now_tick) this.#held.shift()
    while (this.nextDispatch_tick() <= now_tick) this.#sendNext()
    while (this.#orders[0] !== undefined && this.#isOver(this.#orders[0], now_tick)) this.#orders.shift()
  }

  /** Hands on what the rig has to be told. */
  takeCommands(): readonly RigCommand[] {
    if (this.#commands.length === 0) return NONE
    const commands = this.#commands
    this.#commands = []
    return commands
  }

  #sendNext(): void {
    const order = this.#orders.find(({ unsent }) => unsent.length > 0)
    const next = order?.unsent[0]
    if (order === undefined || next === undefined) return
    const steps = segmentLength(next)
    const segment = steps === next.count ? next : slice(next, 0, steps)
    if (steps === next.count) order.unsent.shift()
    else order.unsent[0] = slice(next, steps, next.count)
    order.sent.push(segment)
    this.#held.push(lastTick(segment))
    this.#commands.push({ kind: 'segment', cadence: segment })
  }

  /** Whether the pump can no longer be told of any step of the order. */
  #isOver({ unsent, sent }: Order, now_tick: number): boolean {
    return unsent.length === 0 && endOf(sent) + this.#playout.ticks < now_tick
  }

  /** Notes steps the rotor made. */
  made(motion: readonly Cadence[]): void {
    for (const cadence of motion) {
      const last = this.#made.at(-1)
      const both = last === undefined ? undefined : joined(last, cadence)
      if (both === undefined) this.#made.push(cadence)
      else this.#made[this.#made.length - 1] = both
    }
  }

  /** Hands on every step made so far, on the axis of the pump. */
  collect(): Cadence[] {
    const collected = this.#made.map((cadence) => shifted(cadence, -this.#playout.ticks))
    this.#made = []
    return collected
  }
}

/** How many steps of the cadence its first segment takes. */
function segmentLength(cadence: Cadence): number {
  return Math.min(SEGMENT_STEPS, countThrough(cadence, cadence.first + SEGMENT_ticks))
}

function firstSteps(cadences: readonly Cadence[], count: number): Cadence[] {
  const kept: Cadence[] = []
  let left = count
  for (const cadence of cadences) {
    if (left <= 0) break
    kept.push(slice(cadence, 0, Math.min(left, cadence.count)))
    left -= cadence.count
  }
  return kept
}

function tickOfStep(cadences: readonly Cadence[], step: number): number {
  let before = 0
  for (const cadence of cadences) {
    if (step < before + cadence.count) return tickOf(cadence, step - before)
    before += cadence.count
  }
  throw new RangeError(`step ${step} is not among the ${before} that were sent`)
}

function endOf(cadences: readonly Cadence[]): number {
  const last = cadences.at(-1)
  return last === undefined ? Number.NEGATIVE_INFINITY : lastTick(last)
}
