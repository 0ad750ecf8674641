/**
 * The line: what tube and catheter hold of earlier concentrations, and how far a bridge keeps the dose right over it.
 *
 * It is followed from every refill on, whether anybody bridges or not, and in displaced volume: a stop, a reset or another
 * rate moves nothing in it. Positions are those of the delivery, in steps.
 */
import type { Kept, Mark, Plug } from '#firmware-sim/kept'
import type { Contents } from '#firmware-sim/messages'
import type { Time_us } from '#units/quantity'
import { add, compare, divide, equal, isPositive, ONE, type Rational, smaller } from '#units/rational'

/** What the line holds, and up to where it is bridged: never further than the last plug. */
export type Line = Pick<Kept, 'plugs' | 'covered'>

/** Where in the delivery something is done to the line. */
export interface Here {
  readonly position: Rational
  readonly now_us: Time_us
}

/** Plugs the pump follows; of more refills than these in the volume of one line it takes the later ones for mixed. */
export const MOST_PLUGS = 64

/** The line without what has left the tip at a position; the same values where nothing has. */
export function withoutLeft({ plugs, covered }: Line, position: Rational): Line {
  const isLeft = ({ until }: Mark) => compare(until, position) <= 0
  return {
    plugs: plugs.some(isLeft) ? plugs.filter((plug) => !isLeft(plug)) : plugs,
    covered: covered !== null && isLeft(covered) ? null : covered,
  }
}

/** By how much a bridge multiplies every rate at a position; one where it covers nothing that needs it. */
export function factorAt({ plugs, covered }: Line, contents: Contents, position: Rational): Rational {
  if (covered === null || compare(position, covered.until) >= 0) return ONE
  const atTip = plugs.find(({ until }) => compare(until, position) > 0)
  // No rate makes a dose of fluid without drug.
  if (atTip === undefined || !isPositive(atTip.concentration_ug_per_uL)) return ONE
  return divide(contents.concentration_ug_per_uL, atTip.concentration_ug_per_uL)
}

/** The position at which a bridge next changes what it multiplies by; null where none is under way. */
export function changesAt({ plugs, covered }: Line): Rational | null {
  if (covered === null) return null
  const [atTip] = plugs
  return atTip === undefined ? covered.until : smaller(atTip.until, covered.until)
}

/** Whether a plug gives another dose than the contents at one rate, and some rate gives theirs. */
export function needsBridge({ concentration_ug_per_uL }: Plug, contents: Contents): boolean {
  return isPositive(concentration_ug_per_uL) && !equal(concentration_ug_per_uL, contents.concentration_ug_per_uL)
}

/** The line once other contents stand behind so many steps of it. */
export function putBehind(line: Line, here: Here, length: Rational, before: Contents, after: Contents): Line {
  // No bridge leads from one drug to another.
  if (before.drug !== after.drug) return { plugs: [], covered: null }
  const { plugs, covered } = withoutLeft(line, here.position)
  const { concentration_ug_per_uL } = before
  if (equal(concentration_ug_per_uL, after.concentration_ug_per_uL)) return { plugs, covered }
  const plug: Plug = { until: add(here.position, length), since_us: here.now_us, concentration_ug_per_uL }
  const last = plugs.at(-1)
  const isEmpty = last !== undefined && compare(plug.until, last.until) <= 0
  return { plugs: isEmpty || plugs.length === MOST_PLUGS ? plugs : [...plugs, plug], covered }
}

/**
 * The line with a bridge that begins here: over all plugs with `auto`, else over so many steps. Where these reach beyond
 * the last plug, the line is longer than the pump knew, and so is that plug.
 */
export function bridgedFrom(line: Line, here: Here, length: 'auto' | Rational): Line {
  const { plugs, covered } = withoutLeft(line, here.position)
  const last = plugs.at(-1)
  if (last === undefined) return { plugs, covered }
  const { until, since_us } = last
  const mark: Mark =
    length === 'auto' ? { until, since_us } : { until: add(here.position, length), since_us: here.now_us }
  if (compare(mark.until, here.position) <= 0) return { plugs, covered }
  return {
    plugs: compare(mark.until, until) > 0 ? plugs.with(-1, { ...last, ...mark }) : plugs,
    covered: covered === null || compare(mark.until, covered.until) > 0 ? mark : covered,
  }
}

/** The line once a step that was due at an instant is known to have displaced nothing; what had left stays away. */
export function withoutStep(line: Line, due_us: Time_us): Line {
  const { plugs, covered } = line
  if (plugs.every(({ since_us }) => compare(due_us, since_us) <= 0)) return line
  const moved = plugs.map((plug) => putOff(plug, due_us))
  return {
    // What the step was to bring in behind the others may have been a plug as a whole.
    plugs: moved.filter(({ until }, place) => moved.slice(0, place).every((other) => compare(other.until, until) < 0)),
    covered: covered === null ? null : putOff(covered, due_us),
  }
}

function putOff<M extends Mark>(mark: M, due_us: Time_us): M {
  return compare(due_us, mark.since_us) <= 0 ? mark : { ...mark, until: add(mark.until, ONE) }
}
