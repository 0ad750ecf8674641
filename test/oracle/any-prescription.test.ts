import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { valueAt } from '#hil/oracle/line'
import { type Intent, prescribe } from '#hil/oracle/prescribed'
import {
  type DailyBolus,
  type Dose,
  type DoseRate,
  type Entry,
  type Limits,
  type ScenarioEvent,
  type Therapy,
  WEEKDAYS,
} from '#hil/scenario/types'
import { as } from '#units/quantity'
import {
  add,
  compare,
  divide,
  larger,
  multiply,
  type Rational,
  ratio,
  subtract,
  times,
  toText,
  whole,
  ZERO,
} from '#units/rational'
import { fractions } from './arbitraries.ts'
import { clockAt, filled, intent, NO_LIMITS, refill } from './intents.ts'
import { grantsOf, massBy, stretchesOf, volumeBy } from './naive-prescription.ts'

const HOUR = whole(3_600_000_000)
const HOURS = 120
const DURATION = times(HOUR, HOURS)

type Time = Entry['at_us']

/** Mostly on the half hour, so that many things fall on one instant. */
const hours = (most: number): fc.Arbitrary<Time> =>
  fc
    .oneof(
      { weight: 3, arbitrary: fc.integer({ min: 0, max: 2 * most }).map((n) => ratio(BigInt(n), 2n)) },
      { weight: 1, arbitrary: fractions(most) },
    )
    .map((count) => as(multiply(count, HOUR)))

const lasting = (most: number): fc.Arbitrary<Time> => hours(most).map((t) => as(larger(t, whole(1_000_001))))

const doses = (most: number): fc.Arbitrary<Dose> =>
  fc
    .tuple(fc.boolean(), fractions(most))
    .map(([byMass, value]) => (byMass ? { by: 'mass', mass_ug: as(value) } : { by: 'volume', volume_uL: as(value) }))

const rates = (most: number): fc.Arbitrary<DoseRate> =>
  doses(most).map((dose) =>
    dose.by === 'mass'
      ? { by: dose.by, rate_ug_per_us: as(divide(dose.mass_ug, HOUR)) }
      : { by: dose.by, rate_uL_per_us: as(divide(dose.volume_uL, HOUR)) },
  )

const boluses: fc.Arbitrary<DailyBolus> = fc
  .record({ at_us: hours(23), dose: doses(60), over_us: fc.oneof(lasting(3), lasting(30)) })
  .filter(({ at_us }) => compare(at_us, times(HOUR, 24)) < 0)

const therapies: fc.Arbitrary<Therapy> = fc.oneof(
  fc.constantFrom<Therapy>({ mode: 'stopped' }, { mode: 'minimum-rate' }),
  rates(40).map((dose): Therapy => ({ mode: 'simple-continuous', dose })),
  fc
    .record({ basal: rates(30), boluses: fc.array(boluses, { maxLength: 3 }), days: fc.subarray([...WEEKDAYS]) })
    .map((flex): Therapy => ({ mode: 'flex', ...flex })),
  fc
    .record({
      basal: fc.option(rates(30)),
      dose: doses(60),
      over_us: lasting(4),
      every_us: lasting(60).map((t) => as<Time>(add(t, times(HOUR, 2)))),
    })
    .map((periodic): Therapy => ({ mode: 'periodic-bolus', ...periodic })),
)

const volumes = fc.oneof(
  fc.constant('auto' as const),
  fractions(400).map((volume) => as<Intent['catheter_uL']>(volume)),
)

const oneShots: fc.Arbitrary<Omit<Extract<Entry, { kind: 'prime' }>, 'at_us'> | Omit<Entry, 'at_us'>> = fc
  .oneof(
    fc.record({ dose: doses(80), over_us: lasting(30) }).map((bolus) => ({ kind: 'bolus' as const, bolus })),
    volumes.map((volume) => ({ kind: 'prime' as const, prime: { volume } })),
    volumes.map((volume) => ({ kind: 'bridge' as const, bridge: { volume } })),
  )
  .map((shot) => ({ ...shot, text: '', confirm: true }))

const leaves = fc
  .record({
    dose: doses(60),
    over_us: lasting(8),
    lockout_us: hours(12),
    maxPerDay: fc.integer({ min: 1, max: 3 }),
  })
  .map((patientBolus) => ({ kind: 'patient-bolus' as const, patientBolus, text: '', confirm: true }))

function entries(most: number): fc.Arbitrary<readonly Entry[]> {
  const therapy = therapies.map((given) => ({ kind: 'therapy' as const, therapy: given, text: '', confirm: true }))
  const entry = fc
    .tuple(hours(HOURS - 1), fc.oneof(therapy, therapy, oneShots, oneShots, leaves))
    .map(([at_us, rest]) => ({ at_us, ...rest }) as Entry)
  const order = ({ kind }: Entry) => (kind === 'therapy' ? 0 : 1)
  return fc
    .array(entry, { maxLength: most })
    .map((list) => list.toSorted((a, b) => compare(a.at_us, b.at_us) || order(a) - order(b)))
}

const refills: fc.Arbitrary<ScenarioEvent> = fc
  .tuple(
    hours(HOURS - 1),
    fc.constantFrom('baclofen', 'baclofen', 'baclofen', 'morphine'),
    fc.constantFrom('2 mg/mL', '500 ug/mL', '10/7 mg/mL', '1 mg/mL', '1.5 mg/mL', '0 mg/mL'),
  )
  .map(([at_us, drug, concentration]) => ({ ...refill('0 h', drug, concentration), at_us }))

const CLOCK = clockAt('2026-01-05T08:00')

/** Corrections and jumps, at instants of their own; each is a shift of what the clock then reads. */
const clockSets: fc.Arbitrary<readonly ScenarioEvent[]> = fc
  .uniqueArray(
    fc.tuple(
      hours(HOURS - 1),
      fc.oneof(
        fc.constantFrom(-120, -60, -30, 30, 60, 120).map((minutes) => divide(times(HOUR, minutes), whole(60))),
        fc.constantFrom(-200, -121, 121, 4000).map((minutes) => divide(times(HOUR, minutes), whole(60))),
        fractions(2).map((count) => subtract(multiply(count, HOUR), HOUR)),
      ),
    ),
    { maxLength: 4, selector: ([at_us]) => toText(at_us) },
  )
  .map((sets) => {
    let shift: Rational = CLOCK
    return sets
      .toSorted(([a], [b]) => compare(a, b))
      .map(([at_us, by]): ScenarioEvent => {
        shift = add(shift, by)
        return { kind: 'set-clock', at_us, to_us: as(add(at_us, shift)) }
      })
  })

const requests: fc.Arbitrary<ScenarioEvent> = hours(HOURS - 1).map((at_us) => ({ kind: 'request-bolus', at_us }))

const limits: fc.Arbitrary<Limits> = fc
  .option(doses(2500))
  .map((hard) => ({ ...NO_LIMITS, dailyDose: { soft: null, hard } }))

function scenarios(most: { entries: number; requests: number }): fc.Arbitrary<Intent> {
  return fc
    .record({
      list: entries(most.entries),
      fills: fc.array(refills, { maxLength: 3 }),
      clocks: clockSets,
      asked: fc.array(requests, { maxLength: most.requests }),
      line: fc.constantFrom<Intent['line']>('filled', 'empty'),
      limits,
    })
    .map(({ list, fills, clocks, asked, line, limits }) =>
      intent(list, [...fills, ...clocks, ...asked], {
        line,
        limits,
        fill: filled('1500 ug/mL'),
        clock_us: CLOCK,
        duration_us: as(DURATION),
      }),
    )
}

/** Little but refills and bridges, at low rates and close together, so that the line holds several plugs at once. */
const changesOfConcentration: fc.Arbitrary<Intent> = fc
  .record({
    rate: rates(15),
    fills: fc.array(refills, { minLength: 1, maxLength: 6 }),
    bridges: fc.array(fc.tuple(hours(HOURS - 1), volumes, fc.boolean()), { minLength: 1, maxLength: 6 }),
    others: entries(3),
  })
  .map(({ rate, fills, bridges, others }) => {
    const basal: Entry = {
      ...{ at_us: as(ZERO), kind: 'therapy', text: '', confirm: true },
      therapy: { mode: 'simple-continuous', dose: rate },
    }
    const shots = bridges.map(([time, volume, follows], index): Entry => {
      const at_us = follows ? (fills[index % fills.length]?.at_us ?? time) : time
      return { at_us, kind: 'bridge', bridge: { volume }, text: '', confirm: true }
    })
    const list = [basal, ...others, ...shots].toSorted((a, b) => compare(a.at_us, b.at_us))
    return intent(list, fills, { fill: filled('1500 ug/mL'), clock_us: CLOCK, duration_us: as(DURATION) })
  })

function expectSum(scenario: Intent): void {
  const ledger = prescribe(scenario)
  const stretches = stretchesOf(scenario, [], DURATION)
  for (const at of stretches.filter((_, index) => index % 5 === 0).map(({ to }) => to)) {
    expect(toText(valueAt(ledger.volume, at))).toBe(toText(volumeBy(stretches, at)))
  }
  for (const [drug, line] of ledger.mass) {
    expect(toText(valueAt(line, DURATION))).toBe(toText(massBy(stretches, drug, DURATION)))
  }
}

describe('the prescribed ledger of any scenario', () => {
  it('is the sum of every interval between two changes', () => {
    fc.assert(fc.property(scenarios({ entries: 8, requests: 0 }), expectSum), { numRuns: 600 })
  })

  it('holds whatever the line holds, and however often it is bridged', () => {
    fc.assert(fc.property(changesOfConcentration, expectSum), { numRuns: 600 })
  })

  it('grants the patient what the rules grant, and prescribes it', () => {
    fc.assert(
      fc.property(scenarios({ entries: 5, requests: 6 }), leaves, therapies, (scenario, leave, therapy) => {
        const opening: Entry[] = [
          { at_us: as(ZERO), kind: 'therapy', therapy, text: '', confirm: true },
          { at_us: as(ZERO), ...leave },
        ]
        const asking = {
          ...scenario,
          prescription: [...opening, ...scenario.prescription.filter((e) => e.at_us.n > 0n)],
        }
        const ledger = prescribe(asking)
        const { grants, answers } = grantsOf(asking)
        expect(ledger.grants.map(({ granted }) => granted)).toEqual(answers)
        const stretches = stretchesOf(asking, grants, DURATION)
        expect(toText(valueAt(ledger.volume, DURATION))).toBe(toText(volumeBy(stretches, DURATION)))
      }),
      { numRuns: 150 },
    )
  })

  it('never falls, and holds its pieces together', () => {
    fc.assert(
      fc.property(scenarios({ entries: 8, requests: 2 }), (scenario) => {
        const { volume, mass } = prescribe(scenario)
        for (const line of [volume, ...mass.values()]) {
          for (const [index, piece] of line.entries()) {
            expect(compare(piece.rate, ZERO)).toBeGreaterThanOrEqual(0)
            expect(valueAt(line.slice(0, Math.max(index, 1)), piece.from_us)).toEqual(piece.value)
            const before = line[index - 1]
            if (before !== undefined) expect(compare(before.from_us, piece.from_us)).toBeLessThan(0)
          }
        }
      }),
    )
  })
})
