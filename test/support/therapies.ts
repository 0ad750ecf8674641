/**
 * Random scenarios of every kind of therapy: patterns, boluses, primes, bridges, patients who ask, refills of other
 * concentrations and drugs, and clocks that are set. Many times lie on the half hour and on each third hour, so that
 * much coincides.
 */
import fc from 'fast-check'
import { modelPump } from '#hil/pump/model'
import { rehearse } from '#hil/run/rehearse'
import type { Scenario } from '#hil/scenario/types'
import { equal } from '#units/rational'
import { draft, scenarioOf } from './scenario.ts'

/** A time as a file writes it, and about when that is. */
interface When {
  readonly text: string
  readonly s: number
}

/** An entry or event without its time. */
type What = string

interface Line {
  readonly at: When
  readonly what: What
}

export interface TherapiesOptions {
  readonly days: number
  /** Whether the clinic sets limits of the daily dose. */
  readonly limits?: boolean
  /** Most entries, and most requests of the patient. */
  readonly entries?: number
  readonly requests?: number
}

const HOUR_s = 3600
const DAY_s = 86_400
/** Many times, by the run and by the clock, lie on multiples of this. */
const WATCH_s = 3 * HOUR_s

const seconds = (s: number): When => ({ text: `${s} s`, s })

const watches = (days: number): fc.Arbitrary<When> =>
  fc.integer({ min: 0, max: days * 8 - 1 }).map((n) => seconds(n * WATCH_s))

function instants(days: number): fc.Arbitrary<When> {
  return fc.oneof(
    { weight: 3, arbitrary: watches(days) },
    { weight: 2, arbitrary: fc.integer({ min: 0, max: days * 48 - 1 }).map((n) => seconds(n * 1800)) },
    {
      weight: 2,
      arbitrary: fc
        .integer({ min: 0, max: days * DAY_s * 1000 - 1 })
        .map((ms): When => ({ text: `${ms} ms`, s: ms / 1000 })),
    },
    {
      weight: 2,
      arbitrary: fc
        .tuple(fc.integer({ min: 0, max: days * 24 * 7 - 1 }), fc.constantFrom(7, 11, 13))
        .map(([n, d]): When => ({ text: `${n}/${d} h`, s: (n * HOUR_s) / d })),
    },
  )
}

const uneven = (least: number, most: number): fc.Arbitrary<string> =>
  fc.oneof(
    fc.integer({ min: least, max: most }).map(String),
    fc.tuple(fc.integer({ min: 7 * least, max: 7 * most }), fc.constantFrom(7)).map(([n, d]) => `${n}/${d}`),
    fc.integer({ min: 1000 * least, max: 1000 * most }).map((n) => (n / 1000).toFixed(3)),
  )

/** At any concentration here, and bridged from any other, at least 0.05 mL/d. */
const rate = fc.oneof(
  uneven(60, 250).map((ug) => `${ug} ug/d`),
  uneven(100, 500).map((uL) => `${uL} uL/d`),
)
const basal = fc.oneof({ weight: 4, arbitrary: rate }, { weight: 1, arbitrary: fc.constant('0 ug/d') })

/** At least the lowest rate of the pump when it flows alone. */
const bolus = fc.oneof(
  fc
    .tuple(
      fc.oneof(
        uneven(6, 12).map((ug) => `${ug} ug`),
        uneven(10, 25).map((uL) => `${uL} uL`),
      ),
      fc.constantFrom('20 min', '30 min', '1 h', '2 h', '1000/13 min', '4567891 ms'),
    )
    .map(([dose, over]) => `dose: ${dose}, over: ${over}`),
  fc.constantFrom('1 d', '30 h', '100/7 h').map((over) => `dose: 0.2 mL, over: ${over}`),
)
const shortBolus = bolus.filter((text) => !text.includes('0.2 mL'))

const timeOfDay = fc.oneof(
  fc.integer({ min: 0, max: 7 }).map((n) => n * WATCH_s),
  fc.integer({ min: 0, max: 47 }).map((n) => n * 1800),
  fc.integer({ min: 0, max: DAY_s - 1 }),
)
const clockText = (s: number) => new Date(s * 1000).toISOString().slice(11, 19)

const days = fc
  .subarray(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], { minLength: 1 })
  .map((names) => (names.length === 7 ? '' : `, days: [${names.join(', ')}]`))

const flex = fc
  .tuple(
    basal,
    fc.oneof(
      fc
        .tuple(shortBolus, fc.integer({ min: 1, max: 13 }), timeOfDay)
        .map(([one, count, from]) => `{ ${one}, count: ${count}, from: "${clockText(from)}" }`),
      fc
        .array(
          fc.tuple(timeOfDay, bolus).map(([at, one]) => `{ at: "${clockText(at)}", ${one} }`),
          { minLength: 1, maxLength: 3 },
        )
        .map((list) => `[${list.join(', ')}]`),
    ),
    fc.oneof(fc.constant(''), days),
  )
  .map(([dose, boluses, some]) => `therapy: { mode: flex, basal: ${dose}, boluses: ${boluses}${some} }`)

const periodic = fc
  .tuple(
    bolus,
    fc.constantFrom('5 h', '24 h', '30 h', '100/7 h', '12345678 ms'),
    fc.oneof(
      fc.constant(''),
      basal.map((dose) => `, basal: ${dose}`),
    ),
  )
  .map(([one, every, under]) => `therapy: { mode: periodic-bolus, ${one}, every: ${every}${under} }`)

const therapies: fc.Arbitrary<What> = fc.oneof(
  { weight: 3, arbitrary: flex },
  { weight: 2, arbitrary: periodic },
  { weight: 2, arbitrary: rate.map((dose) => `therapy: { mode: simple-continuous, dose: ${dose} }`) },
  { weight: 1, arbitrary: fc.constantFrom('therapy: { mode: minimum-rate }', 'therapy: { mode: stopped }') },
)

const displaced = fc.oneof(
  fc.constant('auto'),
  uneven(5, 600).map((uL) => `{ volume: ${uL} uL }`),
)

const leave = fc
  .tuple(shortBolus, fc.constantFrom('30 min', '1 h', '4 h', '26 h', '20/7 h'), fc.integer({ min: 1, max: 4 }))
  .map(([one, lockout, most]) => `patient-bolus: { ${one}, lockout: ${lockout}, max_per_day: ${most} }`)

const oneShots: fc.Arbitrary<What> = fc.oneof(
  { weight: 3, arbitrary: bolus.map((one) => `bolus: { ${one} }`) },
  { weight: 2, arbitrary: displaced.map((volume) => `prime: ${volume}`) },
  { weight: 3, arbitrary: displaced.map((volume) => `bridge: ${volume}`) },
  { weight: 2, arbitrary: leave },
)

/** A refill of everything, or of little; another drug now and then. */
const refills: fc.Arbitrary<What> = fc
  .tuple(
    fc.constantFrom('baclofen', 'baclofen', 'baclofen', 'morphine'),
    fc.constantFrom('500', '450', '1000/3', '600'),
    fc.constantFrom(['all', '38 mL'], ['all', '20 mL'], ['300 uL', '100 uL']),
  )
  .map(
    ([drug, concentration, [withdraw, volume]]) =>
      `refill: { withdraw: ${withdraw}, fill: { drug: ${drug}, concentration: ${concentration} ug/mL, volume: ${volume} } }`,
  )

/** By how many minutes a clock is set. */
const settings = fc.oneof(
  fc.constantFrom(-120, -60, -60, -30, 30, 60, 60, 120),
  fc.constantFrom(-7 * 1440, -200, -121, 121, 1440, 4000),
  fc.integer({ min: -130, max: 130 }),
)

/** Each time once: the last of several at one is kept. */
function once<T>(list: readonly (readonly [When, T])[]): (readonly [When, T])[] {
  return [...new Map(list.map(([at, what]) => [Math.round(at.s * 1e6), [at, what] as const])).values()]
}

const inOrder = (list: readonly Line[]) => list.toSorted((a, b) => Math.round((a.at.s - b.at.s) * 1e6))

const CLOCKS = ['2026-01-05T09:00', '2026-03-28T12:00', '2026-10-24T23:30', '2026-12-31T00:00'] as const

function clockLines(clock: string, sets: readonly (readonly [When, number])[]): Line[] {
  let shift_s = Date.parse(`${clock}Z`) / 1000
  return once(sets)
    .toSorted(([a], [b]) => a.s - b.s)
    .map(([at, minutes]): Line => {
      const to_s = Math.round(shift_s + at.s + minutes * 60)
      shift_s = to_s - at.s
      return { at, what: `do: set-clock, to: ${new Date(to_s * 1000).toISOString().slice(0, 19)}` }
    })
}

/** Whether at an instant there was a concentration to bridge from; entries come after the refills of their instant. */
function bridgeable(refilled: readonly Line[], at: When): boolean {
  let [drug, concentration, found] = ['baclofen', '500', false]
  for (const line of refilled) {
    if (Math.round((line.at.s - at.s) * 1e6) > 0) break
    const [, nextDrug = '', nextConcentration = ''] = /drug: (\w+), concentration: (\S+)/.exec(line.what) ?? []
    if (nextDrug !== drug) found = false
    else if (nextConcentration !== concentration) found = true
    ;[drug, concentration] = [nextDrug, nextConcentration]
  }
  return found
}

const written = ({ at, what }: Line) => `{ at: ${at.text}, ${what} }`

/** A scenario that its pump takes as it is written. */
export interface Accepted {
  readonly scenario: Scenario
  readonly text: string
  /** How many entries it has, and how many more there were that the pump would have refused. */
  readonly entries: number
  readonly dropped: number
  /** How many of its entries are bridges, and how many more of these came when the line was cleared already. */
  readonly bridges: number
  readonly late: number
}

/** Random scenarios of every kind. What a pump refuses of them, which is little, is left out. */
export function anyTherapies(options: TherapiesOptions): fc.Arbitrary<Accepted> {
  const { days, limits = false, entries = 8, requests = 6 } = options
  const when = instants(days)
  const list = <T>(what: fc.Arbitrary<T>, maxLength: number) => fc.array(fc.tuple(when, what), { maxLength })
  return fc
    .record({
      clock: fc.constantFrom(...CLOCKS),
      first: therapies,
      leave: fc.option(leave),
      given: list(therapies, Math.ceil(entries / 2)),
      shots: list(oneShots, entries),
      // A bridge mostly comes with the refill that it is for, or soon after it.
      refilled: list(fc.tuple(refills, fc.option(fc.tuple(fc.constantFrom(0, 0, 1800, DAY_s), displaced))), 4),
      sets: fc.array(fc.tuple(fc.oneof(when, watches(days)), settings), { maxLength: 3 }),
      asked: fc.array(when, { maxLength: requests }),
      line: fc.constantFrom('filled' as const, 'empty' as const),
      step: fc.constantFrom('0.25 uL', '1 uL', '0.3 uL', '1/3 uL', '1/2 uL'),
      // The lower, the longer a prime masks what else there is, and the sooner boluses that overlap are too much.
      rates: fc.constantFrom(
        ['48 uL/d', '24 mL/d'],
        ['48 uL/d', '6 mL/d'],
        limits ? ['180 uL/d', '3 mL/d'] : ['48 uL/d', '9 mL/d'],
      ),
      hard: limits
        ? fc.constantFrom('200 ug', '300 ug', '450 ug', '0.4 mL', '0.6 mL', '0.9 mL', '5 mL')
        : fc.constant(null),
    })
    .map(({ clock, first, leave: opening, given, shots, refilled, sets, asked, line, step, rates, hard }) => {
      const fills = inOrder(refilled.map(([at, [what]]) => ({ at, what })))
      const bridges = refilled.flatMap(([at, [, bridge]]): Line[] => {
        if (bridge === null) return []
        const [later_s, volume] = bridge
        const then = later_s === 0 ? at : { text: `${at.text} ${later_s} s`, s: at.s + later_s }
        return then.s < days * DAY_s && (later_s === 0 || !at.text.includes('/'))
          ? [{ at: then, what: `bridge: ${volume}` }]
          : []
      })
      const start = seconds(0)
      const firstTherapies = once<What>([[start, first], ...given]).map(([at, what]): Line => ({ at, what }))
      const once_ = [
        ...(opening === null ? [] : [{ at: start, what: opening }]),
        ...shots.map(([at, what]): Line => ({ at, what })),
        ...bridges,
      ].filter(({ at, what }) => !what.startsWith('bridge') || bridgeable(fills, at))
      const lines = inOrder([...firstTherapies, ...once_])
      const events = [
        ...fills,
        ...clockLines(clock, sets),
        ...asked.map((at): Line => ({ at, what: 'do: request-bolus' })),
      ]
      return accepted(lines, (prescription) =>
        draft({
          clock,
          pump: `{ model: im-40, overrides: { step_volume: ${step}, rate_min: ${rates[0]}, rate_max: ${rates[1]} } }`,
          fill: '{ drug: baclofen, concentration: 500 ug/mL, volume: 39 mL }',
          line,
          duration: `${days} d`,
          prescription: prescription.map(written),
          events: events.map(written),
          ...(hard === null ? {} : { limits: `{ daily_dose: { hard: ${hard} } }` }),
          checks: ['{ check: tracking, within: 1 step }'],
          sample: '12 h',
        }),
      )
    })
    .filter((found) => found !== null)
}

/** Without the entries that the pump refuses; null where it refuses more and more. */
function accepted(all: readonly Line[], write: (lines: readonly Line[]) => string): Accepted | null {
  let lines = all
  let late = 0
  for (let attempt = 0; attempt < 6; attempt += 1) {
    if (lines.length === 0) return null
    const text = write(lines)
    const scenario = scenarioOf(text)
    const refusals = rehearse(scenario, modelPump)
    if (refusals.length === 0) {
      const bridges = lines.filter(({ what }) => what.startsWith('bridge')).length
      return { scenario, text, entries: lines.length, dropped: all.length - lines.length - late, bridges, late }
    }
    // The lines are in the order in which entries are read, so that they share their places.
    const refused = new Set<number>()
    for (const { at_us, text: entry, reason } of refusals) {
      const place = scenario.prescription.findIndex(
        (each, index) => !refused.has(index) && equal(each.at_us, at_us) && each.text === entry,
      )
      if (place === -1) return null
      refused.add(place)
      if (reason.startsWith('there is nothing to bridge')) late += 1
    }
    lines = lines.filter((_, index) => !refused.has(index))
  }
  return null
}
