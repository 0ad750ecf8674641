/**
 * What goes wrong where a regimen is programmed: a unit, a place of a decimal point, a visit that did not take place, a
 * syringe that is not what its label says. Each takes a scenario to the same one with that mistake in it; the prescription
 * stays as it was.
 */
import type { Dose, DoseRate, Entry, ProgrammedFill, Scenario, Therapy } from '#hil/scenario/types'
import { as, DAY_us, type Time_us } from '#units/quantity'
import { add, compare, divide, multiply, type Rational, ratio, whole } from '#units/rational'

export interface Slip {
  readonly name: string
  readonly scenario: Scenario
}

/** Every mistake that can be made with a scenario. */
export function slipsOf(scenario: Scenario): readonly Slip[] {
  const { programming, events, fill } = scenario
  const therapies = programming.filter(({ kind }) => kind === 'therapy')
  const slip = (name: string, change: Partial<Scenario>): Slip => ({ name, scenario: { ...scenario, ...change } })
  const scaled = (name: string, factor: Rational) =>
    slip(name, { programming: programming.map((entry) => withDose(entry, factor)) })
  return [
    scaled('ten times the dose', whole(10)),
    scaled('a fifth too much', ratio(6n, 5n)),
    scaled('a fifth too little', ratio(4n, 5n)),
    scaled('a dose of a day taken for that of an hour', whole(24)),
    slip('a day late', { programming: dayLate(scenario) }),
    ...programming.map((_, index) =>
      slip(`entry ${index + 1} of ${programming.length} forgotten`, { programming: programming.toSpliced(index, 1) }),
    ),
    ...refusedEntries(scenario).map((at_us) =>
      slip('minimum rate an hour after the first refusal', { programming: minimumAfter(programming, at_us) }),
    ),
    ...(programming.some(isPeriodic)
      ? [slip('hours typed as minutes', { programming: programming.map(minutesForHours) })]
      : []),
    ...(programming.some((entry) => steady(entry) !== entry)
      ? [slip('the same dose without boluses', { programming: programming.map(steady) })]
      : []),
    ...(therapies.length === 0
      ? []
      : [
          slip('left stopped', {
            programming: leftStopped(scenario),
            events: events.filter(({ kind }) => kind !== 'restart'),
          }),
        ]),
    slip('a first fill of a quarter of the concentration on its label', { fill: weaker(fill) }),
    slip('a first fill of which the pump is told four times the concentration', { fill: toldStronger(fill) }),
    ...events.flatMap((event, index) =>
      event.kind === 'refill'
        ? [
            slip('the refill forgotten', { events: events.toSpliced(index, 1) }),
            slip('a refill of which the pump is told four times the concentration', {
              events: events.with(index, { ...event, fill: toldStronger(event.fill) }),
            }),
            slip('a refill of half the volume', { events: events.with(index, { ...event, fill: less(event.fill) }) }),
          ]
        : event.kind === 'restart'
          ? [slip('the restart forgotten', { events: events.toSpliced(index, 1) })]
          : [],
    ),
  ]
}

/** When the first entry is to be refused, where any is. */
function refusedEntries({ checks }: Scenario): readonly Time_us[] {
  const at_us = checks.flatMap((check) => (check.check === 'refused' ? [check.at_us] : []))
  return at_us.sort(compare).slice(0, 1)
}

/** Somebody who meets a refusal takes what the pump never refuses. */
function minimumAfter(programming: readonly Entry[], refused_us: Time_us): readonly Entry[] {
  const at_us = as<Time_us>(add(refused_us, divide(DAY_us, whole(24))))
  const minimum: Entry = {
    at_us,
    text: 'minimum-rate',
    confirm: true,
    kind: 'therapy',
    therapy: { mode: 'minimum-rate' },
  }
  return [...programming.filter((entry) => compare(entry.at_us, at_us) < 0), minimum].concat(
    programming.filter((entry) => compare(entry.at_us, at_us) >= 0),
  )
}

function withDose(entry: Entry, factor: Rational): Entry {
  switch (entry.kind) {
    case 'therapy':
      return { ...entry, therapy: withDoses(entry.therapy, factor) }
    case 'bolus':
      return { ...entry, bolus: { ...entry.bolus, dose: times(entry.bolus.dose, factor) } }
    case 'patient-bolus':
    case 'prime':
    case 'bridge':
      return entry
  }
}

function withDoses(therapy: Therapy, factor: Rational): Therapy {
  switch (therapy.mode) {
    case 'stopped':
    case 'minimum-rate':
      return therapy
    case 'simple-continuous':
      return { ...therapy, dose: times(therapy.dose, factor) }
    case 'flex': {
      const boluses = therapy.boluses.map((bolus) => ({ ...bolus, dose: times(bolus.dose, factor) }))
      return { ...therapy, basal: times(therapy.basal, factor), boluses }
    }
    case 'periodic-bolus': {
      const basal = therapy.basal && times(therapy.basal, factor)
      return { ...therapy, basal, dose: times(therapy.dose, factor) }
    }
  }
}

function times<D extends Dose | DoseRate>(dose: D, factor: Rational): D {
  const amounts = Object.entries(dose).map(([key, value]: [string, string | Rational]) => [
    key,
    typeof value === 'string' ? value : multiply(value, factor),
  ])
  return Object.fromEntries(amounts) as D
}

function dayLate({ programming, duration_us }: Scenario): readonly Entry[] {
  return programming
    .map((entry): Entry => ({ ...entry, at_us: as(add(entry.at_us, DAY_us)) }))
    .filter(({ at_us }) => compare(at_us, duration_us) < 0)
}

function isPeriodic(entry: Entry): boolean {
  return entry.kind === 'therapy' && entry.therapy.mode === 'periodic-bolus'
}

/** A bolus that is to come every few hours comes every few minutes, and takes no longer than that. */
function minutesForHours(entry: Entry): Entry {
  if (entry.kind !== 'therapy' || entry.therapy.mode !== 'periodic-bolus') return entry
  const every_us = divide(entry.therapy.every_us, whole(60))
  const over_us = compare(entry.therapy.over_us, every_us) > 0 ? every_us : entry.therapy.over_us
  return { ...entry, therapy: { ...entry.therapy, every_us: as(every_us), over_us: as(over_us) } }
}

/** The dose of a day in boluses given as a steady flow. */
function steady(entry: Entry): Entry {
  if (entry.kind !== 'therapy') return entry
  const { therapy } = entry
  if (therapy.mode === 'periodic-bolus' && therapy.dose.by === 'mass') {
    const basal = therapy.basal?.by === 'mass' ? therapy.basal.rate_ug_per_us : whole(0)
    const rate_ug_per_us = add(basal, divide(therapy.dose.mass_ug, therapy.every_us))
    return {
      ...entry,
      therapy: { mode: 'simple-continuous', dose: { by: 'mass', rate_ug_per_us: as(rate_ug_per_us) } },
    }
  }
  if (therapy.mode === 'flex' && therapy.basal.by === 'mass') {
    const boluses = therapy.boluses.map(({ dose }) => (dose.by === 'mass' ? dose.mass_ug : whole(0)))
    const rate_ug_per_us = add(therapy.basal.rate_ug_per_us, divide(boluses.reduce<Rational>(add, whole(0)), DAY_us))
    return {
      ...entry,
      therapy: { mode: 'simple-continuous', dose: { by: 'mass', rate_ug_per_us: as(rate_ug_per_us) } },
    }
  }
  return entry
}

/** A session in the middle of what is programmed ends without a restart, and no later one takes place. */
function leftStopped({ programming, duration_us }: Scenario): readonly Entry[] {
  const half_us = divide(duration_us, whole(2))
  const before = programming.filter(({ at_us }) => compare(at_us, half_us) < 0)
  const stop: Entry = {
    at_us: as(half_us),
    text: 'stopped',
    confirm: true,
    kind: 'therapy',
    therapy: { mode: 'stopped' },
  }
  return [...before, stop]
}

/** A syringe of a quarter of the concentration that its label, the file and the pump say. */
function weaker({ actual, programmed }: ProgrammedFill): ProgrammedFill {
  return {
    actual: { ...actual, concentration_ug_per_uL: as(divide(actual.concentration_ug_per_uL, whole(4))) },
    programmed,
  }
}

function toldStronger({ actual, programmed }: ProgrammedFill): ProgrammedFill {
  const concentration_ug_per_uL = multiply(programmed.concentration_ug_per_uL, whole(4))
  return { actual, programmed: { ...programmed, concentration_ug_per_uL: as(concentration_ug_per_uL) } }
}

function less({ actual, programmed }: ProgrammedFill): ProgrammedFill {
  return { actual: { ...actual, volume_uL: as(divide(actual.volume_uL, whole(2))) }, programmed }
}
