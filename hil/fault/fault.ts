/** What it takes to inject a fault: what is done to which side of the bench, and when. */
import type { PumpInput } from '#firmware-sim/messages'
import type { Fault } from '#hil/scenario/types'
import type { Time_us } from '#units/quantity'
import { as } from '#units/quantity'
import { add } from '#units/rational'

/** What is done to the bench at one instant of a fault. */
export type Deed =
  /** The pump meets this. */
  | { readonly to: 'pump'; readonly input: PumpInput }
  /** The rotor is held, or let go: steps due after the instant meet it so. */
  | { readonly to: 'rotor'; readonly held: boolean }
  /** Nothing more: the fault is in how the pump is connected. */
  | { readonly to: 'nothing' }

/** One instant of a fault: it begins, it ends, or it has its effect at once. */
export interface Turn {
  readonly at_us: Time_us
  readonly state: 'begun' | 'ended' | 'fired'
  readonly deed: Deed
}

/** How a fault of one kind is injected: its instants. `seed` is the fault's own, from that of the scenario. */
export type Injection<F extends Fault> = (fault: F, seed: number) => readonly Turn[]

/** The fault of one name. */
export type FaultOf<N extends Fault['fault']> = Extract<Fault, { fault: N }>

/** When a fault ends; null when it lasts to the end of the run. */
export function endOf({ at_us, for_us }: Fault): Time_us | null {
  return for_us === null ? null : as(add(at_us, for_us))
}

/** A fault that is there from its beginning to its end. */
export function lasting(fault: Fault, begin: Deed, end: Deed): readonly Turn[] {
  const end_us = endOf(fault)
  const ended: readonly Turn[] = end_us === null ? [] : [{ at_us: end_us, state: 'ended', deed: end }]
  return [{ at_us: fault.at_us, state: 'begun', deed: begin }, ...ended]
}
