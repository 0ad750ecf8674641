/**
 * Looking closer at a run: which part of it is shown, and how that changes. Never less than a second, never beyond an end.
 */
import type { View } from '#hil/report/curves/run-curves'

const SHORTEST_s = 1

/** The view nearest to the one asked for that the run allows. */
export function fitted({ from_s, to_s }: View, end_s: number): View {
  const span = Math.min(end_s, Math.max(Math.min(SHORTEST_s, end_s), to_s - from_s))
  const from = Math.min(Math.max(0, from_s), end_s - span)
  return { from_s: from, to_s: from + span }
}

/** The view `factor` times as long, with the instant where it was. */
export function zoomed({ from_s, to_s }: View, factor: number, about_s: number, end_s: number): View {
  const span = (to_s - from_s) * factor
  const part = (about_s - from_s) / (to_s - from_s)
  return fitted({ from_s: about_s - part * span, to_s: about_s + (1 - part) * span }, end_s)
}

/** The view moved by a part of its length, on or back. */
export function moved({ from_s, to_s }: View, part: number, end_s: number): View {
  const by_s = (to_s - from_s) * part
  return fitted({ from_s: from_s + by_s, to_s: to_s + by_s }, end_s)
}

/** The view moved as little as shows the instant. */
export function showing(view: View, at_s: number, end_s: number): View {
  const span = view.to_s - view.from_s
  if (at_s < view.from_s) return fitted({ from_s: at_s, to_s: at_s + span }, end_s)
  if (at_s > view.to_s) return fitted({ from_s: at_s - span, to_s: at_s }, end_s)
  return view
}

export function isWhole({ from_s, to_s }: View, end_s: number): boolean {
  return from_s <= 0 && to_s >= end_s
}
