/**
 * The prescribed ledger: the volume and the drug that a scenario's prescription means, in closed form.
 *
 * It follows from the prescription, from what was meant to be filled, from the clock on the wall and from what the patient
 * asked for, and from nothing else: faults, refusals of the pump, an empty reservoir or a programming that differs never
 * alter it. The code shares nothing with a pump, so that the two can be held against each other.
 *
 * A dose by mass keeps its mass over time and becomes volume by the concentration that the latest fill was meant to have; a
 * dose by volume keeps its volume. A refill of another concentration therefore changes the volume of the first and the mass
 * of the second from its instant on, boluses under way included; any other refill changes at most the drug that is given.
 */
import type { Boluses } from '#hil/oracle/bolus-record'
import { Course, MOST_CHANGES, type Start } from '#hil/oracle/course'
import type { Line } from '#hil/oracle/line'
import { type Grant, PatientRequests } from '#hil/oracle/patient-bolus'
import type { Limited } from '#hil/oracle/permit'
import type { Plumbing } from '#hil/oracle/plumbing'
import { primeVolume } from '#hil/oracle/prime'
import type { Entry, Scenario, ScenarioEvent } from '#hil/scenario/types'
import { compare, equal, type Rational } from '#units/rational'

export interface PrescribedLedger {
  /** Prescribed volume since the start of the run, in uL. */
  readonly volume: Line
  /**
   * Prescribed mass of every drug that is ever filled or meant to be, in ug since the start of the run; first that which the
   * first fill was meant to hold.
   */
  readonly mass: ReadonlyMap<string, Line>
  /** What became of every request of the patient, in order of time. */
  readonly grants: readonly Grant[]
  /** Every bolus that was started, for {@link wholeBoluses}. */
  readonly boluses: Boluses
}

/** What of a scenario the prescribed ledger depends on. */
export type Intent = Start & Plumbing & Limited & Pick<Scenario, 'prescription' | 'events' | 'duration_us'>

/** A look at the course of a prescription at an instant, once what is due to end has ended and before anything happens. */
export interface Look {
  readonly at_us: Rational
  readonly look: (course: Course, primed: boolean) => void
}

/**
 * The ledger of a scenario, exact up to the end of the run; after it the rates of that instant are held.
 *
 * Takes O(n log n) for n entries, events and boluses. A bolus lasts longer than nothing. Throws RangeError for a
 * prescription that changes its rate more than `mostChanges` times. `looks` change nothing of it.
 */
export function prescribe(scenario: Intent, mostChanges = MOST_CHANGES, looks: readonly Look[] = []): PrescribedLedger {
  const course = Course.from(scenario, mostChanges)
  const requests = new PatientRequests(scenario)
  const happenings = happeningsOf(scenario, looks)
  let primed = false
  for (const [index, happening] of happenings.entries()) {
    const { at_us } = happening
    const before = happenings[index - 1]
    if (before === undefined || !equal(before.at_us, at_us)) {
      course.playTo(at_us)
      course.open(at_us)
    }
    befall(happening, { scenario, course, requests, primed })
    primed ||= happening.kind === 'prime'
    const next = happenings[index + 1]
    if (next === undefined || !equal(next.at_us, at_us)) course.close(at_us)
  }
  course.playTo(scenario.duration_us)
  return { volume: course.volume, mass: course.mass, grants: requests.grants, boluses: course.record.boluses }
}

type Happening = Entry | ScenarioEvent | (Look & { readonly kind: 'look' })

/**
 * The order of what happens at one instant, after all ends and before all starts of patterns; what has the same place
 * happens in the order of the file. Events without a place are done to the pump and mean nothing here.
 */
const ORDER: Readonly<Partial<Record<Happening['kind'], number>>> = {
  look: -1,
  'set-clock': 0,
  refill: 1,
  therapy: 2,
  bolus: 3,
  prime: 3,
  bridge: 3,
  'patient-bolus': 3,
  'request-bolus': 4,
}

function happeningsOf({ prescription, events }: Intent, looks: readonly Look[]): readonly Happening[] {
  return [...prescription, ...events, ...looks.map((look) => ({ ...look, kind: 'look' as const }))]
    .flatMap((happening) => {
      const place = ORDER[happening.kind]
      return place === undefined ? [] : [{ happening, place }]
    })
    .toSorted((a, b) => compare(a.happening.at_us, b.happening.at_us) || a.place - b.place)
    .map(({ happening }) => happening)
}

interface Scene {
  readonly scenario: Intent
  readonly course: Course
  readonly requests: PatientRequests
  /** Whether anything was primed before. */
  readonly primed: boolean
}

function befall(happening: Happening, { scenario, course, requests, primed }: Scene): void {
  const { at_us } = happening
  switch (happening.kind) {
    case 'look':
      happening.look(course, primed)
      break
    case 'set-clock':
      course.setClock(at_us, happening.to_us)
      break
    case 'refill':
      course.refill(at_us, happening.fill)
      break
    case 'therapy':
      if (happening.therapy.mode === 'stopped') requests.forbid()
      course.begin(at_us, happening.therapy, happening.text)
      break
    case 'bolus':
      course.give(at_us, happening.bolus)
      break
    case 'prime':
      course.prime(at_us, primeVolume(happening.prime, scenario, primed))
      break
    case 'bridge':
      course.bridge(at_us, happening.bridge)
      break
    case 'patient-bolus':
      requests.allow(happening.patientBolus)
      break
    case 'request-bolus':
      requests.request(course, at_us)
      break
    case 'interrogate':
    case 'stop':
    case 'restart':
    case 'silence':
    case 'read-log':
    case 'clear':
      break
  }
}
