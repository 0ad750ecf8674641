/** Everything that can be done to a pump or happen to it, in any order and at awkward instants. */
import fc from 'fast-check'
import type { MemoryCopy, Program } from '#firmware-sim/messages'
import { type Rational, ratio, whole } from '#units/rational'
import { type BedsideSetup, bridge, flex, patientBolus, periodic, prime, setClock } from './bedside.ts'
import { boluses, refills, therapies } from './sessions.ts'

/** A reservoir that runs dry in days, steps that no volume here is a multiple of, and a cell that lasts. */
export const WARD_PUMP: BedsideSetup = {
  figures: {
    reservoir_volume: '4 mL',
    low_reservoir: '0.2 mL',
    step_volume: '10/3 uL',
    tube_volume: '21 uL',
    stall_detection: '2 steps',
    cell_capacity: '99999 mAh',
    service_life: '99999 d',
  },
  fill: '3 mL',
  catheter: '20 uL',
  line: 'empty',
}

const patterns: fc.Arbitrary<Program> = fc.constantFrom(
  flex('1 mL/d', [['6 h', '50 uL', '1 h']]),
  flex('100 uL/d', [
    ['23 h 30 min', '10 uL', '1 h'],
    ['0 h', '20 uL', '30 min'],
    ['0 h', '100/3 ug', '10 min'],
  ]),
  flex('0.5 mg/d', [['12 h', '100 ug', '26 h']], ['mon', 'sat']),
  flex('0 mL/d', [['5 h', '300 uL', '20 min']], ['tue', 'wed', 'thu', 'fri', 'sat', 'sun']),
  flex('1 mL/d', [], []),
  periodic('100 uL', '10 min', '7 h'),
  periodic('50/3 ug', '5 min', '90 min', '0.2 mL/d'),
  periodic('10 uL', '2 h', '1 h', '0.1 mL/d'),
)

const transports: fc.Arbitrary<Program> = fc.constantFrom(
  prime('auto'),
  prime('50 uL'),
  prime('1 uL'),
  bridge('auto'),
  bridge('100 uL'),
  bridge('7 uL'),
)

const permissions: fc.Arbitrary<Program> = fc.constantFrom(
  patientBolus('20 uL', '10 min', '30 min', 3),
  patientBolus('10 ug', '5 min', '2 h', 12),
  patientBolus('400 uL', '20 min', '10 min', 100),
)

const clocks: fc.Arbitrary<Program> = fc.constantFrom(
  ...['2026-01-05T05:59', '2026-01-05T06:00', '2026-01-05T08:00', '2026-01-06T00:00', '2026-03-01T23:30'].map(setClock),
)

const programs: fc.Arbitrary<Program> = fc.oneof(
  { weight: 3, arbitrary: patterns },
  { weight: 3, arbitrary: therapies },
  { weight: 3, arbitrary: refills },
  { weight: 2, arbitrary: boluses },
  { weight: 2, arbitrary: transports },
  { weight: 1, arbitrary: permissions },
  { weight: 1, arbitrary: fc.constant({ kind: 'restart' } as const) },
)

const waits_us: fc.Arbitrary<Rational> = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom(whole(0), whole(1), whole(300_000_000), whole(300_000_001)) },
  { weight: 2, arbitrary: fc.bigInt({ min: 1n, max: 10n ** 7n }).map((n) => ratio(n, 7n)) },
  { weight: 4, arbitrary: fc.integer({ min: 1, max: 90 }).map((minutes) => whole(minutes * 60_000_000)) },
  { weight: 4, arbitrary: fc.integer({ min: 1, max: 12 }).map((hours) => whole(hours * 3_600_000_000)) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 10 }).map((days) => whole(days * 86_400_000_000)) },
)

export type Doing =
  | { readonly what: 'program' | 'prepare'; readonly program: Program }
  /** Sets the clock by so much against what it shows. */
  | { readonly what: 'shift'; readonly by_us: Rational }
  | { readonly what: 'commit again' | 'stop' | 'request' | 'silence' | 'observe' | 'interrogate' }
  | { readonly what: 'miss' | 'move' | 'wake' | 'read-log' | 'clear' }
  | { readonly what: 'carrier'; readonly present: boolean }
  | { readonly what: 'fail'; readonly atWrite: number | null }
  | { readonly what: 'flip'; readonly copy: MemoryCopy; readonly bit: number }

export type Deed = Doing & { readonly wait_us: Rational }

const doings: fc.Arbitrary<Doing> = fc.oneof(
  { weight: 12, arbitrary: fc.record({ what: fc.constant('program'), program: programs }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('prepare'), program: programs }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('program'), program: clocks }) },
  {
    weight: 1,
    arbitrary: fc.record({
      what: fc.constant('shift'),
      by_us: fc.constantFrom(-7_200_000_000, -3_600_000_000, 3_600_000_000, 7_200_000_000, 7_200_000_001).map(whole),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      what: fc.constantFrom('commit again', 'stop', 'silence', 'observe', 'interrogate', 'wake', 'read-log', 'clear'),
    }),
  },
  { weight: 5, arbitrary: fc.record({ what: fc.constantFrom('request', 'miss', 'miss', 'move') }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('carrier'), present: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({
      what: fc.constant('fail'),
      atWrite: fc.oneof(fc.constant(null), fc.integer({ min: 1, max: 700 })),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      what: fc.constant('flip'),
      copy: fc.constantFrom('first', 'second', 'both'),
      bit: fc.nat(5000),
    }),
  },
) as fc.Arbitrary<Doing>

export const deeds: fc.Arbitrary<readonly Deed[]> = fc.array(
  fc.tuple(waits_us, doings).map(([wait_us, doing]) => ({ ...doing, wait_us })),
  { maxLength: 200, size: 'max' },
)
