/**
 * The host's half of motion: from the steps a pump orders to segments a rig can hold, and back.
 *
 * An order says when each step is due, exactly and for as long as the pump can foresee. The host rounds each due time up
 * to a tick of the rig, cuts the order into segments, sends each shortly before it begins and takes back what the pump
 * cancels. Steps the rotor made come back and are moved to the axis of the pump, one playout earlier.
 */
import { type Rig, PLAYOUT_ticks, TICK_us } from '#hil/rig/rig'
import { type Cadence, cadencesOf, countThrough, joined, lastTick, shifted, slice, tickOf } from '#units/cadence'
import type { Time_us } from '#units/quantity'
import { add, divide, floor, type Rational, ratio, subtract, toSafeInteger, whole } from '#units/rational'

/** Longest stretch one segment covers: far below the 2^30 ticks a segment may lie ahead. */
const SEGMENT_ticks = 2 ** 28
/** Most steps in one segment: its count travels as 16 bits. */
const SEGMENT_STEPS = 65_535
/** How long before its first step is due a segment is sent. */
const LEAD_ticks = 1_000_000 / TICK_us

const TICK: Rational = ratio(BigInt(TICK_us), 1n)

interface Order {
  readonly first_us: Time_us
  readonly interval_us: Time_us
  /** Steps not sent yet, in ticks of the rig. */
  unsent: Cadence[]
  /** Segments sent, to find the tick of a step that is taken back. */
  sent: Cadence[]
}

export class Motion {
  readonly #rig: Rig
  #order: Order | null = null
  /** Steps made but not handed on, in ticks of the rig. */
  #made: Cadence[] = []

  constructor(rig: Rig) {
    this.#rig = rig
  }

  /** Takes an order; the one before it must have been worked off or cancelled. */
  order(first_us: Time_us, interval_us: Time_us, count: number): void {
    const first = add(divide(first_us, TICK), whole(PLAYOUT_ticks))
    const unsent = cadencesOf(first, divide(interval_us, TICK), count)
    this.#order = { first_us, interval_us, unsent, sent: [] }
  }

  /** Takes back every step due after the instant. */
  async cancel(after_us: Time_us): Promise<void> {
    const order = this.#order
    if (order === null) return
    const due = toSafeInteger(floor(divide(subtract(after_us, order.first_us), order.interval_us))) + 1
    const kept = Math.max(0, due)
    const sent = order.sent.reduce((steps, cadence) => steps + cadence.count, 0)
    order.unsent = firstSteps(order.unsent, kept - sent)
    if (kept >= sent) return
    const from_tick = tickOfStep(order.sent, kept)
    order.sent = firstSteps(order.sent, kept)
    await this.#rig.send({ kind: 'cancel', from_tick })
  }

  /** The tick of the pump's axis at which the next segment has to go out; infinite when there is none. */
  nextDispatch_tick(): number {
    const next = this.#order?.unsent[0]
    return next === undefined ? Number.POSITIVE_INFINITY : next.first - PLAYOUT_ticks - LEAD_ticks
  }

  /** Sends every segment whose time has come. */
  async dispatch(now_tick: number): Promise<void> {
    const order = this.#order
    if (order === null) return
    for (let next = order.unsent[0]; next !== undefined && this.nextDispatch_tick() <= now_tick; next = order.unsent[0]) {
      const steps = segmentLength(next)
      const segment = slice(next, 0, steps)
      if (steps === next.count) order.unsent.shift()
      else order.unsent[0] = slice(next, steps, next.count)
      order.sent.push(segment)
      await this.#rig.send({ kind: 'segment', cadence: segment })
    }
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
    const collected = this.#made.map((cadence) => shifted(cadence, -PLAYOUT_ticks))
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
  const last = cadences.at(-1)
  return last === undefined ? 0 : lastTick(last) + 1
}

