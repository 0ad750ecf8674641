/**
 * `pumpbench/vitest`: tests of a pump that read like the requirement they show.
 *
 * `test` gives each test a bench. What turns the motor and which firmware is under test come from the environment
 * (`PUMPBENCH_RIG`, `PUMPBENCH_PUMP`), by the names that `pumpbench run` takes, so that one test file serves every rig. What a run must have done is demanded by
 * matchers, exact over all instants, whose messages say which ledgers parted, when and by how much.
 */
import { expect, test as plain } from 'vitest'
import type { PumpDefinition } from '#hil/pump/pump'
import type { RigDefinition } from '#hil/rig/rig'
import type { AlarmName } from '#hil/scenario/types'
import {
  type DeliveryDemand,
  MATCHERS,
  type RaiseDemand,
  type RefusalDemand,
  type TrackingDemand,
} from '#scripts/matchers'
import { TestBench } from '#scripts/test-bench'
import { testEquipment } from '#scripts/test-equipment'

export type { DeliveryDemand, RaiseDemand, RefusalDemand, TrackingDemand } from '#scripts/matchers'
export type { BenchRun } from '#scripts/test-bench'
export { expect }

/** What a test file may do with a bench. */
export type Bench = Pick<TestBench, 'run' | 'rig' | 'pump'>

/** Where a bench differs from that of the environment. */
export interface BenchOptions {
  readonly rig?: RigDefinition
  readonly pump?: PumpDefinition
  /** Longest that a test waits for its rig to let go, in milliseconds of wall time; 5000 unless given. */
  readonly teardown_ms?: number
}

const TEARDOWN_ms = 5000

/** The `test` of vitest with a `bench`: that of the environment, but for what is given. */
export function benchTest(options: BenchOptions = {}) {
  return plain.extend<{ bench: Bench }>({
    bench: async ({ skip }, use) => {
      const { rig, pump, teardown_ms = TEARDOWN_ms } = options
      const given = { ...(rig === undefined ? {} : { rig }), ...(pump === undefined ? {} : { pump }) }
      const bench = new TestBench({ ...testEquipment(given, process.env), teardown_ms, skip: (reason) => skip(reason) })
      await use(bench)
      await bench.close()
    },
  })
}

/** The `test` of vitest with a `bench`, on the rig of `PUMPBENCH_RIG` (avr) with the pump of `PUMPBENCH_PUMP` (model). */
export const test = benchTest()

/** What can be demanded of a run that `bench.run` returned. */
interface RunMatchers<R> {
  /** Delivered follows prescribed, and believed follows delivered, at every instant; within one motor step unless given. */
  toTrack: (demand?: TrackingDemand) => R
  /** What was delivered is what was prescribed, by volume at the rotor, or by drug out of the catheter tip. */
  toDeliver: (demand: DeliveryDemand) => R
  /** The alarm was raised in time: `within` a time of the first fault, or `by` a time of the run. */
  toRaise: (alarm: AlarmName, demand: RaiseDemand) => R
  /** The pump refused what was sent to it at this time. A refusal that no test demands fails the test at its end. */
  toRefuse: (demand: RefusalDemand) => R
  /** Every verdict of the scenario's own checks, and of those that are always on, is pass. */
  toPass: () => R
}

declare module 'vitest' {
  interface Matchers<T> extends RunMatchers<T> {}
}

expect.extend(MATCHERS)
