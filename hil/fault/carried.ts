/** Which faults a rig can carry and which a pump that turns its own motor, said before anything runs. */
import { turnsOf } from '#hil/fault/faults'
import { lineScriptOf } from '#hil/fault/line-script'
import { isClockDrift } from '#hil/fault/local-clock'
import type { RigDefinition } from '#hil/rig/rig'
import type { Scenario } from '#hil/scenario/types'

/** Why the rig cannot carry what the scenario does to its line; null where it can, or where nothing is done to it. */
export function lineProblem(
  scenario: Pick<Scenario, 'faults' | 'seed' | 'duration_us'>,
  { name, line }: Pick<RigDefinition, 'name' | 'line'>,
): string | null {
  const [first] = lineScriptOf(scenario)
  if (first === undefined || line === true) return null
  const fault = scenario.faults[first.number - 1]?.fault
  return `the rig ${name} cannot carry the fault ${fault}: no line leads to it; take avr, serial:PATH or tcp:HOST:PORT`
}

/** Why a rig that turns the motor itself is none for a pump that turns its own. */
export function rigForOwnMotor(rig: string): string {
  return `the pump turns its own motor (option free-running) and orders no steps, and the rig ${rig} turns one itself: it has to be looked at by a rig that turns none, wired to its coil lines or its STEP and DIR; take --sense coils or --sense step, see docs/WIRING.md`
}

/** What happens to a motor, or to a clock, that is the bench's own. */
const OF_THE_BENCH: readonly string[] = ['rotor', 'coils', 'encoder']

/** Why the scenario cannot be run with a pump that turns its own motor by its own clock; null where it can. */
export function ownMotorProblem(scenario: Pick<Scenario, 'faults' | 'seed' | 'duration_us'>): string | null {
  const { fault } =
    turnsOf(scenario).find((turn) => OF_THE_BENCH.includes(turn.deed.to) || isClockDrift(turn.fault)) ?? {}
  if (fault === undefined) return null
  return `the fault ${fault.fault} cannot be carried: motor and clock are those of the pump under test, and the bench has no hold of them`
}
