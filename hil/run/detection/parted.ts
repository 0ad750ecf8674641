/** Which ledgers parted by more than a step, and since when: whether or not a check of the scenario compares them. */
import { differenceOf } from '#hil/oracle/difference'
import { TICK_us } from '#hil/rig/rig'
import { seconds, secondsOrNull } from '#hil/run/analysis/figures'
import type { Analysis } from '#hil/run/analysis/types'
import { programmedAsPrescribed } from '#hil/run/checks/programming'
import type { Parting } from '#hil/run/detection/types'
import { type Ledgers, NOTHING } from '#hil/run/ledgers'
import { rotorMass } from '#hil/run/rotor-mass'
import { strongest_ug_per_uL } from '#hil/run/strongest'
import { as, type Time_us } from '#units/quantity'
import { larger, multiply, ZERO } from '#units/rational'

/** In the order in which one parting brings about the next. */
export function partedLedgers(ledgers: Ledgers, { volume, drugs }: Analysis): readonly Parting[] {
  const apart = (drugs ?? []).flatMap(({ ahead_since_s, behind_since_s }) => [ahead_since_s, behind_since_s])
  return [
    parting('program', programs(ledgers)),
    parting('belief', [belief(ledgers)]),
    parting('believed-mass', believedMass(ledgers)),
    parting('volume', volume === null ? [] : [volume.ahead_since_s, volume.behind_since_s]),
    parting('mass', apart),
  ].flat()
}

function parting(pair: Parting['pair'], instants_s: readonly (number | null)[]): readonly Parting[] {
  const known = instants_s.flatMap((at_s) => at_s ?? [])
  return known.length === 0 ? [] : [{ pair, since_s: Math.min(...known) }]
}

function programs(ledgers: Ledgers): readonly (number | null)[] {
  const { parted = [] } = programmedAsPrescribed(
    { check: 'programmed-as-prescribed', expect: 'pass', ...span(ledgers) },
    ledgers,
  )
  return parted.map(({ since_us }) => secondsOrNull(since_us))
}

function belief(ledgers: Ledgers): number | null {
  const { believed, delivered, scenario } = ledgers
  const question = { ...span(ledgers), grid_us: TICK_us, within: scenario.pump.step_uL }
  const { firstViolation_us } = differenceOf(believed.volume.staircase, delivered.displaced.staircase, question)
  return firstViolation_us === undefined ? null : seconds(firstViolation_us)
}

/** By the drug of the strongest step, whichever side it is on. */
function believedMass(ledgers: Ledgers): readonly (number | null)[] {
  const { believed, scenario } = ledgers
  const left = rotorMass(ledgers)
  return [...new Set([...left.keys(), ...believed.mass.keys()])].map((drug) => {
    const thought = (believed.mass.get(drug) ?? NOTHING).staircase
    const gone = left.get(drug) ?? []
    const rises = [...thought, ...gone].map(({ rise }) => rise)
    const step = multiply(scenario.pump.step_uL, strongest_ug_per_uL(scenario, drug))
    const within = rises.reduce(larger, step)
    const { firstViolation_us } = differenceOf(thought, gone, { ...span(ledgers), grid_us: TICK_us, within })
    return firstViolation_us === undefined ? null : seconds(firstViolation_us)
  })
}

function span({ scenario }: Ledgers) {
  return { from_us: as<Time_us>(ZERO), to_us: scenario.duration_us }
}
