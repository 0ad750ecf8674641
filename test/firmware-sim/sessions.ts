/** Random days in the life of a small pump: everything that can be asked of it, in any order, at awkward instants. */
import fc from 'fast-check'
import type { Program } from '#firmware-sim/messages'
import { as, type Time_us } from '#units/quantity'
import { add, type Rational, ratio, whole } from '#units/rational'
import {
  type Bedside,
  type BedsideSetup,
  bolus,
  continuous,
  digestIn,
  MINIMUM_RATE,
  refill,
  STOPPED,
} from './bedside.ts'

/** A reservoir that runs dry in hours, and steps that no volume here is a multiple of. */
export const SMALL_PUMP: BedsideSetup = {
  figures: { reservoir_volume: '2 mL', low_reservoir: '0.2 mL', step_volume: '10/3 uL' },
  fill: '1.5 mL',
}

export const therapies: fc.Arbitrary<Program> = fc.oneof(
  fc.constantFrom(STOPPED, MINIMUM_RATE),
  fc
    .constantFrom('0 mL/d', '0.01 mL/d', '0.048 mL/d', '1 mL/d', '10/3 mL/d', '24 mL/d', '24.1 mL/d')
    .map((dose) => continuous(dose)),
  fc.constantFrom('30 ug/d', '100 ug/d', '1 mg/d', '20/7 mg/d', '12 mg/d').map((dose) => continuous(dose)),
)

export const boluses: fc.Arbitrary<Program> = fc
  .tuple(
    fc.constantFrom('0 uL', '1 uL', '20 uL', '500 uL', '100/3 ug', '250 ug'),
    fc.constantFrom('5 min', '10 min', '1 h', '7 h'),
  )
  .map(([dose, over]) => bolus(dose, over))

export const refills: fc.Arbitrary<Program> = fc
  .record({
    withdrawn: fc.constantFrom('all', '0 uL', '100 uL', '1.5 mL'),
    volume: fc.constantFrom('0 uL', '100 uL', '700/3 uL', '1 mL', '2 mL', '2.001 mL'),
    concentration: fc.constantFrom('1000 ug/mL', '500 ug/mL', '2000/3 ug/mL', '3 mg/mL', '60 mg/mL', '3 ug/mL'),
    drug: fc.constantFrom('baclofen', 'morphine'),
  })
  .map((syringe) => refill(syringe))

const programs = fc.oneof(therapies, boluses, refills)

const waits_us: fc.Arbitrary<Rational> = fc.oneof(
  fc.constant(whole(0)),
  fc.bigInt({ min: 1n, max: 10n ** 7n }).map((n) => ratio(n, 7n)),
  fc.integer({ min: 1, max: 60 }).map((minutes) => whole(minutes * 60_000_000)),
  fc.integer({ min: 1, max: 20 }).map((hours) => whole(hours * 3_600_000_000)),
)

export type Happening = { readonly wait_us: Rational } & (
  | { readonly what: 'program'; readonly program: Program }
  | { readonly what: 'prepare'; readonly program: Program }
  | { readonly what: 'stop' | 'interrogate' | 'wait' }
)

export const sessions: fc.Arbitrary<readonly Happening[]> = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ wait_us: waits_us, what: fc.constant('program'), program: programs }) },
    { weight: 1, arbitrary: fc.record({ wait_us: waits_us, what: fc.constant('prepare'), program: programs }) },
    { weight: 2, arbitrary: fc.record({ wait_us: waits_us, what: fc.constantFrom('stop', 'interrogate', 'wait') }) },
  ) as fc.Arbitrary<Happening>,
  { maxLength: 30, size: 'max' },
)

/** Plays one happening and gives the instant it took place. */
export function play(pump: Bedside, now_us: Time_us, happening: Happening): Time_us {
  const at_us = as<Time_us>(add(now_us, happening.wait_us))
  switch (happening.what) {
    case 'program': {
      const digest = digestIn(pump.hear(at_us, { kind: 'prepare', program: happening.program }))
      if (digest !== null) pump.hear(at_us, { kind: 'commit', digest })
      break
    }
    case 'prepare':
      pump.hear(at_us, { kind: 'prepare', program: happening.program })
      break
    case 'stop':
    case 'interrogate':
      pump.hear(at_us, { kind: happening.what })
      break
    case 'wait':
      pump.hear(at_us, { kind: 'wake' })
      break
  }
  return at_us
}
