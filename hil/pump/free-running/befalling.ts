/** What a fault does to a pump that turns its own motor: to the motor, or to the pump itself. */
import type { PumpInput } from '#firmware-sim/messages'
import type { FaultTurn } from '#hil/fault/faults'
import type { Grip } from '#hil/pump/free-running/own-motor'
import { as, type Fraction, type Time_us } from '#units/quantity'
import { negate, ZERO } from '#units/rational'

/** A cut of power that has been ordered: how long the power is away once it has gone. */
export interface Cut {
  readonly for_us: Time_us
}

/** What befalls the pump at an instant. */
export type Befalling = { readonly at_us: Time_us } & (
  | { readonly kind: 'input'; readonly input: PumpInput; readonly cut: Cut | null; readonly atOnce: boolean }
  | { readonly kind: 'encoder'; readonly every_steps: number | null }
  | { readonly kind: 'crystal'; readonly by: Fraction }
  | { readonly kind: 'power-returns' }
)

/** Something that takes hold of the motor, for steps that are due after the instant. */
interface Gripping {
  readonly kind: 'grip'
  readonly at_us: Time_us
  readonly grip: Grip
}

/** What an instant of a fault does, at `at_us`. Throws RangeError for what befalls no pump. */
export function comingOf({ deed, fault, state }: FaultTurn, at_us: Time_us): Befalling | Gripping {
  switch (deed.to) {
    case 'rotor':
    case 'coils':
      return { kind: 'grip', at_us, grip: deed }
    case 'encoder':
      return { kind: 'encoder', at_us, every_steps: deed.every_steps }
    case 'pump': {
      const cut = fault.fault === 'power-cut' ? { for_us: fault.for_us ?? as<Time_us>(ZERO) } : null
      const atOnce = fault.fault === 'power-cut' && fault.write === null
      return { kind: 'input', at_us, input: deed.input, cut, atOnce }
    }
    case 'nothing':
      if (fault.fault !== 'clock-drift') throw new RangeError(`${fault.fault} does nothing to a pump`)
      return { kind: 'crystal', at_us, by: state === 'ended' ? as(negate(fault.drift)) : fault.drift }
    case 'programmer':
    case 'plant':
    case 'line':
      throw new RangeError(`${fault.fault} befalls no pump without a plant and a line`)
  }
}
