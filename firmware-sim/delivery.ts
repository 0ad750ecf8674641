/**
 * Delivery: cumulative volume as an exact function of time, and the motor steps that make it.
 *
 * Position is what the program has called for since power-on, in motor steps, a fraction of a step included. It grows
 * at a constant rate from an anchor until the rate changes. Step k is due at the instant position reaches k, so the
 * fraction left by one therapy carries into the next, no step is ever due twice, and nothing is caught up after a pause.
 */
import { as, type Time_us } from '#units/quantity'
import {
  advanced,
  compare,
  delayed,
  floor,
  floorAdvanced,
  isZero,
  type Rational,
  reciprocal,
  toSafeInteger,
  whole,
  ZERO,
} from '#units/rational'

export interface Delivery {
  /** When the present rate began. */
  readonly anchor_us: Time_us
  /** Position at the anchor, in steps. */
  readonly position: Rational
  /** Steps per microsecond; zero while the motor rests. */
  readonly rate: Rational
}

export const AT_REST: Delivery = { anchor_us: as<Time_us>(ZERO), position: ZERO, rate: ZERO }

/** The position at an instant, at or after the anchor. */
export function positionAt(delivery: Delivery, at_us: Time_us): Rational {
  if (isZero(delivery.rate) || at_us === delivery.anchor_us) return delivery.position
  return advanced(delivery.position, delivery.rate, at_us, delivery.anchor_us)
}

/** Steps due up to and including the instant. */
export function stepsAt(delivery: Delivery, at_us: Time_us): number {
  const { position, rate, anchor_us } = delivery
  const resting = isZero(rate) || at_us === anchor_us
  return toSafeInteger(resting ? floor(position) : floorAdvanced(position, rate, at_us, anchor_us))
}

/** When step `k` is due if the present rate goes on; null while the motor rests. */
export function dueOf(delivery: Delivery, k: number): Time_us | null {
  if (isZero(delivery.rate)) return null
  return as(delayed(delivery.anchor_us, whole(k), delivery.position, delivery.rate))
}

/** When the position is reached if the present rate goes on: the anchor where it is already, null while the motor rests. */
export function reachedAt(delivery: Delivery, position: Rational): Time_us | null {
  if (compare(position, delivery.position) <= 0) return delivery.anchor_us
  if (isZero(delivery.rate)) return null
  return as(delayed(delivery.anchor_us, position, delivery.position, delivery.rate))
}

/** The same position from the instant on at another rate. */
export function atRate(delivery: Delivery, at_us: Time_us, rate: Rational): Delivery {
  return { anchor_us: at_us, position: positionAt(delivery, at_us), rate }
}

/** The time between two steps; the rate must not be zero. */
export function intervalOf(delivery: Delivery): Time_us {
  return as(reciprocal(delivery.rate))
}
