/**
 * Where the labels and lines of the axes of a panel stand, for the page that is written and the page that is being read.
 */
import { type Axis, placed, type TimeAxis, timeAxis } from '#hil/report/axis'
import type { View } from '#hil/report/curves/run-curves'
import { ACROSS, tenth } from '#hil/report/plots/outline'

/** Labels on the axis of time of a page of ordinary width. */
const TIME_TICKS = 8
/** From the axis of amounts to the end of its labels, and from the middle of a label to its base line. */
const BESIDE_px = 8
const MIDDLE_px = 4
const BELOW_px = 15

export interface PlacedTick {
  readonly x: string
  readonly y: number
  readonly label: string
}

/** The axis of time that all drawings of a run share. */
export function sharedTime({ from_s, to_s }: View, most = TIME_TICKS): TimeAxis {
  return timeAxis(from_s, to_s, most)
}

/** The labels of the axis of amounts of a panel whose drawing begins `top` below its upper edge. */
export function amountTicks(axis: Axis, height: number, top: number): readonly PlacedTick[] {
  return axis.ticks.map(({ at, label }) => ({
    x: String(-BESIDE_px),
    y: tenth(placed(axis, at, top + height, top) + MIDDLE_px),
    label,
  }))
}

/** The labels of the axis of time under a drawing that ends at `bottom`. */
export function timeTicks(time: TimeAxis, bottom: number): readonly PlacedTick[] {
  return time.ticks.map(({ at, label }) => ({ x: percent(placed(time, at, 0, 1)), y: bottom + BELOW_px, label }))
}

/** Lines through a drawing at the ticks of time, as the path of an SVG. */
export function timeGrid(time: TimeAxis, height: number): string {
  return time.ticks.map(({ at }) => `M${tenth(placed(time, at, 0, ACROSS))},0V${height}`).join('')
}

/** A part of the width. */
export function percent(part: number): string {
  return `${Math.round(part * 1e5) / 1e3}%`
}
