/**
 * Motion as the wire states it: what a segment means, when it is refused, and how a controller with 32-bit integers
 * steps through it exactly.
 *
 * Step j of a segment is at tick `first + ceil((j (quotient divisor + remainder) - phase) / divisor)`, which is what a
 * cadence is. The figures of the limits are those of the catalogue; docs/PROTOCOL.md works an example.
 */
import { LIMITS, TO_RIG } from '#protocol/catalogue'
import type { MessageOf, Reason } from '#protocol/message'
import { extendTick, wireTick } from '#protocol/ticks'
import { type Cadence, lastTick, slice } from '#units/cadence'

export type Direction = MessageOf<'SEG'>['direction']

/** A cadence with the direction of its steps; its ticks are absolute. */
export interface Segment extends Cadence {
  readonly direction: Direction
}

/** The motion fields of a SEG. */
export type SegmentFields = Omit<MessageOf<'SEG'>, 'type' | 'token'>

/** The segment that a SEG received at tick `now` states. */
export function segmentOf(fields: SegmentFields, now: number): Segment {
  const { phase, count, quotient, remainder, divisor, direction } = fields
  return { first: extendTick(fields.first, now), phase, count, quotient, remainder, divisor, direction }
}

/**
 * The motion fields of the SEGs, in order, that together make the steps of a cadence; made one at a time as they are
 * taken, because a rig holds few and a cadence may fill thousands.
 *
 * A cadence longer than a segment may be is cut; a single step an interval of 2^30 ticks or more away from the next is
 * sent with a shorter one, which moves no step. Throws RangeError for an interval shorter than the rig allows.
 */
export function* segmentsFor(cadence: Cadence, direction: Direction): Generator<SegmentFields, void> {
  if (cadence.quotient < LIMITS.interval) {
    throw new RangeError(`steps ${cadence.quotient} ticks apart are closer than ${LIMITS.interval} ticks`)
  }
  const most = Math.min(TO_RIG.SEG.fields.count.max, 1 + Math.floor(LIMITS.span / (cadence.quotient + 1)))
  for (let from = 0; from < cadence.count; from += most) {
    const part = slice(cadence, from, Math.min(from + most, cadence.count))
    const quotient = Math.min(part.quotient, TO_RIG.SEG.fields.quotient.max)
    yield { ...part, quotient, first: wireTick(part.first), direction }
  }
}

/** What the queue of a rig is like when a segment arrives. */
export interface QueueState {
  readonly latched: boolean
  readonly length: number
  /** Tick of the last queued step; undefined if nothing is queued. */
  readonly last: number | undefined
}

/** Why a segment is refused at tick `now`, by the first rule that applies; undefined if it is queued. */
export function refusalOf(segment: Segment, queue: QueueState, now: number): Reason | undefined {
  const { first, phase, count, quotient, remainder, divisor } = segment
  if (queue.latched) return 'HALTED'
  if (quotient < LIMITS.interval || phase >= divisor || remainder >= divisor) return 'RANGE'
  if ((count - 1) * (quotient + 1) > LIMITS.span) return 'RANGE'
  if (first - now < 1 || first - now >= LIMITS.ahead) return 'LATE'
  if (queue.last !== undefined && first <= queue.last) return 'ORDER'
  return queue.length >= LIMITS.queue ? 'FULL' : undefined
}

/** How many steps of the segment come before tick `from`. */
export function stepsBefore(segment: Segment, from: number): number {
  const { first, phase, count, quotient, remainder, divisor } = segment
  if (from <= first) return 0
  if (from > lastTick(segment)) return count
  const d = BigInt(divisor)
  const n = (BigInt(from - 1 - first) * d + BigInt(phase)) / (BigInt(quotient) * d + BigInt(remainder)) + 1n
  return Number(n)
}

/** How long after the last sign of the host the step of a segment is no longer executed, in ticks. */
export function deadManTicks(quotient: number): number {
  return Math.max(LIMITS.dead_man, 2 * (quotient + 1))
}

/**
 * Walks through the ticks of a segment in additions of 32-bit integers alone, as a controller does.
 *
 * The error `e` starts at -phase and stays above -divisor and at or below 0: it is what the step is early, in
 * 1/divisor of a tick, negated. Adding the remainder gives at most 2^31 - 2, so `e` fits a signed 32-bit integer.
 */
export class Stepper {
  readonly #segment: Segment
  #tick: number
  #error: number

  constructor(segment: Segment) {
    this.#segment = segment
    this.#tick = segment.first
    this.#error = -segment.phase
  }

  /** Tick of the present step, from step 0. */
  get tick(): number {
    return this.#tick
  }

  /** Goes on to the next step. */
  advance(): void {
    const { quotient, remainder, divisor } = this.#segment
    this.#tick += quotient
    this.#error += remainder
    if (this.#error > 0) {
      this.#tick += 1
      this.#error -= divisor
    }
  }
}
