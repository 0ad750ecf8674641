/** What it takes to inject a fault: what is done to which side of the bench, and when. */
import type { PumpInput } from '#firmware-sim/messages'
import type { Leak } from '#hil/plant/passage'
import type { Again, ClockSetting, Fault } from '#hil/scenario/types'
import { as, type Fraction, type Temperature_degC, type Time_us, type Volume_uL } from '#units/quantity'
import { add, compare, times, ZERO } from '#units/rational'

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
  /** The pump has this temperature, or its own again where it is null. */
  | { readonly kind: 'heat'; readonly to_degC: Temperature_degC | null }
  /** Each so-many-th step of the motor does not reach the rotor; null mends it. */
  | { readonly kind: 'slip'; readonly every_steps: number | null }
  /** So much leaves the reservoir to the outside, now. */
  | { readonly kind: 'escape'; readonly volume_uL: Volume_uL }
  /** Of the next refill this part goes beside the reservoir. */
  | { readonly kind: 'divert'; readonly fraction: Fraction }
  /** The next refill puts in so much more than it says. */
  | { readonly kind: 'overfill'; readonly by_uL: Volume_uL }
  /** So much of what the reservoir holds comes out of the tip, past reservoir and rotor. */
  | { readonly kind: 'inject'; readonly volume_uL: Volume_uL }

/** What is done to the bench at one instant of a fault. */
export type Deed =
  /** The pump meets this. */
  | { readonly to: 'pump'; readonly input: PumpInput }
  /** The rotor is held, or let go: steps due after the instant meet it so. */
  | { readonly to: 'rotor'; readonly held: boolean }
  /** Two coil wires change places, or go back: steps due after the instant turn the rotor so. */
  | { readonly to: 'coils'; readonly crossed: boolean }
  /** Of the steps due after the instant the encoder does not show each so-many-th; null mends it. */
  | { readonly to: 'encoder'; readonly every_steps: number | null }
  /** The next setting of the clock goes wrong. */
  | { readonly to: 'programmer'; readonly setting: ClockSetting }
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
  /** Whether the steps of the motor did not reach the rotor. */
  readonly slipped: boolean
  /** Whether the temperature made steps move another volume. */
  readonly heated: boolean
  /** What left the reservoir to the outside, and what of a refill never came into it. */
  readonly escaped_uL: Volume_uL
  readonly beside_uL: Volume_uL
  /** How much a refill put in beyond what the reservoir is made for. */
  readonly beyond_uL: Volume_uL
}

const NO_VOLUME: Volume_uL = as(ZERO)

export const NO_EFFECT: Effect = {
  displaced_uL: NO_VOLUME,
  leaked_uL: NO_VOLUME,
  blocked: false,
  slipped: false,
  heated: false,
  escaped_uL: NO_VOLUME,
  beside_uL: NO_VOLUME,
  beyond_uL: NO_VOLUME,
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

/** One of the times that a fault is there; it has no end where it lasts to the end of the run. */
export interface Spell {
  readonly at_us: Time_us
  readonly end_us: Time_us | null
}

/** Every time that a fault is there which may come again, and lingers for a while after each; in order. */
export function spellsOf(
  { at_us, for_us, again }: Pick<Fault, 'at_us' | 'for_us'> & { readonly again: Again | null },
  duration_us: Time_us,
  lingering_us: Time_us = as(ZERO),
): readonly Spell[] {
  const spells: Spell[] = []
  for (let count = 0; again === null ? count === 0 : count < (again.times ?? Number.POSITIVE_INFINITY); count += 1) {
    const begin_us = again === null ? at_us : as<Time_us>(add(at_us, times(again.every_us, count)))
    if (compare(begin_us, duration_us) >= 0) break
    const end_us = for_us === null ? null : as<Time_us>(add(add(begin_us, for_us), lingering_us))
    spells.push({ at_us: begin_us, end_us })
  }
  return spells
}

/** A fault that is there for each of some times. */
export function returning(spells: readonly Spell[], begin: Deed, end: Deed): readonly Turn[] {
  return spells.flatMap(({ at_us, end_us }): Turn[] => [
    { at_us, state: 'begun', deed: begin },
    ...(end_us === null ? [] : [{ at_us: end_us, state: 'ended' as const, deed: end }]),
  ])
}
