/**
 * The line: tube and catheter as plug flow, drug by position.
 *
 * What enters from the pump pushes everything before it by the same volume, without mixing; the tip gives out what lies
 * next to it. A change of drug or concentration therefore reaches the tip only after the volume of the line has been
 * displaced (0.375 mL for 80 cm of catheter: days at a usual rate).
 */
import { addMasses, type Content, fluidIn, type Masses, massesOf, NO_MASS, sameContent } from '#hil/plant/solution'
import { as, type Volume_uL } from '#units/quantity'
import { add, compare, isPositive, type Rational, smaller, subtract, sum, ZERO } from '#units/rational'

/** A stretch of one content. */
export interface Slug {
  readonly volume_uL: Volume_uL
  readonly content: Content
}

/** Slugs from the tip back to the pump; their volumes always add up to the volume of the line. */
export type Line = readonly Slug[]

export function lineOf(volume_uL: Volume_uL, content: Content): Line {
  return isPositive(volume_uL) ? [{ volume_uL, content }] : []
}

/** How much of one content lies next to the tip when `entering` is pushed in behind; null when nothing else will ever come. */
export function uniformAtTip(line: Line, entering: Content): Volume_uL | null {
  const [front, ...rest] = line
  if (front === undefined || (rest.length === 0 && sameContent(front.content, entering))) return null
  return front.volume_uL
}

export interface Displacement {
  readonly line: Line
  /** Fluid that left the tip. */
  readonly tip_uL: Volume_uL
  readonly tip: Masses
}

/** Pushes `volume_uL` of `entering` into the line at the pump; the same volume leaves at the tip. */
export function displaced(line: Line, volume_uL: Rational, entering: Content): Displacement {
  if (!isPositive(volume_uL)) return { line, tip_uL: as(ZERO), tip: NO_MASS }
  const slugs: Slug[] = [...line]
  const back = slugs.at(-1)
  if (back !== undefined && sameContent(back.content, entering)) {
    slugs[slugs.length - 1] = { volume_uL: as(add(back.volume_uL, volume_uL)), content: entering }
  } else {
    slugs.push({ volume_uL: as(volume_uL), content: entering })
  }
  let left = volume_uL
  let fluid: Rational = ZERO
  let masses: Masses = NO_MASS
  for (let front = slugs[0]; front !== undefined && isPositive(left); front = slugs[0]) {
    const taken = as<Volume_uL>(smaller(front.volume_uL, left))
    fluid = add(fluid, fluidIn(front.content, taken))
    masses = addMasses(masses, massesOf(front.content, taken))
    left = subtract(left, taken)
    if (compare(taken, front.volume_uL) === 0) slugs.shift()
    else slugs[0] = { volume_uL: as(subtract(front.volume_uL, taken)), content: front.content }
  }
  return { line: slugs, tip_uL: as(fluid), tip: masses }
}

export function fluidInLine(line: Line): Volume_uL {
  return as(sum(line.map((slug) => fluidIn(slug.content, slug.volume_uL))))
}

export function massesInLine(line: Line): Masses {
  return line.reduce((masses, slug) => addMasses(masses, massesOf(slug.content, slug.volume_uL)), NO_MASS)
}
