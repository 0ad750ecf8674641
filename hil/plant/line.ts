/**
 * Plug flow: drug by position along tube and catheter, without mixing.
 *
 * What enters from the pump pushes everything before it by the same volume; the tip gives out what lies next to it. A
 * change of drug or concentration therefore reaches the tip only after the volume of the line has been displaced
 * (0.375 mL for 80 cm of catheter: days at a usual rate).
 */
import { addPortions, type Content, fluidIn, NOTHING, type Portion, portionOf, sameContent } from '#hil/plant/solution'
import { as, type Volume_uL } from '#units/quantity'
import { add, compare, isPositive, type Rational, smaller, subtract, sum } from '#units/rational'

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

/** What the next of `entering` pushes out first. */
export function contentAtTip(line: Line, entering: Content): Content {
  return line[0]?.content ?? entering
}

export interface Displacement {
  readonly line: Line
  /** What left the tip, the first of it first; as much altogether as was pushed in. */
  readonly left: Line
}

/** Pushes `volume_uL` of `entering` into the line at the pump; the same volume leaves at the tip. */
export function displaced(line: Line, volume_uL: Rational, entering: Content): Displacement {
  if (!isPositive(volume_uL)) return { line, left: [] }
  const slugs: Slug[] = [...line]
  append(slugs, { volume_uL: as(volume_uL), content: entering })
  const left: Slug[] = []
  let rest = volume_uL
  for (let front = slugs[0]; front !== undefined && isPositive(rest); front = slugs[0]) {
    const taken = as<Volume_uL>(smaller(front.volume_uL, rest))
    left.push({ volume_uL: taken, content: front.content })
    rest = subtract(rest, taken)
    if (compare(taken, front.volume_uL) === 0) slugs.shift()
    else slugs[0] = { volume_uL: as(subtract(front.volume_uL, taken)), content: front.content }
  }
  return { line: slugs, left }
}

/** Both lines as one, `behind` nearer to the pump. */
export function joinedLines(front: Line, behind: Line): Line {
  const slugs: Slug[] = [...front]
  for (const slug of behind) append(slugs, slug)
  return slugs
}

/** The line cut so that `volume_uL`, at most all of it, lies in front. */
export function cutLine(line: Line, volume_uL: Rational): { readonly front: Line; readonly behind: Line } {
  const [front, behind]: [Slug[], Slug[]] = [[], []]
  let rest = volume_uL
  for (const slug of line) {
    const taken = smaller(slug.volume_uL, rest)
    const over = subtract(slug.volume_uL, taken)
    rest = subtract(rest, taken)
    if (isPositive(taken)) front.push({ ...slug, volume_uL: as(taken) })
    if (isPositive(over)) behind.push({ ...slug, volume_uL: as(over) })
  }
  return { front, behind }
}

export function volumeOf(line: Line): Volume_uL {
  return as(sum(line.map(({ volume_uL }) => volume_uL)))
}

export function fluidInLine(line: Line): Volume_uL {
  return as(sum(line.map((slug) => fluidIn(slug.content, slug.volume_uL))))
}

/** Fluid and drug in all slugs together. */
export function portionIn(line: Line): Portion {
  return line.reduce((portion, { content, volume_uL }) => addPortions(portion, portionOf(content, volume_uL)), NOTHING)
}

/** Adds a slug behind the others; one that is alike only lengthens the last. */
function append(slugs: Slug[], slug: Slug): void {
  const back = slugs.at(-1)
  if (back === undefined || !sameContent(back.content, slug.content)) slugs.push(slug)
  else slugs[slugs.length - 1] = { volume_uL: as(add(back.volume_uL, slug.volume_uL)), content: slug.content }
}
