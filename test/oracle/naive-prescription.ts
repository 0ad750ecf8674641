/**
 * What a prescription means, worked out the slow way: every bolus listed with its start and end, then every interval
 * between two changes looked at on its own. Nothing is carried along that could be read off the scenario again.
 */
import type { Intent } from '#hil/oracle/prescribed'
import type { Bolus, Dose, DoseRate, PatientBolus, ScenarioEvent, Therapy } from '#hil/scenario/types'
import { as, DAY_us } from '#units/quantity'
import {
  add,
  compare,
  divide,
  floor,
  isZero,
  larger,
  magnitude,
  multiply,
  type Rational,
  smaller,
  subtract,
  times,
  toSafeInteger,
  whole,
  ZERO,
} from '#units/rational'

/** Constant rates from one instant to another. */
export interface Stretch {
  readonly from: Rational
  readonly to: Rational
  readonly volume: Rational
  readonly mass: Rational
  readonly drug: string
}

interface Given extends Bolus {
  readonly from: Rational
  readonly to: Rational
  readonly patterned: boolean
}

interface Grant extends PatientBolus {
  readonly at: Rational
}

const TWO_HOURS = whole(7_200_000_000)
const THURSDAY = 3
const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const

const before = (a: Rational, b: Rational) => compare(a, b) < 0
const holds = (from: Rational, t: Rational, to: Rational) => !before(t, from) && before(t, to)

type Of<K extends string> = Extract<ScenarioEvent, { kind: K }>

const refills = ({ events }: Intent) =>
  events.flatMap((e): Of<'refill'>[] => (e.kind === 'refill' ? [e] : [])).toSorted((a, b) => compare(a.at_us, b.at_us))

interface Setting {
  readonly at: Rational
  readonly reads: Rational
  readonly jumps: boolean
}

/** The clock from each instant at which it was set on, the start included; no two at one instant. */
function settings(scenario: Intent): Setting[] {
  const sets = scenario.events.flatMap((e): Of<'set-clock'>[] => (e.kind === 'set-clock' ? [e] : []))
  let last: Setting = { at: ZERO, reads: scenario.clock_us, jumps: false }
  const all = [last]
  for (const { at_us, to_us } of sets.toSorted((a, b) => compare(a.at_us, b.at_us))) {
    const old = add(last.reads, subtract(at_us, last.at))
    last = { at: at_us, reads: to_us, jumps: compare(magnitude(subtract(to_us, old)), TWO_HOURS) > 0 }
    all.push(last)
  }
  return all
}

interface Era {
  readonly from: Rational
  readonly to: Rational
  readonly therapy: Therapy
}

/** From every change of therapy to the next; a jump of the clock is one. */
function eras(scenario: Intent, horizon: Rational): Era[] {
  const therapies = scenario.prescription.flatMap((e) => (e.kind === 'therapy' ? [e] : []))
  const jumps = settings(scenario).flatMap(({ at, jumps }) => (jumps ? [at] : []))
  const starts = [ZERO, ...therapies.map(({ at_us }): Rational => at_us), ...jumps].toSorted(compare)
  return starts.map((from, index) => {
    const therapy = therapies.filter(({ at_us }) => compare(at_us, from) <= 0).at(-1)?.therapy ?? { mode: 'stopped' }
    return { from, to: starts[index + 1] ?? horizon, therapy }
  })
}

/** The starts of a daily pattern in an era: every reading that the clock reaches for the first time. */
function dailyStarts(scenario: Intent, { from, to, therapy }: Era): { at: Rational; given: Bolus }[] {
  if (therapy.mode !== 'flex') return []
  const clocks = settings(scenario)
  let reached: Rational | undefined
  return clocks.flatMap(({ at, reads }, index) => {
    const opens = larger(at, from)
    const closes = smaller(clocks[index + 1]?.at ?? to, to)
    if (!before(opens, closes)) return []
    const [first, end] = [add(reads, subtract(opens, at)), add(reads, subtract(closes, at))]
    const least = reached === undefined ? first : larger(first, reached)
    reached = larger(end, least)
    const days = [floor(divide(first, DAY_us)), floor(divide(end, DAY_us))].map((day) => toSafeInteger(day))
    const found: { at: Rational; given: Bolus }[] = []
    for (let day = days[0] ?? 0; day <= (days[1] ?? 0); day += 1) {
      const weekday = DAYS[(day + THURSDAY) % 7] ?? 'mon'
      for (const bolus of therapy.days.includes(weekday) ? therapy.boluses : []) {
        const reading = add(times(DAY_us, day), bolus.at_us)
        if (holds(least, reading, end)) found.push({ at: add(at, subtract(reading, reads)), given: bolus })
      }
    }
    return found
  })
}

/** Every bolus that ever flows, of any kind, cut where its therapy ends. */
function boluses(scenario: Intent, grants: readonly Grant[], horizon: Rational): Given[] {
  return eras(scenario, horizon).flatMap((era) => {
    const cut = ({ dose, over_us }: Bolus, from: Rational, patterned: boolean): Given => {
      return { dose, over_us, from, to: smaller(add(from, over_us), era.to), patterned }
    }
    const once = scenario.prescription.flatMap((e) =>
      e.kind === 'bolus' && holds(era.from, e.at_us, era.to) ? [cut(e.bolus, e.at_us, false)] : [],
    )
    const granted = grants.flatMap((grant) => (holds(era.from, grant.at, era.to) ? [cut(grant, grant.at, false)] : []))
    const daily = dailyStarts(scenario, era).map(({ at, given }) => cut(given, at, true))
    const periodic: Given[] = []
    if (era.therapy.mode === 'periodic-bolus') {
      for (let at = era.from; before(at, era.to); at = add(at, era.therapy.every_us)) {
        periodic.push(cut(era.therapy, at, true))
      }
    }
    return [...once, ...granted, ...daily, ...periodic]
  })
}

/** When the pump primes; a prime within another adds to it. */
function primes(scenario: Intent): { from: Rational; to: Rational }[] {
  const { tube_uL, rateMax_uL_per_us } = scenario.pump
  const all: { from: Rational; to: Rational }[] = []
  for (const e of scenario.prescription) {
    if (e.kind !== 'prime') continue
    const line =
      scenario.line === 'empty' &&
      !scenario.prescription.slice(0, scenario.prescription.indexOf(e)).some((p) => p.kind === 'prime')
    const auto = line ? add(tube_uL, scenario.catheter_uL) : scenario.catheter_uL
    const volume = e.prime.volume === 'auto' ? auto : e.prime.volume
    const from = larger(e.at_us, all.at(-1)?.to ?? ZERO)
    all.push({ from, to: add(from, divide(volume, rateMax_uL_per_us)) })
  }
  return all
}

const rateOf = (dose: DoseRate) => (dose.by === 'mass' ? [dose.rate_ug_per_us, ZERO] : [ZERO, dose.rate_uL_per_us])
const amountOf = (dose: Dose) => (dose.by === 'mass' ? [dose.mass_ug, ZERO] : [ZERO, dose.volume_uL])

function basal(therapy: Therapy, { pump }: Intent): readonly Rational[] {
  if (therapy.mode === 'minimum-rate') return [ZERO, pump.minimumRate_uL_per_us]
  if (therapy.mode === 'simple-continuous') return rateOf(therapy.dose)
  if (therapy.mode === 'flex') return rateOf(therapy.basal)
  return therapy.mode === 'periodic-bolus' && therapy.basal !== null ? rateOf(therapy.basal) : [ZERO, ZERO]
}

/** All rates up to the horizon, each interval between two possible changes by itself. */
export function stretchesOf(scenario: Intent, grants: readonly Grant[], horizon: Rational): Stretch[] {
  const [given, priming, changes] = [boluses(scenario, grants, horizon), primes(scenario), eras(scenario, horizon)]
  const ends = [...given, ...priming, ...changes].flatMap(({ from, to }) => [from, to])
  const told = [...scenario.prescription, ...scenario.events].map(({ at_us }): Rational => at_us)
  const marks = [ZERO, ...ends, ...told, horizon].filter((t) => compare(t, horizon) <= 0).toSorted(compare)
  const found: Stretch[] = []
  const held: HeldLeft = { parts: [], bridged: ZERO }
  for (const [index, mark] of marks.entries()) {
    const end = marks[index + 1]
    if (end === undefined || !before(mark, end)) continue
    happenTo(held, scenario, mark)
    const fill = [scenario.fill, ...refills(scenario).flatMap((e) => (before(mark, e.at_us) ? [] : [e.fill]))].at(-1)
    const { drug, concentration_ug_per_uL: now } = (fill ?? scenario.fill).meant
    const therapy = changes.filter((era) => holds(era.from, mark, era.to)).at(-1)?.therapy ?? { mode: 'stopped' }
    let [byMass, byVolume]: readonly Rational[] = basal(therapy, scenario)
    for (const bolus of given.filter((each) => holds(each.from, mark, each.to))) {
      const [m, v] = amountOf(bolus.dose)
      byMass = add(byMass ?? ZERO, divide(m ?? ZERO, bolus.over_us))
      byVolume = add(byVolume ?? ZERO, divide(v ?? ZERO, bolus.over_us))
    }
    const primed = priming.some(({ from, to }) => holds(from, mark, to))
    const mass = primed ? ZERO : add(byMass ?? ZERO, multiply(byVolume ?? ZERO, now))
    const plain = isZero(now) ? (byVolume ?? ZERO) : add(byVolume ?? ZERO, divide(byMass ?? ZERO, now))
    for (let from = mark; before(from, end); ) {
      const volume = primed ? scenario.pump.rateMax_uL_per_us : multiply(plain, factorOf(held, now))
      const ends = [held.parts[0]?.left ?? ZERO, held.bridged].filter((left) => !isZero(left) && !isZero(volume))
      const to = ends.reduce((least, left) => smaller(least, add(from, divide(left, volume))), end)
      found.push({ from, to, volume, mass, drug })
      displace(held, multiply(volume, subtract(to, from)))
      from = to
    }
  }
  return found
}

/** Older concentrations still in the line, nearest the tip first, and how much from the tip is bridged. */
interface HeldLeft {
  parts: { left: Rational; readonly concentration: Rational }[]
  bridged: Rational
}

const heldIn = ({ parts }: HeldLeft) => parts.reduce((total: Rational, { left }) => add(total, left), ZERO)

function factorOf({ parts: [tip], bridged }: HeldLeft, now: Rational): Rational {
  return tip === undefined || isZero(bridged) || isZero(tip.concentration) ? whole(1) : divide(now, tip.concentration)
}

function displace(held: HeldLeft, volume: Rational): void {
  let more = volume
  held.bridged = larger(ZERO, subtract(held.bridged, volume))
  for (const part of held.parts) {
    const gone = smaller(part.left, more)
    part.left = subtract(part.left, gone)
    more = subtract(more, gone)
  }
  held.parts = held.parts.filter(({ left }) => !isZero(left))
}

/** What is told at an instant: the refills, then the bridges. */
function happenTo(held: HeldLeft, scenario: Intent, at: Rational): void {
  const line = add(scenario.pump.tube_uL, scenario.catheter_uL)
  let last = [scenario.fill, ...refills(scenario).flatMap((e) => (before(e.at_us, at) ? [e.fill] : []))].at(-1)?.meant
  for (const { fill } of refills(scenario).filter((e) => compare(e.at_us, at) === 0)) {
    const concentration = last?.concentration_ug_per_uL ?? ZERO
    const free = subtract(line, heldIn(held))
    if (last?.drug !== fill.meant.drug) Object.assign(held, { parts: [], bridged: ZERO })
    else if (compare(concentration, fill.meant.concentration_ug_per_uL) !== 0 && before(ZERO, free)) {
      held.parts.push({ left: free, concentration })
    }
    last = fill.meant
  }
  const now = last?.concentration_ug_per_uL ?? ZERO
  for (const e of scenario.prescription) {
    if (e.kind !== 'bridge' || compare(e.at_us, at) !== 0) continue
    if (held.parts.every(({ concentration: c }) => isZero(c) || compare(c, now) === 0)) continue
    const asked = e.bridge.volume === 'auto' ? heldIn(held) : e.bridge.volume
    const part = held.parts.at(-1)
    if (part !== undefined) part.left = add(part.left, larger(ZERO, subtract(asked, heldIn(held))))
    held.bridged = larger(held.bridged, asked)
  }
}

/** How much of a measure has been given by an instant. */
function givenBy(stretches: readonly Stretch[], t: Rational, measure: (stretch: Stretch) => Rational): Rational {
  return stretches.reduce((total, each) => {
    const span = subtract(smaller(t, each.to), each.from)
    return compare(span, ZERO) > 0 ? add(total, multiply(measure(each), span)) : total
  }, ZERO)
}

export const volumeBy = (stretches: readonly Stretch[], t: Rational) => givenBy(stretches, t, ({ volume }) => volume)

export function massBy(stretches: readonly Stretch[], drug: string, t: Rational): Rational {
  return givenBy(stretches, t, (each) => (each.drug === drug ? each.mass : ZERO))
}

/** The largest growth in a window that ends in a span, by trying every end at which it can be largest. */
function largestDay(stretches: readonly Stretch[], from: Rational, to: Rational, by: 'mass' | 'volume'): Rational {
  const drug = stretches.findLast((each) => compare(each.from, from) <= 0)?.drug
  const rate = (each: Stretch) => (by === 'volume' ? each.volume : each.drug === drug ? each.mass : ZERO)
  let total: Rational = ZERO
  const sums = stretches.map((each) => {
    const below = total
    total = add(total, multiply(rate(each), subtract(each.to, each.from)))
    return { from: each.from, below, rate: rate(each) }
  })
  const at = (t: Rational) => {
    if (before(t, ZERO)) return ZERO
    let [low, high] = [0, sums.length]
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if (before(t, sums[middle]!.from)) high = middle
      else low = middle
    }
    return add(sums[low]!.below, multiply(sums[low]!.rate, subtract(t, sums[low]!.from)))
  }
  const marks = stretches.flatMap((each) => [each.from, add(each.from, DAY_us)])
  return [from, to, ...marks.filter((t) => !before(t, from) && !before(to, t))]
    .map((t) => subtract(at(t), at(subtract(t, DAY_us))))
    .reduce(larger)
}

const HORIZON = times(DAY_us, 12)

/** Which requests of the patient are granted, in order. */
export function grantsOf(scenario: Intent): { grants: Grant[]; answers: boolean[] } {
  const grants: Grant[] = []
  const requests = scenario.events.flatMap((e) => (e.kind === 'request-bolus' ? [e.at_us] : [])).toSorted(compare)
  const answers = requests.map((at) => {
    const leave = leaveAt(scenario, at)
    if (leave === undefined) return false
    if (grants.some((grant) => before(subtract(at, grant.at), leave.lockout_us))) return false
    if (grants.filter((grant) => before(subtract(at, DAY_us), grant.at)).length >= leave.maxPerDay) return false
    if (!permitted(scenario, grants, { ...leave, at })) return false
    grants.push({ ...leave, at })
    return true
  })
  return { grants, answers }
}

function leaveAt({ prescription }: Intent, at: Rational): PatientBolus | undefined {
  const begun = prescription.filter((e) => compare(e.at_us, at) <= 0)
  const leave = begun.findLast((e) => e.kind === 'patient-bolus')
  if (leave?.kind !== 'patient-bolus') return undefined
  const stopped = begun.some(
    (e) => e.kind === 'therapy' && e.therapy.mode === 'stopped' && before(leave.at_us, e.at_us),
  )
  return stopped ? undefined : leave.patientBolus
}

/** The future as it looks at the request: nothing that is told later. */
function permitted(scenario: Intent, grants: readonly Grant[], asked: Grant): boolean {
  const { at } = asked
  const known: Intent = {
    ...scenario,
    prescription: scenario.prescription.filter((e) => compare(e.at_us, at) <= 0),
    events: scenario.events.filter((e) => compare(e.at_us, at) <= 0),
  }
  const horizon = add(at, HORIZON)
  const all = [...grants, asked]
  const under = boluses(known, all, horizon).filter(
    (each) => before(at, each.to) && (each.patterned ? before(each.from, at) : compare(each.from, at) <= 0),
  )
  const end = under.map(({ to }) => to).reduce(larger)
  const stretches = stretchesOf(known, all, horizon)
  const { rateMin_uL_per_us: least, rateMax_uL_per_us: most } = scenario.pump
  const outside = stretches.some(
    ({ from, to, volume }) =>
      before(at, to) && before(from, end) && (compare(volume, most) > 0 || (before(volume, least) && !isZero(volume))),
  )
  const { hard } = scenario.limits.dailyDose
  if (outside || hard === null) return !outside
  const limit = hard.by === 'mass' ? hard.mass_ug : hard.volume_uL
  return (
    compare(largestDay(stretches, at, horizon, hard.by), limit) <= 0 &&
    compare(steadyDay(known, at, hard.by), limit) <= 0
  )
}

/** The largest day of the therapy at an instant, given for twelve days by itself. */
function steadyDay(scenario: Intent, at: Rational, by: 'mass' | 'volume'): Rational {
  const fill = [scenario.fill, ...refills(scenario).map((e) => e.fill)].at(-1) ?? scenario.fill
  const entry = scenario.prescription.findLast((e) => e.kind === 'therapy' && compare(e.at_us, at) <= 0)
  const alone: Intent = {
    ...scenario,
    fill,
    prescription: entry === undefined ? [] : [{ ...entry, at_us: as(ZERO) }],
    events: [],
  }
  return largestDay(stretchesOf(alone, [], HORIZON), times(DAY_us, 4), HORIZON, by)
}
