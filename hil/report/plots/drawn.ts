/**
 * One panel drawn in a view: the axis that suits it and the path of each line, as numbers and text.
 *
 * The page that is written and the page that is being read draw with these same functions, so that what a reader zooms
 * into is what was printed.
 */
import { type Axis, amountAxis, placed } from '#hil/report/axis'
import { type Range, scaled } from '#hil/report/curves/curve'
import type { Drawable, View } from '#hil/report/curves/run-curves'
import { ACROSS, area, outline, tenth } from '#hil/report/plots/outline'
import type { LineSpec, PanelSpec } from '#hil/report/plots/panels'
import { decimal } from '#units/format'

export interface DrawnLine {
  readonly spec: LineSpec
  readonly path: string
  /** What the line does in the whole view; undefined where there is none of it. */
  readonly range: Range | undefined
}

export interface DrawnPanel {
  readonly axis: Axis
  readonly lines: readonly DrawnLine[]
  /** The tolerance about what is prescribed; empty for none. */
  readonly band: string
  /** Lines at one motor step on both sides of zero; empty where they could not be told from it. */
  readonly step: string
  readonly grid: string
  readonly zero: string
  /** What has to be said beside the names of the lines. */
  readonly note: string
}

const AMOUNT_TICKS = 5
/** A line closer to zero than this is taken for zero. */
const LEAST_APART_px = 8
/** Lines that stay as close as this cannot be told apart. */
const SAME_px = 1
/** Beyond the panel a line is cut off this many of its heights away. */
const CUT = 3

export function drawn(spec: PanelSpec, run: Drawable, view: View, columns: number): DrawnPanel {
  const curves = spec.lines.map((line) => ({ spec: line, curve: run.curve(line.curve, view) }))
  const ranges = curves.map(({ curve }) => curve?.within(view.from_s, view.to_s))
  const { step_uL, tolerance } = run.run
  const values = ranges.flatMap((range) => (range === undefined ? [] : [range.least, range.most]))
  const about = spec.band === undefined || tolerance === 0 ? undefined : run.curve(spec.band, view)
  const limits =
    about === undefined ? undefined : { lower: scaled(about, 1 - tolerance), upper: scaled(about, 1 + tolerance) }
  const top = limits?.upper.within(view.from_s, view.to_s)
  // A band much wider than what the lines do is the background of the panel and not its measure.
  if (top !== undefined && top.last - top.first > tolerance * top.last) values.push(top.most)
  if (spec.step === true) values.push(step_uL, -step_uL)
  const axis = amountAxis(values, AMOUNT_TICKS, spec.zero)
  const height = (value: number) => {
    const y = placed(axis, value, spec.height, 0)
    return Math.min(CUT * spec.height, Math.max((1 - CUT) * spec.height, y))
  }
  const inside = (value: number) => Math.min(spec.height, Math.max(0, height(value)))
  const isSeen = spec.step === true && step_uL > 0 && Math.abs(height(step_uL) - height(0)) >= LEAST_APART_px
  return {
    axis,
    lines: curves.map(({ spec: line, curve }, index) => ({
      spec: line,
      path: curve === undefined ? '' : outline(curve, view, columns, height),
      range: ranges[index],
    })),
    band: limits === undefined ? '' : area(limits.lower, limits.upper, view, columns, inside),
    step: isSeen ? [step_uL, -step_uL].map((at) => across(height(at))).join('') : '',
    grid: axis.ticks.map(({ at }) => across(height(at))).join(''),
    zero: axis.from <= 0 && axis.to >= 0 ? across(height(0)) : '',
    note: [
      spec.id === 'flow' ? flowNote(run, view) : '',
      isSeen ? `dotted: 1 motor step, ${decimal(step_uL)} uL` : '',
      sameNote(
        curves.map(({ curve }) => curve),
        view,
        columns,
        height,
      ),
    ]
      .filter((part) => part !== '')
      .join('; '),
  }
}

function across(y: number): string {
  return `M0,${tenth(y)}H${ACROSS}`
}

function flowNote(run: Drawable, view: View): string {
  if (run.run.step_uL === 0) return ''
  const window_s = run.flowWindow_s(view)
  const size =
    window_s >= 3600
      ? `${decimal(window_s / 3600)} h`
      : window_s >= 60
        ? `${decimal(window_s / 60)} min`
        : `${decimal(window_s)} s`
  return `delivered: steps counted in windows of ${size}, in which one step is ${decimal((run.run.step_uL / window_s) * 3600, 3)} uL/h`
}

/** Says that no line can be seen apart from the others, where that is so. */
function sameNote(
  curves: readonly ReturnType<Drawable['curve']>[],
  view: View,
  columns: number,
  height: (value: number) => number,
): string {
  const given = curves.filter((curve) => curve !== undefined)
  const [first, ...others] = given
  if (first === undefined || others.length === 0) return ''
  const column_s = (view.to_s - view.from_s) / columns
  for (let column = 0; column < columns; column += 1) {
    const [from_s, to_s] = [view.from_s + column * column_s, view.from_s + (column + 1) * column_s]
    const here = first.within(from_s, to_s)
    for (const other of others) {
      const there = other.within(from_s, to_s)
      if (here === undefined || there === undefined) return ''
      const apart = Math.max(
        Math.abs(height(here.most) - height(there.most)),
        Math.abs(height(here.least) - height(there.least)),
      )
      if (apart > SAME_px) return ''
    }
  }
  return given.length === 2 ? 'both lines within 1 pixel' : `all ${given.length} lines within 1 pixel`
}
