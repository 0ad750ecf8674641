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
import { remembered } from '#units/remembered'

export interface Delivery {
  /** When the present rate began. */
  readonly anchor_us: Time_us
  /** Position at the anchor, in steps. */
  readonly position: Rational
  /** Steps per microsecond; zero while the motor rests. */
  readonly rate: Rational
  /** Steps due up to and including the anchor. */
  readonly steps: number
  /** When the step after these is due, and the time from each step to the next; null while the motor rests. */
  readonly next_us: Time_us | null
  readonly interval_us: Time_us | null
}

export const AT_REST: Delivery = {
  anchor_us: as<Time_us>(ZERO),
  position: ZERO,
  rate: ZERO,
  steps: 0,
  next_us: null,
  interval_us: null,
}

/** The position at an instant, at or after the anchor. */
export function positionAt(delivery: Delivery, at_us: Time_us): Rational {
  if (isZero(delivery.rate) || at_us === delivery.anchor_us) return delivery.position
  return advanced(delivery.position, delivery.rate, at_us, delivery.anchor_us)
}

/** Steps due up to and including the instant. */
export function stepsAt(delivery: Delivery, at_us: Time_us): number {
  const { position, rate, anchor_us, steps } = delivery
  if (isZero(rate) || at_us === anchor_us) return steps
  return toSafeInteger(floorAdvanced(position, rate, at_us, anchor_us))
}

/** When step `k` is due if the present rate goes on; null while the motor rests. */
export function dueOf(delivery: Delivery, k: number): Time_us | null {
  if (k === delivery.steps + 1 || isZero(delivery.rate)) return delivery.next_us
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
  const position = positionAt(delivery, at_us)
  const steps = toSafeInteger(floor(position))
  if (isZero(rate)) return { anchor_us: at_us, position, rate, steps, next_us: null, interval_us: null }
  const next_us = as<Time_us>(delayed(at_us, whole(steps + 1), position, rate))
  return { anchor_us: at_us, position, rate, steps, next_us, interval_us: intervalOf(rate) }
}

/** The time between two steps at a rate, which must not be zero. */
const intervalOf = remembered((rate: Rational): Time_us => as(reciprocal(rate)))
