/** The table of faults: a fault is one file beside this one, one row here, and one row in the scenario language. */
import { bitFlip } from '#hil/fault/bit-flip'
import { brownOut } from '#hil/fault/brown-out'
import { catheterLeak, catheterLeakShows } from '#hil/fault/catheter-leak'
import { cellResistance } from '#hil/fault/cell-resistance'
import { clockDrift } from '#hil/fault/clock-drift'
import { clockSetting } from '#hil/fault/clock-setting'
import { clockStep } from '#hil/fault/clock-step'
import { encoderLoss } from '#hil/fault/encoder-loss'
import type { Circumstances, FaultOf, Injection, Sign, Turn } from '#hil/fault/fault'
import { lineFault } from '#hil/fault/line'
import { motorReverse } from '#hil/fault/motor-reverse'
import { motorSlip, motorSlipShows } from '#hil/fault/motor-slip'
import { motorStall } from '#hil/fault/motor-stall'
import { occlusion, occlusionShows } from '#hil/fault/occlusion'
import { overInfusion, overInfusionShows } from '#hil/fault/over-infusion'
import { overfill, overfillShows } from '#hil/fault/overfill'
import { pocketFill, pocketFillShows } from '#hil/fault/pocket-fill'
import { powerCut } from '#hil/fault/power-cut'
import { seedOf } from '#hil/fault/seed'
import { septumLeak, septumLeakShows } from '#hil/fault/septum-leak'
import { sidePortInjection } from '#hil/fault/side-port-injection'
import { telemetryCarrier } from '#hil/fault/telemetry-carrier'
import { temperature, temperatureShows } from '#hil/fault/temperature'
import type { Fault, Scenario } from '#hil/scenario/types'
import { compare } from '#units/rational'

type Name = Fault['fault']

interface Row<N extends Name> {
  readonly inject: Injection<FaultOf<N>>
  /** Whether its beginning alone proves nothing: it has to be seen to have had its effect. */
  readonly mustFire: boolean
  /** How its effect shows in what the plant does; left out where it shows elsewhere. */
  readonly shows?: Sign
}

const FAULTS: { readonly [N in Name]: Row<N> } = {
  'motor-stall': { inject: motorStall, mustFire: true },
  'motor-slip': { inject: motorSlip, mustFire: true, shows: motorSlipShows },
  'motor-reverse': { inject: motorReverse, mustFire: true },
  'encoder-loss': { inject: encoderLoss, mustFire: true },
  'power-cut': { inject: powerCut, mustFire: true },
  'bit-flip': { inject: bitFlip, mustFire: true },
  'brown-out': { inject: brownOut, mustFire: true },
  'cell-resistance': { inject: cellResistance, mustFire: false },
  'clock-drift': { inject: clockDrift, mustFire: false },
  'clock-step': { inject: clockStep, mustFire: true },
  'clock-setting': { inject: clockSetting, mustFire: true },
  'telemetry-carrier': { inject: telemetryCarrier, mustFire: false },
  occlusion: { inject: occlusion, mustFire: true, shows: occlusionShows },
  'catheter-leak': { inject: catheterLeak, mustFire: true, shows: catheterLeakShows },
  'over-infusion': { inject: overInfusion, mustFire: true, shows: overInfusionShows },
  'line-noise': { inject: lineFault, mustFire: true },
  'line-mute': { inject: lineFault, mustFire: true },
  'line-unplug': { inject: lineFault, mustFire: true },
  'under-infusion': { inject: overInfusion, mustFire: true, shows: overInfusionShows },
  'septum-leak': { inject: septumLeak, mustFire: true, shows: septumLeakShows },
  'pocket-fill': { inject: pocketFill, mustFire: true, shows: pocketFillShows },
  overfill: { inject: overfill, mustFire: true, shows: overfillShows },
  'side-port-injection': { inject: sidePortInjection, mustFire: true },
  temperature: { inject: temperature, mustFire: true, shows: temperatureShows },
}

/** One instant of one of a scenario's faults. */
export interface FaultTurn extends Turn {
  readonly fault: Fault
  /** Which of the scenario's faults it is, from 1. */
  readonly number: number
}

/** Every instant of every fault of a scenario that is known beforehand, in order of time and then of the faults. */
export function turnsOf(scenario: Pick<Scenario, 'faults' | 'seed' | 'duration_us'>): readonly FaultTurn[] {
  const { faults, seed, duration_us } = scenario
  const turns = faults.flatMap((fault, index) =>
    injected(fault, { seed: seedOf(seed, index), duration_us }).map((turn) => ({ ...turn, fault, number: index + 1 })),
  )
  return turns.toSorted((a, b) => compare(a.at_us, b.at_us))
}

/** Whether a fault has to be seen to have had its effect before anything can be said of how the pump took it. */
export function mustFire({ fault }: Fault): boolean {
  return FAULTS[fault].mustFire
}

/** How the effect of a fault shows in what the plant does; null where it does not, or shows elsewhere. */
export function signOf({ fault }: Fault): Sign | null {
  const { shows }: Pick<Row<Name>, 'shows'> = FAULTS[fault]
  return shows ?? null
}

function injected(fault: Fault, circumstances: Circumstances): readonly Turn[] {
  // The compiler cannot follow that row and fault share their name; the table's type ensures it.
  const { inject } = FAULTS[fault.fault] as unknown as Row<Name>
  return (inject as Injection<Fault>)(fault, circumstances)
}
