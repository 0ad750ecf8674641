/**
 * The patient's own boluses: who asks is granted one while leave is given, the last grant lies far enough back, the day
 * is not used up and the limits permit it. What is granted is prescribed.
 */
import type { Course } from '#hil/oracle/course'
import { type LimitBroken, type Limited, Permit } from '#hil/oracle/permit'
import type { PatientBolus } from '#hil/scenario/types'
import { DAY_us } from '#units/quantity'
import { compare, type Rational, subtract } from '#units/rational'

export type Refusal =
  | 'no leave for patient boluses'
  | 'within the lockout'
  | 'the daily maximum is reached'
  | LimitBroken

/** What became of a request. */
export type Grant = { readonly at_us: Rational } & (
  | { readonly granted: true; readonly reason?: never }
  | { readonly granted: false; readonly reason: Refusal }
)

export class PatientRequests {
  readonly #permit: Permit
  readonly #grants: Grant[] = []
  /** Starts of what was granted. */
  readonly #starts: Rational[] = []
  #leave: PatientBolus | undefined

  constructor(scenario: Limited) {
    this.#permit = new Permit(scenario)
  }

  /** Every request so far, in order of time. */
  get grants(): readonly Grant[] {
    return this.#grants
  }

  /** Gives leave, in place of any given before; what was granted stays remembered. */
  allow(leave: PatientBolus): void {
    this.#leave = leave
  }

  forbid(): void {
    this.#leave = undefined
  }

  /** Answers a request at the open instant `at_us`; a grant starts its bolus there. */
  request(course: Course, at_us: Rational): void {
    const reason = this.#refusal(course, at_us)
    this.#grants.push(reason === undefined ? { at_us, granted: true } : { at_us, granted: false, reason })
    if (reason !== undefined || this.#leave === undefined) return
    course.give(at_us, this.#leave)
    this.#starts.push(at_us)
  }

  #refusal(course: Course, at_us: Rational): Refusal | undefined {
    const leave = this.#leave
    if (leave === undefined) return 'no leave for patient boluses'
    const last_us = this.#starts.at(-1)
    if (last_us !== undefined && compare(subtract(at_us, last_us), leave.lockout_us) < 0) return 'within the lockout'
    if (!this.#hasRoom(at_us, leave.maxPerDay)) return 'the daily maximum is reached'
    return this.#permit.broken(course, at_us, leave)
  }

  /** Whether fewer than `most` were granted in the last 24 hours, one of exactly a day ago not counting. */
  #hasRoom(at_us: Rational, most: number): boolean {
    const rival_us = this.#starts.at(-most)
    if (most < 1) return false
    return rival_us === undefined || compare(rival_us, subtract(at_us, DAY_us)) <= 0
  }
}
