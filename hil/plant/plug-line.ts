/**
 * Tube and catheter in plug flow, sound or with a leak.
 *
 * A leak parts the line: of all that comes by, a share leaves through it and the rest pushes what lies between it and the
 * tip. So behind a leak everything moves more slowly, and a change of concentration takes longer to arrive.
 */
import {
  contentAtTip,
  cutLine,
  displaced,
  joinedLines,
  type Line,
  lineOf,
  portionIn,
  uniformAtTip,
  volumeOf,
} from '#hil/plant/line'
import { type Leak, type Passage, type Push, wholeSteps } from '#hil/plant/passage'
import {
  addPortions,
  type Content,
  NOTHING,
  type Portion,
  portionOf,
  repeated,
  sameContent,
  stepOf,
} from '#hil/plant/solution'
import { as, type Fraction, type Volume_uL } from '#units/quantity'
import { isPositive, multiply, ONE, subtract, times, ZERO } from '#units/rational'

export interface PlugLine {
  readonly flow: 'plug'
  /** From the pump to the leak; nothing in a sound line. */
  readonly toLeak: Line
  /** From there to the tip. */
  readonly toTip: Line
  /** The share that leaks; zero in a sound line. */
  readonly leak: Fraction
}

export function plugLine(volume_uL: Volume_uL, content: Content): PlugLine {
  return { flow: 'plug', toLeak: [], toTip: lineOf(volume_uL, content), leak: as(ZERO) }
}

/** Everything the line holds, from the tip back to the pump. */
export function slugsIn({ toTip, toLeak }: PlugLine): Line {
  return toLeak.length === 0 ? toTip : joinedLines(toTip, toLeak)
}

/** The line with the leak, or without any. */
export function plugLeaking(line: PlugLine, leak: Leak | null): PlugLine {
  const slugs = slugsIn(line)
  if (leak === null) return { flow: 'plug', toLeak: [], toTip: slugs, leak: as(ZERO) }
  const { front, behind } = cutLine(slugs, multiply(volumeOf(slugs), subtract(ONE, leak.position)))
  return { flow: 'plug', toLeak: behind, toTip: front, leak: leak.fraction }
}

/** Pushes steps of `entering` in at the pump: as many of the first as all move the same. */
export function pushThroughPlug(line: PlugLine, push: Push, entering: Content): Passage<PlugLine> {
  // A sound line that holds what enters it stays as it is, however many steps there are.
  const [only, another] = slugsIn(line)
  if (only !== undefined && another === undefined && !isPositive(line.leak) && sameContent(only.content, entering)) {
    return unchanged(line, push, entering)
  }
  const steps = alike(line, push, entering)
  const volume_uL = times(push.step_uL, steps)
  if (!isPositive(line.leak) && line.toLeak.length === 0) {
    const moved = displaced(line.toTip, volume_uL, entering)
    return { line: { ...line, toTip: moved.line }, steps, tip: portionIn(moved.left), leaked: NOTHING, each: null }
  }
  const passed = displaced(line.toLeak, volume_uL, entering)
  let [tip, leaked]: [Portion, Portion] = [NOTHING, NOTHING]
  let { toTip } = line
  for (const slug of passed.left) {
    const lost_uL = as<Volume_uL>(multiply(slug.volume_uL, line.leak))
    const moved = displaced(toTip, subtract(slug.volume_uL, lost_uL), slug.content)
    leaked = addPortions(leaked, portionOf(slug.content, lost_uL))
    tip = addPortions(tip, portionIn(moved.left))
    toTip = moved.line
  }
  return { line: { ...line, toLeak: passed.line, toTip }, steps, tip, leaked, each: null }
}

/** What a push gives where all that it moves is alike. */
function unchanged(line: PlugLine, { step_uL, limit }: Push, content: Content): Passage<PlugLine> {
  const each = content.fluid ? stepOf(content.solution, step_uL) : NOTHING
  return { line, steps: limit, tip: repeated(each, limit), leaked: NOTHING, each }
}

/** How many steps at most keep one content at the leak and one at the tip. */
function alike({ toLeak, toTip, leak }: PlugLine, { step_uL, limit }: Push, entering: Content): number {
  const onward_uL = multiply(step_uL, subtract(ONE, leak))
  const atLeak_uL = uniformAtTip(toLeak, entering)
  const atTip_uL = uniformAtTip(toTip, contentAtTip(toLeak, entering))
  let steps = limit
  if (atLeak_uL !== null) steps = Math.min(steps, wholeSteps(atLeak_uL, step_uL))
  if (atTip_uL !== null && isPositive(onward_uL)) steps = Math.min(steps, wholeSteps(atTip_uL, onward_uL))
  return Math.max(1, steps)
}
