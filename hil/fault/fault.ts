/** What it takes to inject a fault: what is done to which side of the bench, and when. */
import type { PumpInput } from '#firmware-sim/messages'
import type { Leak } from '#hil/plant/passage'
import type { Fault } from '#hil/scenario/types'
import { as, type Fraction, type Time_us, type Volume_uL } from '#units/quantity'
import { add } from '#units/rational'

/** What is done to reservoir, tube and catheter. */
export type PlantDeed =
  /** The way out of the reservoir is blocked, or free again. */
  | { readonly kind: 'starve'; readonly starved: boolean }
  /** The way into the line is blocked, and the tube before it can swell; by what the scenario says of it where null. */
  | { readonly kind: 'occlude'; readonly compliance_uL: Volume_uL | null }
  | { readonly kind: 'release' }
  /** The line has this leak and no other, or none. */
  | { readonly kind: 'leak'; readonly leak: Leak | null }
  /** Each step moves so many times what it would without this fault. */
  | { readonly kind: 'amplify'; readonly factor: Fraction }

/** What is done to the bench at one instant of a fault. */
export type Deed =
  /** The pump meets this. */
  | { readonly to: 'pump'; readonly input: PumpInput }
  /** The rotor is held, or let go: steps due after the instant meet it so. */
  | { readonly to: 'rotor'; readonly held: boolean }
  /** This befalls what is truly there; steps due after the instant meet it so. */
  | { readonly to: 'plant'; readonly act: PlantDeed }
  /** The line between host and rig is struck, which its rig does by itself. */
  | { readonly to: 'line' }
  /** Nothing more: the fault is in how the pump is connected. */
  | { readonly to: 'nothing' }

/** One instant of a fault: it begins, goes on in another way, ends, or has its effect at once. */
export interface Turn {
  readonly at_us: Time_us
  readonly state: 'begun' | 'changed' | 'ended' | 'fired'
  readonly deed: Deed
}

/** What an injection follows from besides the fault. */
export interface Circumstances {
  /** The fault's own, from that of the scenario. */
  readonly seed: number
  /** How long the run lasts. */
  readonly duration_us: Time_us
}

/** How a fault of one kind is injected: its instants, in order of time. */
export type Injection<F extends Fault> = (fault: F, circumstances: Circumstances) => readonly Turn[]

/** What steps were seen to do, or what left the line at once when a blockage gave way. */
export interface Effect {
  readonly displaced_uL: Volume_uL
  readonly leaked_uL: Volume_uL
  /** Whether a blockage kept steps from moving anything through the line. */
  readonly blocked: boolean
}

/** How the effect of a fault of the plant shows, in words; null where it does not. */
export type Sign = (effect: Effect) => string | null

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
