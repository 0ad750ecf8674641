/**
 * What tube and catheter still hold of older concentrations, and the bridges over it.
 *
 * Every refill of another concentration leaves a plug of the old one in the line, which has left the tip once the line has
 * been displaced. As far as a bridge covers the line, every rate is multiplied so that the dose at the tip stays what the
 * therapy means: 400 ug/d after a refill of 2000 ug/mL flow at 0.2 mL/d; while 500 ug/mL leave the tip they must flow at
 * 0.8 mL/d. All of it is measured in displaced volume, never in time.
 */
import type { Plumbing } from '#hil/oracle/plumbing'
import type { Bridge } from '#hil/scenario/types'
import { add, compare, divide, equal, isZero, larger, ONE, type Rational } from '#units/rational'

/** A part of the line's old contents. */
interface Plug {
  readonly concentration: Rational
  /** It has left when the prescribed volume reaches this. */
  readonly until_uL: Rational
}

/** Plugs that are all still there, and a bridge that still covers some of them. */
export interface Held {
  /** The plug nearest the tip first; each ends beyond the one before it. */
  readonly plugs: readonly Plug[]
  /** Bridged until the prescribed volume reaches this, at most the end of the last plug; undefined: no bridge is under way. */
  readonly covered_uL: Rational | undefined
}

/** A line that holds one concentration, that of the reservoir. */
export const NOTHING_OLD: Held = { plugs: [], covered_uL: undefined }

/** Volume of tube and catheter. */
export function lineVolume({ pump, catheter_uL }: Plumbing): Rational {
  return add(pump.tube_uL, catheter_uL)
}

/** What is still there, and still bridged, once so much has been displaced. */
export function heldAfter({ plugs, covered_uL }: Held, displaced_uL: Rational): Held {
  const isAhead = (end_uL: Rational) => compare(end_uL, displaced_uL) > 0
  return {
    plugs: plugs.filter(({ until_uL }) => isAhead(until_uL)),
    covered_uL: covered_uL !== undefined && isAhead(covered_uL) ? covered_uL : undefined,
  }
}

/**
 * A refill leaves the concentration it replaces behind what the line already holds, up to `until_uL`; the bridge does not
 * reach over it by itself. What would have no volume is not there.
 */
export function withPlug(held: Held, plug: Plug, displaced_uL: Rational): Held {
  const end_uL = held.plugs.at(-1)?.until_uL ?? displaced_uL
  return compare(plug.until_uL, end_uL) > 0 ? { ...held, plugs: [...held.plugs, plug] } : held
}

/**
 * A bridge from `displaced_uL` on, which never shortens one under way. Left to itself it covers every plug that is still
 * there. One by volume covers that volume; where this is more than the line holds, the last plug is taken to be so much
 * longer. Where no rate would give another dose than it does, and in no volume, there is nothing to bridge.
 */
export function bridged(held: Held, displaced_uL: Rational, { volume }: Bridge, concentration: Rational): Held {
  const { plugs, covered_uL } = held
  const last = plugs.at(-1)
  if (last === undefined || !plugs.some((plug) => needsBridge(plug, concentration))) return held
  const end_uL = volume === 'auto' ? last.until_uL : add(displaced_uL, volume)
  if (compare(end_uL, displaced_uL) <= 0) return held
  const longest = compare(end_uL, last.until_uL) > 0 ? [...plugs.slice(0, -1), { ...last, until_uL: end_uL }] : plugs
  return { plugs: longest, covered_uL: covered_uL === undefined ? end_uL : larger(covered_uL, end_uL) }
}

/** No rate makes up for what holds no drug. */
function needsBridge(plug: Plug, concentration: Rational): boolean {
  return !isZero(plug.concentration) && !equal(plug.concentration, concentration)
}

/** What every rate is multiplied by; `concentration` is that of the reservoir. */
export function bridgeFactor({ plugs: [tip], covered_uL }: Held, concentration: Rational): Rational {
  if (tip === undefined || covered_uL === undefined || !needsBridge(tip, concentration)) return ONE
  return divide(concentration, tip.concentration)
}

/** The displaced volume at which the factor may change next; undefined where no bridge is under way. */
export function nextChange_uL({ plugs: [tip], covered_uL }: Held): Rational | undefined {
  if (tip === undefined || covered_uL === undefined) return undefined
  return compare(tip.until_uL, covered_uL) < 0 ? tip.until_uL : covered_uL
}
