/**
 * A bridge: the line still holds plugs of an older concentration, and until they have left it every rate is multiplied
 * so that the dose at the tip stays what the therapy means.
 *
 * 400 ug/d after a refill of 2000 ug/mL flow at 0.2 mL/d; while 500 ug/mL leave the tip they must flow at 0.8 mL/d.
 */
import type { Plumbing } from '#hil/oracle/plumbing'
import type { Bridge } from '#hil/scenario/types'
import { add, compare, divide, isZero, ONE, type Rational } from '#units/rational'

/** A part of the line's old contents. */
export interface Plug {
  readonly concentration: Rational
  /** It has left when the prescribed volume reaches this. */
  readonly until_uL: Rational
}

/** The plug nearest the tip first. */
export type Plugs = readonly Plug[]

/** How much a bridge covers; left to itself, tube and catheter. */
export function bridgeVolume({ volume }: Bridge, { pump, catheter_uL }: Plumbing): Rational {
  return volume === 'auto' ? add(pump.tube_uL, catheter_uL) : volume
}

/**
 * The plugs once a bridge of `volume_uL` begins: those still there, then the older concentration for what the bridge
 * covers beyond them. A line without drug cannot be bridged: no rate would give a dose.
 */
export function bridged(plugs: Plugs, displaced_uL: Rational, volume_uL: Rational, concentration: Rational): Plugs {
  const until_uL = add(displaced_uL, volume_uL)
  const covered_uL = plugs.at(-1)?.until_uL ?? displaced_uL
  if (isZero(concentration) || compare(until_uL, covered_uL) <= 0) return plugs
  return [...plugs, { concentration, until_uL }]
}

/** The plugs that are still in the line once so much has been displaced. */
export function plugsAfter(plugs: Plugs, displaced_uL: Rational): Plugs {
  return plugs.filter(({ until_uL }) => compare(until_uL, displaced_uL) > 0)
}

/** What every rate is multiplied by. */
export function bridgeFactor([plug]: Plugs, concentration: Rational): Rational {
  return plug === undefined ? ONE : divide(concentration, plug.concentration)
}
