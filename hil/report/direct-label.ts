/**
 * Names written at the ends of curves, instead of a legend to be matched by color.
 *
 * Curves that lie within a pixel of each other everywhere share one label that says so; labels never overlap, and one
 * that had to move away from its curve is joined to it by a thin line.
 */

import { type Point, tenth } from '#hil/report/curve'
import { type Gap, html, type Markup } from '#hil/report/escape'

/** A curve of a chart: which ledger gives it its look, and what it shows. */
export interface Curve {
  readonly name: string
  readonly style: 'prescribed' | 'believed' | 'delivered'
  readonly points: readonly Point[]
}

const LINE_px = 15
const SWATCH_px = 26

interface Block {
  readonly curves: readonly Curve[]
  /** Height on the chart where the first of its curves ends. */
  readonly end: number
  readonly lines: number
}

/** The curves in groups that no reader can tell apart: within a pixel of the first of the group at every sample. */
export function coinciding(curves: readonly Curve[], y: (value: number) => number): readonly (readonly Curve[])[] {
  const groups: Curve[][] = []
  for (const curve of curves) {
    const group = groups.find(([first]) => first !== undefined && withinOnePixel(first, curve, y))
    if (group === undefined) groups.push([curve])
    else group.push(curve)
  }
  return groups
}

function withinOnePixel(a: Curve, b: Curve, y: (value: number) => number): boolean {
  return (
    a.points.length === b.points.length &&
    a.points.every((point, index) => Math.abs(y(point.value) - y(b.points[index]?.value ?? Number.NaN)) <= 1)
  )
}

/** Height of the labels of the groups when they are listed one below the other. */
export function listedHeight(groups: readonly (readonly Curve[])[]): number {
  return groups.reduce((total, group) => total + linesOf(group) * LINE_px, 0)
}

/** The labels listed one below the other, from `top`. */
export function listed(groups: readonly (readonly Curve[])[], x: number, top: number): readonly Markup[] {
  let line = top
  return groups.map((group) => {
    const markup = block(group, x, line)
    line += linesOf(group) * LINE_px
    return markup
  })
}

/** The labels beside the ends of their curves, kept between `top` and `bottom` and apart from each other. */
export function beside(
  groups: readonly (readonly Curve[])[],
  place: { readonly plotEnd: number; readonly x: number; readonly top: number; readonly bottom: number },
  y: (value: number) => number,
): readonly Markup[] {
  const blocks = groups
    .map((curves): Block => ({ curves, end: y(curves[0]?.points.at(-1)?.value ?? 0), lines: linesOf(curves) }))
    .sort((a, b) => a.end - b.end)
  const tops = spread(blocks, place.top, place.bottom)
  return blocks.flatMap((label, index) => {
    const top = tops[index] ?? place.top
    const middle = top + LINE_px / 2
    const [from, to] = [`${tenth(place.plotEnd + 2)},${tenth(label.end)}`, `${tenth(place.x - 3)},${tenth(middle)}`]
    const leader = html`<path class="leader" d="M${from}L${to}"/>`
    return [leader, block(label.curves, place.x, top)]
  })
}

/** Tops of the blocks: each beside the end of its curve, pushed down where it would overlap, then up into the plot. */
function spread(blocks: readonly Block[], top: number, bottom: number): readonly number[] {
  const tops: number[] = []
  let free = top
  for (const label of blocks) {
    const at = Math.max(free, label.end - LINE_px / 2)
    tops.push(at)
    free = at + label.lines * LINE_px
  }
  let limit = bottom
  for (let index = blocks.length - 1; index >= 0; index--) {
    const height = (blocks[index]?.lines ?? 0) * LINE_px
    tops[index] = Math.min(tops[index] ?? top, limit - height)
    limit = tops[index] ?? limit
  }
  return tops
}

function linesOf(curves: readonly Curve[]): number {
  return curves.length + (curves.length > 1 ? 1 : 0)
}

function block(curves: readonly Curve[], x: number, top: number): Markup {
  const row = (index: number, content: (middle: number) => Markup) => content(tenth(top + LINE_px * (index + 0.5)))
  const rows = curves.map((curve, index) =>
    row(
      index,
      (middle) =>
        html`<path class="line ${curve.style}" d="M${x + 3},${middle}h${SWATCH_px - 8}"/>
${text(x + SWATCH_px, middle, curve.name)}`,
    ),
  )
  const note = row(
    curves.length,
    (middle) => html`<text class="note" x="${x}" y="${middle + 4}">${coincide(curves.length)}</text>`,
  )
  return html`<g>${rows}${curves.length > 1 ? note : null}</g>`
}

function coincide(count: number): string {
  return `↑ ${count === 2 ? 'both' : `all ${count}`} within 1 pixel`
}

function text(x: number, middle: number, content: Gap): Markup {
  return html`<text x="${x}" y="${middle + 4}">${content}</text>`
}
