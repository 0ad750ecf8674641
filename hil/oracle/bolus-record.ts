/**
 * The record of boluses: every one that a prescription starts, kept so that its accuracy can be measured later.
 *
 * Only a bolus that runs from start to end undisturbed has a dose of its own to be measured against. One that a new
 * therapy cuts short, or during which the concentration or the factor of a bridge changes, is prescribed all the same, but
 * is left out here; so is one that a prime masks.
 */
import type { MeantBolus } from '#hil/oracle/bolus-accuracy'
import { type Flow, volumeRate } from '#hil/oracle/flow'
import { compare, equal, isPositive, multiply, type Rational, subtract } from '#units/rational'

/** What turns a flow into a rate: the concentration, and what a bridge multiplies by; 1 without one. */
interface Conditions {
  readonly concentration: Rational
  readonly factor: Rational
  readonly isPriming: boolean
}

interface Started extends Conditions {
  readonly from_us: Rational
  readonly to_us: Rational
  readonly flow: Flow
}

/** Plain data; `breaks_us` are the instants, in order, that disturb whatever is under way. */
export interface Boluses {
  readonly started: readonly Started[]
  readonly breaks_us: readonly Rational[]
}

export class BolusRecord {
  readonly #started: Started[] = []
  readonly #breaks_us: Rational[] = []
  #pending: Pick<Started, 'from_us' | 'to_us' | 'flow'>[] = []
  #last: Conditions | undefined

  get boluses(): Boluses {
    return { started: this.#started, breaks_us: this.#breaks_us }
  }

  start(from_us: Rational, to_us: Rational, flow: Flow): void {
    this.#pending.push({ from_us, to_us, flow })
  }

  /** A therapy began: it ends what is under way. */
  cut(at_us: Rational): void {
    this.#breaks_us.push(at_us)
  }

  /** The conditions that hold from an instant on, once all that happens at it has happened. */
  settle(at_us: Rational, now: Conditions): void {
    if (this.#last !== undefined && !same(this.#last, now)) this.cut(at_us)
    this.#last = now
    for (const pending of this.#pending) this.#started.push({ ...pending, ...now })
    this.#pending = []
  }
}

function same(a: Conditions, b: Conditions): boolean {
  return a.isPriming === b.isPriming && equal(a.concentration, b.concentration) && equal(a.factor, b.factor)
}

/** The undisturbed boluses that end by `until_us`, each with its volume in uL, in order of their starts. */
export function wholeBoluses({ started, breaks_us }: Boluses, until_us: Rational): readonly MeantBolus[] {
  const whole: MeantBolus[] = []
  let next = 0
  for (const { from_us, to_us, flow, concentration, factor, isPriming } of started) {
    for (let cut = breaks_us[next]; cut !== undefined && compare(cut, from_us) <= 0; cut = breaks_us[next]) next += 1
    const cut_us = breaks_us[next]
    const isCut = cut_us !== undefined && compare(cut_us, to_us) < 0
    if (isPriming || isCut || compare(to_us, until_us) > 0) continue
    const rate = multiply(volumeRate(flow, concentration), factor)
    const dose = multiply(rate, subtract(to_us, from_us))
    if (isPositive(dose)) whole.push({ from_us, to_us, dose })
  }
  return whole
}
