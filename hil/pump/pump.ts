/**
 * The pump under test: inputs with their time in, outputs and the next wake out.
 *
 * Our own firmware is one of them. A definition makes a fresh pump for every run, so that no run can see another.
 */
import type { PumpInput, PumpOutput } from '#firmware-sim/messages'
import type { PumpSetup } from '#firmware-sim/setup'
import type { AlarmName, Scenario } from '#hil/scenario/types'
import type { Time_us } from '#units/quantity'

export type { PumpSetup }

export interface Pump {
  /** What the pump says to an input. Everything due up to the instant is worked through first. */
  react(at_us: Time_us, input: PumpInput): readonly PumpOutput[]
  /** When it next wants a `wake`; null when nothing will happen by itself. */
  nextWake(): Time_us | null
  /**
   * The run begins: it is instant 0. Called once, before anything else, of a pump that was set up and has a clock of its own; left out by one
   * whose time the bench keeps.
   */
  start?(): void
  /** The run is over: whatever the pump holds outside of this process is ended. Never throws; may be called again. */
  close?(): void
}

export interface PumpDefinition {
  /** As on the command line and in the result. */
  readonly name: string
  readonly create: (setup: PumpSetup) => Pump
  /**
   * What the scenario needs that this pump does not have, for a person; null where it has everything. Left out, it has.
   * A scenario that it lacks something for is skipped. `looksOn` says whether the rig is one that looks on while a pump turns its own
   * motor; it is not unless given. Throws where the pump cannot be asked.
   */
  readonly lacks?: (scenario: Scenario, looksOn?: boolean) => string | null
  /** Whether the pump has the alarm; left out, it has all. Throws where the pump cannot be asked. */
  readonly hasAlarm?: (name: AlarmName) => boolean
  /**
   * Whether the pump runs by a clock of its own and turns its own motor, so that its {@link Pump.start} is called; left out, it does
   * not. Throws where the pump cannot be asked.
   */
  readonly turnsMotor?: () => boolean
}

/** States a pump of your own; the types are checked here rather than where it is used. */
export function definePump(definition: PumpDefinition): PumpDefinition {
  return definition
}
