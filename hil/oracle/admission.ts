/**
 * Whether an order may be taken, by the published limits alone: the range of the pump, the hard limits of the clinic, what a
 * pattern may hold, and what there is to prime and to bridge.
 *
 * An order within all of them must be taken, and one beyond any must not. It is asked of the course of what was taken before,
 * so it knows nothing of the pump that answered. Where it would have to look ahead for longer than it does, it does not say.
 */
import { basalOf, type Course } from '#hil/oracle/course'
import { steadyDailyDose } from '#hil/oracle/daily-dose'
import { massRate } from '#hil/oracle/flow'
import { type Limited, Permit } from '#hil/oracle/permit'
import type { Plumbing } from '#hil/oracle/plumbing'
import { primeVolume } from '#hil/oracle/prime'
import type { Bolus, Bridge, Prime, Therapy } from '#hil/scenario/types'
import { DAY_us } from '#units/quantity'
import {
  add,
  compare,
  equal,
  isPositive,
  isZero,
  larger,
  multiply,
  type Rational,
  subtract,
  times,
  whole,
  ZERO,
} from '#units/rational'

/** What a pump is asked to do, as far as a limit can stand against it. */
export type Ask =
  | { readonly kind: 'therapy'; readonly therapy: Therapy }
  | { readonly kind: 'bolus'; readonly bolus: Bolus }
  | { readonly kind: 'prime'; readonly prime: Prime }
  | { readonly kind: 'bridge'; readonly bridge: Bridge }
  | { readonly kind: 'set-clock'; readonly to_us: Rational }

/** Limits that can stand against an order. */
export const LIMITS = ['range', 'dose of 24 h', 'change', 'pattern', 'contents', 'line'] as const

export type Limit = (typeof LIMITS)[number]

/** Which limits stand against an order; null where it cannot be said of one. */
export type Verdict = Readonly<Record<Limit, boolean | null>>

/** The last dose that was meant, with what the pump held when it was programmed. */
export interface Meant {
  readonly therapy: Therapy
  readonly drug: string
  readonly concentration: Rational
}

/** What an order meets: an instant of the course, opened and not closed yet. */
export interface Moment {
  readonly course: Course
  readonly at_us: Rational
  /** Whether anything was primed before. */
  readonly primed: boolean
  readonly meant: Meant | null
  /** What the pump believes is left, and how far that may be off; null where it cannot be told. */
  readonly left_uL: { readonly least: Rational; readonly most: Rational } | null
}

/** Most boluses of a day, most at once, and the least interval of a pattern: docs/PUMP.md, Delivery. */
const MOST_DAILY = 13
const MOST_AT_ONCE = 16
const LEAST_EVERY_us = whole(60_000_000)
/** So far ahead a bridge is followed. */
const FORESIGHT_us = times(DAY_us, 45)

export class Admission {
  readonly #rules: Limited & Plumbing
  readonly #permit: Permit

  constructor(rules: Limited & Plumbing) {
    this.#rules = rules
    this.#permit = new Permit(rules)
  }

  /** What stands against an order at a moment of the course. */
  verdict(ask: Ask, moment: Moment): Verdict {
    // No dose can be given of a fluid without drug, and volumes alone are not told apart from it here.
    if (isZero(moment.course.concentration)) return UNKNOWN
    return {
      range: this.#range(ask, moment),
      'dose of 24 h': this.#dose(ask, moment),
      change: this.#change(ask, moment),
      pattern: patternBroken(ask),
      contents: this.#contents(ask, moment),
      line: lineBroken(ask, moment),
    }
  }

  /** The course with the order in force, from up to a day before it on. */
  #with(ask: Ask, { course, at_us, primed }: Moment): Course {
    const future = course.fork(subtract(at_us, DAY_us))
    switch (ask.kind) {
      case 'therapy':
        future.begin(at_us, ask.therapy, 'asked for')
        break
      case 'bolus':
        future.give(at_us, ask.bolus)
        break
      case 'prime':
        future.prime(at_us, primeVolume(ask.prime, this.#rules, primed))
        break
      case 'bridge':
        future.bridge(at_us, ask.bridge)
        break
      case 'set-clock':
        future.setClock(at_us, ask.to_us)
        break
    }
    future.close(at_us)
    return future
  }

  /** Whether a rate leaves the range: of a bolus until the last one under way has ended, else ever. */
  #range(ask: Ask, moment: Moment): boolean | null {
    // A prime masks everything, and only what it hurries on could be against it.
    if (ask.kind === 'prime') return moment.course.isBridging ? null : false
    const future = this.#with(ask, moment)
    const { at_us } = moment
    let end_us = ask.kind === 'bolus' ? (future.lastEnd_us ?? at_us) : add(at_us, horizonOf(future.therapy))
    for (;;) {
      if (this.#leavesRange(future)) return true
      const next_us = future.next_us
      const settles = ask.kind !== 'bolus' && (future.isPriming || future.isBridging)
      if (settles && (next_us === undefined || compare(next_us, add(at_us, FORESIGHT_us)) > 0)) return null
      if (settles && next_us !== undefined) end_us = larger(end_us, add(next_us, horizonOf(future.therapy)))
      if (next_us === undefined || (!settles && compare(next_us, end_us) >= 0)) return false
      future.pass(next_us)
    }
  }

  #leavesRange(future: Course): boolean {
    const { rateMin_uL_per_us: least, rateMax_uL_per_us: most } = this.#rules.pump
    const { rate } = future
    if (future.isPriming || isZero(rate)) return false
    if (compare(rate, most) > 0) return true
    const isExempt = future.therapy.mode === 'minimum-rate' && future.lastEnd_us === undefined
    return !isExempt && compare(rate, least) < 0
  }

  #dose(ask: Ask, moment: Moment): boolean | null {
    const { hard } = this.#rules.limits.dailyDose
    if (hard === null || (hard.by === 'mass' && (ask.kind === 'prime' || ask.kind === 'bridge'))) return false
    const { course, at_us } = moment
    const limit = hard.by === 'mass' ? hard.mass_ug : hard.volume_uL
    const rise = ask.kind === 'therapy' ? this.#rise(ask.therapy, course) : 0
    if (rise < 0 || (ask.kind === 'set-clock' && course.isCorrectedBy(at_us, ask.to_us))) return false
    const most = this.#permit.largestDose(this.#with(ask, moment), at_us, hard.by)
    if (compare(most, limit) <= 0) return false
    if (ask.kind === 'bolus' || rise > 0) return true
    // What only begins anew counts where it makes the dose more than it would be without.
    const before = course.fork(subtract(at_us, DAY_us))
    before.close(at_us)
    const without = this.#permit.largestDose(before, at_us, hard.by)
    return compare(most, without) > 0
  }

  /** A therapy against the present one, by what they give in a day. */
  #rise(therapy: Therapy, course: Course): number {
    const { drug, concentration } = course
    return compare(
      this.#daily({ therapy, drug, concentration }),
      this.#daily({ therapy: course.therapy, drug, concentration }),
    )
  }

  #daily({ therapy, concentration }: Meant): Rational {
    return steadyDailyDose(therapy, basalOf(therapy, this.#rules.pump), (flow) => massRate(flow, concentration))
  }

  /** A dose that rises by more than the hard limit against the last that was meant. */
  #change(ask: Ask, { course, meant }: Moment): boolean {
    const { hard } = this.#rules.limits.change
    if (ask.kind !== 'therapy' || hard === null || meant === null || meant.drug !== course.drug) return false
    if (this.#rise(ask.therapy, course) <= 0) return false
    const { drug, concentration } = course
    const [was, is] = [this.#daily(meant), this.#daily({ therapy: ask.therapy, drug, concentration })]
    return compare(subtract(is, was), multiply(hard, was)) > 0
  }

  /** A prime of more than there is, that of one under way included. */
  #contents(ask: Ask, { course, at_us, primed, left_uL }: Moment): boolean | null {
    if (ask.kind !== 'prime') return false
    if (left_uL === null) return null
    const { primeEnd_us } = course
    const running_us = primeEnd_us === undefined ? ZERO : subtract(primeEnd_us, at_us)
    const running_uL = multiply(running_us, this.#rules.pump.rateMax_uL_per_us)
    const asked_uL = add(running_uL, primeVolume(ask.prime, this.#rules, primed))
    if (compare(asked_uL, left_uL.most) > 0) return true
    return compare(asked_uL, left_uL.least) > 0 ? null : false
  }
}

const UNKNOWN: Verdict = {
  range: null,
  'dose of 24 h': null,
  change: null,
  pattern: null,
  contents: null,
  line: null,
}

/** How long a therapy goes on before all that it will come to has come. */
function horizonOf(therapy: Therapy): Rational {
  switch (therapy.mode) {
    case 'stopped':
    case 'minimum-rate':
    case 'simple-continuous':
      return ZERO
    case 'flex': {
      const longest_us = therapy.boluses.reduce<Rational>((most, { over_us }) => larger(most, over_us), ZERO)
      return add(times(DAY_us, therapy.days.length === WEEK ? 2 : WEEK + 2), longest_us)
    }
    case 'periodic-bolus':
      return add(therapy.over_us, times(therapy.every_us, 2))
  }
}

const WEEK = 7

/** A pattern that no pump takes, whatever it holds; of one whose boluses may overlap too often nothing is said. */
function patternBroken(ask: Ask): boolean | null {
  if (ask.kind !== 'therapy') return false
  const { therapy } = ask
  if (therapy.mode === 'flex') {
    if (therapy.boluses.length > MOST_DAILY) return true
    return therapy.boluses.some(({ over_us }) => compare(over_us, DAY_us) > 0) ? null : false
  }
  if (therapy.mode !== 'periodic-bolus') return false
  const { over_us, every_us } = therapy
  return compare(every_us, LEAST_EVERY_us) < 0 || compare(over_us, times(every_us, MOST_AT_ONCE)) > 0
}

/** A bridge where nothing is left to bridge. */
function lineBroken(ask: Ask, { course, at_us }: Moment): boolean {
  if (ask.kind !== 'bridge') return false
  const { concentration } = course
  return !course.plugsAt(at_us).some((plug) => isPositive(plug) && !equal(plug, concentration))
}
