/**
 * What a pump is set up with before a scenario begins: its own figures and what it was told, and nothing of how its
 * hardware truly is.
 */
import type { PumpSetup } from '#firmware-sim/setup'
import type { Scenario } from '#hil/scenario/types'

export function setupOf(scenario: Scenario): PumpSetup {
  const { pump: model, fill, limits, pumpClock_us: clock_us, catheter_uL } = scenario
  const contents = fill.programmed
  // A line of water is to be primed as an empty one is: neither holds drug.
  const line = scenario.line === 'filled' ? 'filled' : 'empty'
  return { model, contents, volume_uL: contents.volume_uL, limits, clock_us, catheter_uL, line }
}
