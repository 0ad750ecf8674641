/**
 * The tip: which drug leaves it, and when, if exactly the prescribed volume flows.
 *
 * A change in the reservoir reaches the tip only once tube and catheter have been displaced, in plug flow at one instant.
 * A prescription that forgets this gives the wrong dose for hours although every volume is right; a bridge makes up for
 * it. The answer is a line of drug out of the tip, exact as the prescribed lines are and held against them.
 */
import { changeRate, type Line, type LinePiece, valueAt } from '#hil/oracle/line'
import type { Plumbing } from '#hil/oracle/plumbing'
import type { Fill, Scenario } from '#hil/scenario/types'
import { add, compare, divide, equal, larger, multiply, type Rational, smaller, subtract, ZERO } from '#units/rational'

/** What a stretch of the line holds; null where it holds no drug. */
export type Content = { readonly drug: string; readonly concentration: Rational } | null

/** What flows into the line from an instant on. */
export interface Inflow {
  readonly from_us: Rational
  readonly content: Content
}

export interface Column {
  /** Volume of tube and catheter. */
  readonly volume_uL: Rational
  /** What fills them at the start of the prescribed volume. */
  readonly held: Content
  /** In order of time. */
  readonly inflows: readonly Inflow[]
}

/** What of a scenario decides what leaves the tip. */
export type Delivered = Plumbing & Pick<Scenario, 'fill' | 'events'>

/** The column of a scenario: every fill as it was meant, without what the reservoir still held. */
export function columnOf({ pump, catheter_uL, line, fill, events }: Delivered): Column {
  const refills = events
    .flatMap((event) =>
      event.kind === 'refill' ? [{ from_us: event.at_us, content: contentOf(event.fill.meant) }] : [],
    )
    .toSorted((a, b) => compare(a.from_us, b.from_us))
  return {
    volume_uL: add(pump.tube_uL, catheter_uL),
    held: line === 'filled' ? contentOf(fill.meant) : null,
    inflows: [{ from_us: ZERO, content: contentOf(fill.meant) }, ...refills],
  }
}

export function contentOf({ drug, concentration_ug_per_uL }: Fill): Content {
  return { drug, concentration: concentration_ug_per_uL }
}

/** A content that leaves the tip from a height of the volume line on. */
interface Plug {
  readonly from_uL: Rational
  readonly content: Content
}

/**
 * Mass of every drug out of the tip while a volume flows as the line says. Plug flow, closed form; takes O(n) for n
 * pieces and inflows.
 */
export function tipOf(volume: Line, column: Column): ReadonlyMap<string, Line> {
  const start_us = volume[0]?.from_us ?? ZERO
  const plugs = plugsOf(volume, column)
  const still: LinePiece = { from_us: start_us, value: ZERO, rate: ZERO }
  const names = plugs.flatMap(({ content }) => (content === null ? [] : [content.drug]))
  const lines = new Map([...new Set(names)].map((drug): [string, LinePiece[]] => [drug, [still]]))
  let next = 0
  let content: Content = null
  const flow = (at_us: Rational, rate: Rational) => {
    for (const [drug, pieces] of lines) {
      changeRate(pieces, at_us, content?.drug === drug ? multiply(rate, content.concentration) : ZERO)
    }
  }
  for (const [index, piece] of volume.entries()) {
    const end_us = volume[index + 1]?.from_us
    for (let plug = plugs[next]; plug !== undefined && compare(plug.from_uL, piece.value) <= 0; plug = plugs[next]) {
      content = plug.content
      next += 1
    }
    flow(piece.from_us, piece.rate)
    if (piece.rate.n === 0n) continue
    for (let plug = plugs[next]; plug !== undefined; plug = plugs[next]) {
      const at_us = add(piece.from_us, divide(subtract(plug.from_uL, piece.value), piece.rate))
      if (end_us !== undefined && compare(at_us, end_us) >= 0) break
      content = plug.content
      next += 1
      flow(at_us, piece.rate)
    }
  }
  return lines
}

/**
 * Whether the whole line holds one content at an instant if exactly the prescribed volume flows; what enters at that
 * instant has no volume in it yet.
 */
export function isLineFullOf(volume: Line, column: Column, at_us: Rational, content: Content): boolean {
  const tip_uL = valueAt(volume, at_us)
  const reservoir_uL = add(tip_uL, column.volume_uL)
  const plugs = plugsOf(volume, column)
  return plugs.every((plug, index) => {
    const end_uL = smaller(plugs[index + 1]?.from_uL ?? reservoir_uL, reservoir_uL)
    return compare(larger(plug.from_uL, tip_uL), end_uL) >= 0 || isSameContent(plug.content, content)
  })
}

export function isSameContent(a: Content, b: Content): boolean {
  if (a === null || b === null) return a === b
  return a.drug === b.drug && equal(a.concentration, b.concentration)
}

/** What lies in the line, then what enters it; of those that begin at one height only the last ever leaves. */
function plugsOf(volume: Line, { volume_uL, held, inflows }: Column): readonly Plug[] {
  const start_uL = volume[0]?.value ?? ZERO
  const entered = inflows.map(({ from_us, content }) => ({
    from_uL: add(valueAt(volume, from_us), volume_uL),
    content,
  }))
  return [{ from_uL: start_uL, content: held }, ...entered]
}
