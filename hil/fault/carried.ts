/** Which faults a rig can carry, said before anything runs. */
import { lineScriptOf } from '#hil/fault/line-script'
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
