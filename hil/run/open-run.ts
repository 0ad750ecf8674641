/**
 * The open run of a record that broke off: steps that the pump counted and had not yet booked.
 *
 * A pump books a run when its rate changes and at the end, and a run that breaks off has no end. What it had counted is in
 * what it said of itself whenever it was asked; when each of those steps was due is in its orders.
 */
import { exact, fromExact } from '#hil/run/exact'
import type { BookedSteps, Exact, TraceRecord } from '#hil/run/trace'
import {
  add,
  compare,
  divide,
  equal,
  floor,
  larger,
  type Rational,
  subtract,
  times,
  toSafeInteger,
  whole,
  ZERO,
} from '#units/rational'

/** Evenly spaced steps, exactly when they are due. */
interface Due {
  readonly first_us: Rational
  readonly interval_us: Rational
  readonly count: number
}

/** Between two questions to the pump, and up to which instant its steps are accounted for. */
interface Stretch {
  readonly from_us: Rational
  readonly to_us: Rational
  readonly used_us: Rational
}

type Status = Extract<TraceRecord, { kind: 'status' }>

/**
 * The runs that close the books of a pump up to when it was last asked, after all that it has booked: between two
 * questions as many steps as its count grew by, each worth what its volume and its drug grew by. They are due as it had
 * ordered them; where its orders are of another number, and where it gives none, evenly between the two questions.
 */
export function openRuns(records: readonly TraceRecord[]): readonly BookedSteps[] {
  const booked = records.filter((record) => record.kind === 'booked')
  const booked_us = booked.reduce((last_us, run) => larger(last_us, lastOf(run)), whole(-1))
  const orders = new Orders(records)
  const books = new Books(booked)
  const runs: BookedSteps[] = []
  let [asked_us, used_us] = [larger(booked_us, ZERO), booked_us]
  for (const record of records) {
    if (record.kind === 'withdrawn') books.take(record)
    if (record.kind !== 'status' || compare(whole(record.t_us), asked_us) <= 0) continue
    const steps = record.steps - books.steps
    if (steps > 0) {
      const worth = books.worth(record, steps)
      for (const due of orders.dueIn({ from_us: asked_us, to_us: whole(record.t_us), used_us }, steps)) {
        const run = { t_us: record.t_us, ...due, ...worth }
        books.add(run)
        append(runs, run)
        used_us = lastOf(run)
      }
    }
    asked_us = whole(record.t_us)
  }
  return runs
}

/** When the last step of a run is due. */
export function lastOf({
  first_us,
  interval_us,
  count,
}: Pick<BookedSteps, 'first_us' | 'interval_us' | 'count'>): Rational {
  return add(fromExact(first_us), times(fromExact(interval_us), count - 1))
}

/** What the runs so far amount to. */
class Books {
  #steps = 0
  #volume_uL = ZERO
  readonly #dose_ug = new Map<string, Rational>()
  #drug = ''

  constructor(booked: readonly BookedSteps[]) {
    for (const run of booked) this.add(run)
  }

  get steps(): number {
    return this.#steps
  }

  add(run: BookedSteps): void {
    this.#drug = run.drug
    this.#count(run, run.count)
  }

  take(run: BookedSteps): void {
    this.#count(run, -run.count)
  }

  #count({ drug, step_uL, step_ug }: BookedSteps, count: number): void {
    this.#steps += count
    this.#volume_uL = add(this.#volume_uL, times(fromExact(step_uL), count))
    this.#dose_ug.set(drug, add(this.#dose_ug.get(drug) ?? ZERO, times(fromExact(step_ug), count)))
  }

  /** What each of the steps gave by which the pump says more than these books: of one drug, the one that grew most. */
  worth({ volume_uL, dose_ug }: Status, steps: number): Pick<BookedSteps, 'step_uL' | 'drug' | 'step_ug'> {
    let [most_ug, most] = [ZERO, this.#drug]
    for (const [drug, dose] of dose_ug) {
      const gain_ug = subtract(fromExact(dose), this.#dose_ug.get(drug) ?? ZERO)
      if (compare(gain_ug, most_ug) > 0) [most_ug, most] = [gain_ug, drug]
    }
    const gain_uL = larger(ZERO, subtract(fromExact(volume_uL), this.#volume_uL))
    return { step_uL: shared(gain_uL, steps), drug: most, step_ug: shared(most_ug, steps) }
  }
}

function shared(amount: Rational, steps: number): Exact {
  return exact(divide(amount, whole(steps)))
}

/** Adds a run, to the last one where it goes on without a seam. */
function append(runs: BookedSteps[], run: BookedSteps): void {
  const last = runs.at(-1)
  const goesOn =
    last !== undefined &&
    last.interval_us === run.interval_us &&
    last.step_uL === run.step_uL &&
    last.drug === run.drug &&
    last.step_ug === run.step_ug &&
    equal(add(lastOf(last), fromExact(last.interval_us)), fromExact(run.first_us))
  if (last !== undefined && goesOn) runs[runs.length - 1] = { ...last, t_us: run.t_us, count: last.count + run.count }
  else runs.push(run)
}

type Even = Pick<BookedSteps, 'first_us' | 'interval_us' | 'count'>

/** What a pump ordered of its motor and did not take back. */
class Orders {
  readonly #orders: readonly Due[]
  /** The first order that can have steps which are not accounted for. */
  #index = 0

  constructor(records: readonly TraceRecord[]) {
    const orders: Due[] = []
    for (const record of records) {
      if (record.kind === 'cancel') cancel(orders, fromExact(record.after_us))
      if (record.kind !== 'order' || record.count === 0) continue
      const { first_us, interval_us, count } = record
      orders.push({ first_us: fromExact(first_us), interval_us: fromExact(interval_us), count })
    }
    this.#orders = orders
  }

  /** So many steps within a stretch. The step that is due when the pump is asked may count for either side. */
  dueIn(stretch: Stretch, steps: number): readonly Even[] {
    const found = this.#within(stretch)
    const surplus = found.reduce((sum, { count }) => sum + count, 0) - steps
    if (surplus < 0 || surplus > 1) return [evenly(stretch, steps)]
    return found.flatMap(({ first_us, interval_us, count }, index) => {
      const kept = index === found.length - 1 ? count - surplus : count
      return kept === 0 ? [] : [{ first_us: exact(first_us), interval_us: exact(interval_us), count: kept }]
    })
  }

  #within({ from_us, to_us, used_us }: Stretch): readonly Due[] {
    const found: Due[] = []
    for (let index = this.#index; index < this.#orders.length; index += 1) {
      const order = this.#orders[index]
      if (order === undefined || compare(order.first_us, to_us) > 0) break
      const from = Math.max(stepsThrough(order, used_us), stepsBefore(order, from_us))
      const to = stepsThrough(order, to_us)
      if (from < to) found.push(steps(order, from, to))
      else if (from === order.count) this.#index = index + 1
    }
    return found
  }
}

function cancel(orders: Due[], after_us: Rational): void {
  for (let last = orders.at(-1); last !== undefined; last = orders.at(-1)) {
    const kept = stepsThrough(last, after_us)
    if (kept === last.count) return
    orders.pop()
    if (kept > 0) orders.push({ ...last, count: kept })
  }
}

/** How many evenly spaced steps are due up to an instant, it included. */
export function stepsThrough({ first_us, interval_us, count }: Due, at_us: Rational): number {
  const past = floor(divide(subtract(at_us, first_us), interval_us)) + 1n
  return past <= 0n ? 0 : past >= BigInt(count) ? count : toSafeInteger(past)
}

/** How many are due before it. */
function stepsBefore(order: Due, at_us: Rational): number {
  const through = stepsThrough(order, at_us)
  const last_us = add(order.first_us, times(order.interval_us, through - 1))
  return through > 0 && equal(last_us, at_us) ? through - 1 : through
}

function steps({ first_us, interval_us }: Due, from: number, to: number): Due {
  return { first_us: add(first_us, times(interval_us, from)), interval_us, count: to - from }
}

/** So many steps between two instants, the last of them at the second. */
function evenly({ from_us, to_us, used_us }: Stretch, count: number): Even {
  const interval_us = divide(subtract(to_us, larger(from_us, used_us)), whole(count))
  return { first_us: exact(subtract(to_us, times(interval_us, count - 1))), interval_us: exact(interval_us), count }
}
