/** The table of faults: a fault is one file beside this one, one row here, and one row in the scenario language. */
import { bitFlip } from '#hil/fault/bit-flip'
import { clockDrift } from '#hil/fault/clock-drift'
import type { FaultOf, Injection, Turn } from '#hil/fault/fault'
import { motorStall } from '#hil/fault/motor-stall'
import { powerCut } from '#hil/fault/power-cut'
import { seedOf } from '#hil/fault/seed'
import { telemetryCarrier } from '#hil/fault/telemetry-carrier'
import type { Fault, Scenario } from '#hil/scenario/types'

type Name = Fault['fault']

interface Row<N extends Name> {
  readonly inject: Injection<FaultOf<N>>
  /** Whether its beginning alone proves nothing: it has to be seen to have had its effect. */
  readonly mustFire: boolean
}

const FAULTS: { readonly [N in Name]: Row<N> } = {
  'motor-stall': { inject: motorStall, mustFire: true },
  'power-cut': { inject: powerCut, mustFire: true },
  'bit-flip': { inject: bitFlip, mustFire: true },
  'clock-drift': { inject: clockDrift, mustFire: false },
  'telemetry-carrier': { inject: telemetryCarrier, mustFire: false },
}

/** One instant of one of a scenario's faults. */
export interface FaultTurn extends Turn {
  readonly fault: Fault
  /** Which of the scenario's faults it is, from 1. */
  readonly number: number
}

/** Every instant of every fault of a scenario that is known beforehand. */
export function turnsOf({ faults, seed }: Pick<Scenario, 'faults' | 'seed'>): readonly FaultTurn[] {
  return faults.flatMap((fault, index) =>
    injected(fault, seedOf(seed, index)).map((turn) => ({ ...turn, fault, number: index + 1 })),
  )
}

/** Whether a fault has to be seen to have had its effect before anything can be said of how the pump took it. */
export function mustFire({ fault }: Fault): boolean {
  return FAULTS[fault].mustFire
}

function injected(fault: Fault, seed: number): readonly Turn[] {
  // The compiler cannot follow that row and fault share their name; the table's type ensures it.
  const { inject } = FAULTS[fault.fault] as unknown as Row<Name>
  return (inject as Injection<Fault>)(fault, seed)
}
