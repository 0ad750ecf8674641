/**
 * The whole state of the pump as one plain value: it can be copied, compared, hashed, stored and restored.
 */

import { AT_REST, type Delivery } from '#firmware-sim/delivery'
import type { EventLog } from '#firmware-sim/event-log'
import { EMPTY_LOG } from '#firmware-sim/event-log'
import type { Contents, Program, PumpAlarm, Therapy } from '#firmware-sim/messages'
import type { OperatingState } from '#firmware-sim/operating'
import type { Reservoir } from '#firmware-sim/reservoir'
import type { RunningBolus } from '#firmware-sim/therapy/bolus'
import { as, type Mass_ug, type Time_us, type Volume_uL } from '#units/quantity'
import { ZERO } from '#units/rational'

/** A program that was prepared and waits for its commit. */
export interface Prepared {
  readonly program: Program
  readonly digest: string
}

/** Drug booked in closed runs, by drug in the order of first use. */
export type BookedMasses = readonly (readonly [drug: string, mass_ug: Mass_ug])[]

export interface PumpState {
  /** The latest instant the pump has accounted for. */
  readonly now_us: Time_us
  readonly operating: OperatingState
  /** The therapy in force. */
  readonly therapy: Therapy
  readonly boluses: readonly RunningBolus[]
  readonly delivery: Delivery
  /** Last step ordered from the motor. */
  readonly ordered: number
  readonly contents: Contents
  readonly reservoir: Reservoir
  /** Drug booked up to the anchor of the delivery; what came after it belongs to the open run. */
  readonly masses: BookedMasses
  /** The last therapy that gave anything, for the percent change of the next one. */
  readonly lastGiving: Therapy | null
  readonly alarms: readonly PumpAlarm[]
  readonly prepared: Prepared | null
  readonly log: EventLog
}

/** A pump as it leaves set-up: filled, stopped, at instant zero. */
export function poweredOn(contents: Contents, volume_uL: Volume_uL): PumpState {
  return {
    now_us: as<Time_us>(ZERO),
    operating: 'stopped',
    therapy: { mode: 'stopped' },
    boluses: [],
    delivery: AT_REST,
    ordered: 0,
    contents,
    reservoir: { volume_uL, steps: 0 },
    masses: [],
    lastGiving: null,
    alarms: [],
    prepared: null,
    log: EMPTY_LOG,
  }
}
