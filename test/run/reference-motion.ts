/**
 * What a scenario means for a motor, a third time and naively: every bolus, prime and change listed with its times, the
 * rates of every interval between two of them added up, and the steps counted off. In another library of rationals,
 * and sharing nothing with pump, bench or oracle but the types of a scenario.
 */
import Fraction from 'fraction.js'
import type { Dose, DoseRate, PatientBolus, Scenario, ScenarioEvent, Therapy } from '#hil/scenario/types'
import type { Rational } from '#units/rational'

export const fraction = ({ n, d }: Rational) => new Fraction(n, d)

const ZERO = new Fraction(0)
const DAY = new Fraction(86_400_000_000)
const TWO_HOURS = new Fraction(7_200_000_000)
/** 1970-01-01 was a Thursday. */
const DAYS = ['thu', 'fri', 'sat', 'sun', 'mon', 'tue', 'wed'] as const

/** Constant rates from one instant to another, per microsecond. */
export interface Stretch {
  readonly from: Fraction
  readonly to: Fraction
  readonly uL: Fraction
  readonly ug: Fraction
  readonly drug: string
}

/** A dose per time: so much by mass, so much by volume. */
interface Flow {
  readonly ug: Fraction
  readonly uL: Fraction
}

interface Given extends Flow {
  readonly from: Fraction
  readonly to: Fraction
}

interface Era {
  readonly from: Fraction
  readonly to: Fraction
  readonly therapy: Therapy
}

const least = (a: Fraction, b: Fraction) => (a.lt(b) ? a : b)
const most = (a: Fraction, b: Fraction) => (a.gt(b) ? a : b)
const holds = ({ from, to }: { readonly from: Fraction; readonly to: Fraction }, t: Fraction) => from.lte(t) && t.lt(to)
const byTime = <T extends { readonly at: Fraction }>(list: readonly T[]) => list.toSorted((a, b) => a.at.compare(b.at))

const rateOf = (dose: DoseRate): Flow =>
  dose.by === 'mass' ? { ug: fraction(dose.rate_ug_per_us), uL: ZERO } : { ug: ZERO, uL: fraction(dose.rate_uL_per_us) }

function spread(dose: Dose, over: Fraction): Flow {
  return dose.by === 'mass'
    ? { ug: fraction(dose.mass_ug).div(over), uL: ZERO }
    : { ug: ZERO, uL: fraction(dose.volume_uL).div(over) }
}

type EventOf<K extends ScenarioEvent['kind']> = Extract<ScenarioEvent, { readonly kind: K }>

const eventsOf = <K extends ScenarioEvent['kind']>({ events }: Scenario, kind: K) =>
  byTime(
    events
      .filter((event): event is EventOf<K> => event.kind === kind)
      .map((event) => ({ at: fraction(event.at_us), event })),
  )

/** A time during which nobody sets the clock: it reads `reads` at its start. */
interface ClockSpan {
  readonly from: Fraction
  readonly to: Fraction
  readonly reads: Fraction
  /** Whether setting it began the therapy anew. */
  readonly jumped: boolean
}

function clockSpans(scenario: Scenario, end: Fraction): ClockSpan[] {
  const sets = eventsOf(scenario, 'set-clock').map(({ at, event }) => ({ at, reads: fraction(event.to_us) }))
  const all = [{ at: ZERO, reads: fraction(scenario.clock_us) }, ...sets]
  return all.map(({ at, reads }, index) => {
    const before = all[index - 1]
    const shown = before === undefined ? reads : before.reads.add(at.sub(before.at))
    return { from: at, to: all[index + 1]?.at ?? end, reads, jumped: reads.sub(shown).abs().gt(TWO_HOURS) }
  })
}

/** From one change of therapy to the next; of two at one instant the first lasts no time. */
function erasOf(scenario: Scenario, clocks: readonly ClockSpan[], end: Fraction): Era[] {
  const told = scenario.prescription.flatMap((entry) =>
    entry.kind === 'therapy' ? [{ at: fraction(entry.at_us), therapy: entry.therapy }] : [],
  )
  const starts = [ZERO, ...told.map(({ at }) => at), ...clocks.flatMap(({ jumped, from }) => (jumped ? [from] : []))]
  const ordered = starts.toSorted((a, b) => a.compare(b))
  return ordered.map((from, index) => {
    const therapy = told.findLast(({ at }) => at.lte(from))?.therapy ?? { mode: 'stopped' }
    return { from, to: ordered[index + 1] ?? end, therapy }
  })
}

/** A reading starts its bolus if the clock shows it in this era and had not gone beyond it earlier in the era. */
function dailyGiven(era: Era, clocks: readonly ClockSpan[]): Given[] {
  if (era.therapy.mode !== 'flex') return []
  const { boluses, days } = era.therapy
  const shown = clocks
    .map(({ from, to, reads }) => ({ from: most(from, era.from), to: least(to, era.to), shift: reads.sub(from) }))
    .filter(({ from, to }) => from.lt(to))
  return shown.flatMap(({ from, to, shift }, index) => {
    const passed = shown.slice(0, index).map((earlier) => earlier.to.add(earlier.shift))
    const found: Given[] = []
    for (let day = from.add(shift).div(DAY).floor(); day.mul(DAY).lt(to.add(shift)); day = day.add(1)) {
      const weekday = DAYS[Number(day.mod(7).valueOf())]
      for (const { at_us, dose, over_us } of weekday !== undefined && days.includes(weekday) ? boluses : []) {
        const reading = day.mul(DAY).add(fraction(at_us))
        const start = reading.sub(shift)
        if (!holds({ from, to }, start) || passed.some((limit) => limit.gt(reading))) continue
        const over = fraction(over_us)
        found.push({ ...spread(dose, over), from: start, to: least(start.add(over), era.to) })
      }
    }
    return found
  })
}

function periodicGiven({ from, to, therapy }: Era): Given[] {
  if (therapy.mode !== 'periodic-bolus') return []
  const found: Given[] = []
  const [over, every] = [fraction(therapy.over_us), fraction(therapy.every_us)]
  for (let start = from; start.lt(to); start = start.add(every)) {
    found.push({ ...spread(therapy.dose, over), from: start, to: least(start.add(over), to) })
  }
  return found
}

/** The leave that a patient has at an instant. */
function leaveAt({ prescription }: Scenario, t: Fraction): PatientBolus | null {
  let leave: PatientBolus | null = null
  for (const entry of prescription) {
    if (fraction(entry.at_us).gt(t)) continue
    if (entry.kind === 'patient-bolus') leave = entry.patientBolus
    if (entry.kind === 'therapy' && entry.therapy.mode === 'stopped') leave = null
  }
  return leave
}

/** An answer to a request: whether it was granted, and if it was not, whether for the limits. */
export type Answer = 'granted' | 'denied' | 'beyond limits'

/** What may be answered to each request, if `answers` were given: lockout and daily maximum leave no choice. */
export function possibleAnswers(scenario: Scenario, answers: readonly Answer[]): (readonly Answer[])[] {
  const grants: Fraction[] = []
  return eventsOf(scenario, 'request-bolus').map(({ at }, index) => {
    const leave = leaveAt(scenario, at)
    const last = grants.at(-1)
    const today = grants.filter((grant) => grant.gt(at.sub(DAY))).length
    if (answers[index] === 'granted') grants.push(at)
    if (leave === null || today >= leave.maxPerDay) return ['denied']
    return last !== undefined && at.sub(last).lt(fraction(leave.lockout_us)) ? ['denied'] : ['granted', 'beyond limits']
  })
}

function onceGiven(scenario: Scenario, eras: readonly Era[], answers: readonly Answer[]): Given[] {
  const programmed = scenario.prescription.flatMap((entry) =>
    entry.kind === 'bolus' ? [{ at: fraction(entry.at_us), ...entry.bolus }] : [],
  )
  const granted = eventsOf(scenario, 'request-bolus').flatMap(({ at }, index) => {
    const leave = leaveAt(scenario, at)
    return answers[index] === 'granted' && leave !== null ? [{ at, ...leave }] : []
  })
  return [...programmed, ...granted].flatMap(({ at, dose, over_us }) => {
    const era = eras.find((each) => holds(each, at))
    const over = fraction(over_us)
    return era === undefined ? [] : [{ ...spread(dose, over), from: at, to: least(at.add(over), era.to) }]
  })
}

function lineOf({ pump, catheter_uL }: Scenario): Fraction {
  return fraction(pump.tube_uL).add(fraction(catheter_uL))
}

/** Primes one after the other: one that begins within another follows it. */
function primesOf(scenario: Scenario): { readonly from: Fraction; readonly to: Fraction }[] {
  const found: { readonly from: Fraction; readonly to: Fraction }[] = []
  for (const entry of scenario.prescription) {
    if (entry.kind !== 'prime') continue
    const auto = scenario.line === 'empty' && found.length === 0 ? lineOf(scenario) : fraction(scenario.catheter_uL)
    const volume = entry.prime.volume === 'auto' ? auto : fraction(entry.prime.volume)
    const from = most(fraction(entry.at_us), found.at(-1)?.to ?? ZERO)
    found.push({ from, to: from.add(volume.div(fraction(scenario.pump.rateMax_uL_per_us))) })
  }
  return found
}

/** What the reservoir holds from an instant on, and of which concentration it was told before of the same drug. */
interface Filled {
  readonly at: Fraction
  readonly drug: string
  readonly concentration: Fraction
}

function fillsOf(scenario: Scenario): Filled[] {
  const told = [
    { at: ZERO, fill: scenario.fill },
    ...eventsOf(scenario, 'refill').map(({ at, event }) => ({ at, fill: event.fill })),
  ]
  return told.map(({ at, fill }) => {
    const { drug, concentration_ug_per_uL } = fill.programmed
    return { at, drug, concentration: fraction(concentration_ug_per_uL) }
  })
}

interface Plug {
  readonly left: Fraction
  readonly concentration: Fraction
}

/** What the line holds of earlier fills, from the tip on, and how much of it is bridged. */
interface Line {
  readonly plugs: readonly Plug[]
  readonly bridged: Fraction
}

const heldBy = (plugs: readonly Plug[]) => plugs.reduce((held, { left }) => held.add(left), ZERO)

/** The line once everything told at an instant has happened. */
function lineOn(scenario: Scenario, fills: readonly Filled[], at: Fraction, before: Line): Line {
  let { plugs, bridged } = before
  for (const [index, fill] of fills.entries()) {
    const last = fills[index - 1]
    if (last === undefined || !fill.at.equals(at)) continue
    if (fill.drug !== last.drug) [plugs, bridged] = [[], ZERO]
    else if (!fill.concentration.equals(last.concentration)) {
      const left = lineOf(scenario).sub(heldBy(plugs))
      if (left.gt(0)) plugs = [...plugs, { left, concentration: last.concentration }]
    }
  }
  const present = fills.findLast((fill) => fill.at.lte(at))?.concentration ?? ZERO
  for (const entry of scenario.prescription) {
    if (entry.kind !== 'bridge' || !fraction(entry.at_us).equals(at)) continue
    if (plugs.every(({ concentration }) => concentration.equals(present))) continue
    const held = heldBy(plugs)
    const asked = entry.bridge.volume === 'auto' ? held : fraction(entry.bridge.volume)
    const beyond = asked.sub(held)
    if (beyond.gt(0)) plugs = plugs.map((plug, i) => (plugs[i + 1] ? plug : { ...plug, left: plug.left.add(beyond) }))
    if (asked.gt(bridged)) bridged = asked
  }
  return { plugs, bridged }
}

/** The line once so much of it has left the tip. */
function without(volume: Fraction, { plugs, bridged }: Line): Line {
  const kept: Plug[] = []
  let gone = volume
  for (const { left, concentration } of plugs) {
    if (gone.lt(left)) kept.push({ left: left.sub(gone), concentration })
    gone = gone.gt(left) ? gone.sub(left) : ZERO
  }
  return { plugs: kept, bridged: bridged.gt(volume) ? bridged.sub(volume) : ZERO }
}

function basalOf(therapy: Therapy, { pump }: Scenario): Flow {
  switch (therapy.mode) {
    case 'stopped':
      return { ug: ZERO, uL: ZERO }
    case 'minimum-rate':
      return { ug: ZERO, uL: fraction(pump.minimumRate_uL_per_us) }
    case 'simple-continuous':
      return rateOf(therapy.dose)
    case 'flex':
      return rateOf(therapy.basal)
    case 'periodic-bolus':
      return therapy.basal === null ? { ug: ZERO, uL: ZERO } : rateOf(therapy.basal)
  }
}

/** What flows when nothing primes and nothing is bridged, by the listed boluses. */
function askedAt(t: Fraction, era: Era | undefined, given: readonly Given[], scenario: Scenario): Flow {
  const flows: Flow[] = given.filter((bolus) => holds(bolus, t))
  if (era !== undefined) flows.push(basalOf(era.therapy, scenario))
  return flows.reduce((sum, { ug, uL }) => ({ ug: sum.ug.add(ug), uL: sum.uL.add(uL) }), { ug: ZERO, uL: ZERO })
}

/** The boluses that flow on a day of the run, so that not all of them are looked at for every interval. */
function byDay(given: readonly Given[]): (t: Fraction) => readonly Given[] {
  const days = new Map<number, Given[]>()
  const dayOf = (t: Fraction) => Number(t.div(DAY).floor().valueOf())
  for (const bolus of given) {
    for (let day = dayOf(bolus.from); day <= dayOf(bolus.to); day += 1) days.set(day, [...(days.get(day) ?? []), bolus])
  }
  return (t) => days.get(dayOf(t)) ?? []
}

/** Every rate of a run, one interval after the other, with the requests of the patient answered as given. */
export function stretchesOf(scenario: Scenario, answers: readonly Answer[]): Stretch[] {
  const end = fraction(scenario.duration_us)
  const clocks = clockSpans(scenario, end)
  const eras = erasOf(scenario, clocks, end)
  const fills = fillsOf(scenario)
  const primes = primesOf(scenario)
  const given = [
    ...eras.flatMap((era) => [...dailyGiven(era, clocks), ...periodicGiven(era)]),
    ...onceGiven(scenario, eras, answers),
  ]
  const onDay = byDay(given)
  const told = [...scenario.prescription, ...scenario.events].map(({ at_us }) => fraction(at_us))
  const marks = [ZERO, end, ...told, ...[...given, ...primes, ...eras].flatMap(({ from, to }) => [from, to])]
  const cuts = marks.filter((t) => t.lte(end)).toSorted((a, b) => a.compare(b))
  const stretches: Stretch[] = []
  let line: Line = { plugs: [], bridged: ZERO }
  for (const [index, mark] of cuts.entries()) {
    const next = cuts[index + 1]
    if (next === undefined || next.equals(mark)) continue
    line = lineOn(scenario, fills, mark, line)
    const { drug, concentration } = fills.findLast(({ at }) => at.lte(mark)) ?? { drug: '', concentration: ZERO }
    const asked = askedAt(
      mark,
      eras.findLast((era) => holds(era, mark)),
      onDay(mark),
      scenario,
    )
    const primed = primes.some((prime) => holds(prime, mark))
    const ug = primed ? ZERO : asked.ug.add(asked.uL.mul(concentration))
    for (let from = mark; from.lt(next); ) {
      const [tip] = line.plugs
      const bridged = tip !== undefined && line.bridged.gt(0) ? tip : null
      const asked_uL = ug.div(bridged === null ? concentration : bridged.concentration)
      const uL = primed ? fraction(scenario.pump.rateMax_uL_per_us) : asked_uL
      const clears = bridged === null || uL.equals(0) ? next : from.add(least(bridged.left, line.bridged).div(uL))
      const to = least(next, clears)
      stretches.push({ from, to, uL, ug, drug })
      line = without(uL.mul(to.sub(from)), line)
      from = to
    }
  }
  return stretches
}

/** What the stretches give in all. */
export function totalOf(stretches: readonly Stretch[], rate: (stretch: Stretch) => Fraction): Fraction {
  return stretches.reduce((sum, stretch) => sum.add(rate(stretch).mul(stretch.to.sub(stretch.from))), ZERO)
}

/** The tick of 64 us at or after the instant at which each step is due, in order. */
export function expectedTicks(stretches: readonly Stretch[], step_uL: Fraction): number[] {
  const ticks: number[] = []
  let position = ZERO
  for (const { from, to, uL } of stretches) {
    if (uL.equals(0)) continue
    const perStep = step_uL.div(uL)
    const end = position.add(to.sub(from).div(perStep))
    const first = position.floor().add(1)
    const count = Number(end.floor().sub(position.floor()).valueOf())
    // Over a common denominator, so that each step costs one division of whole numbers.
    const [start, apart] = [from.add(first.sub(position).mul(perStep)).div(64), perStep.div(64)]
    const [n, by, d] = [start.n * apart.d, apart.n * start.d, start.d * apart.d]
    for (let k = 0; k < count; k += 1) ticks.push(Number((n + BigInt(k) * by + d - 1n) / d))
    position = end
  }
  return ticks
}
