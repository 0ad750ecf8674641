/**
 * The plant: what the rotor, the reservoir and the line truly do, whatever the pump believes.
 *
 * Each motor step moves one step volume out of the reservoir and as much through the line; a reservoir that is used up
 * gives nothing. The plant answers a whole run of steps at once, in parts within which every step moves the same, so its
 * cost follows the changes and not the steps. After everything it does, drug and fluid must balance exactly: what was there
 * at the start and was filled is in the reservoir, in the line, out of the tip, leaked or withdrawn.
 */
import { type Blockage, swollen } from '#hil/plant/blockage'
import { Books, type Imbalance } from '#hil/plant/books'
import { type Conduit, conduitOf, type Flow, leaking, portionInConduit, pushed } from '#hil/plant/conduit'
import { portionIn } from '#hil/plant/line'
import { type Leak, type Passage, type Push, wholeSteps } from '#hil/plant/passage'
import {
  addPortions,
  type Content,
  type Masses,
  massesIn,
  mixed,
  NOTHING,
  type Portion,
  type Solution,
  scaled,
} from '#hil/plant/solution'
import { gainAfter, NOMINAL, type Stroke } from '#hil/plant/stroke'
import { type Cadence, slice } from '#units/cadence'
import { as, type Fraction, type Volume_uL } from '#units/quantity'
import {
  add,
  ceil,
  compare,
  divide,
  isPositive,
  multiply,
  ONE,
  type Rational,
  ratio,
  smaller,
  subtract,
  times,
  toSafeInteger,
  ZERO,
} from '#units/rational'

/** A solution put into the reservoir. */
export interface Syringe {
  readonly volume_uL: Volume_uL
  readonly solution: Solution
}

/** Steps that all moved the same, and what each of them moved. */
export interface Delivered {
  readonly cadence: Cadence
  readonly displaced_uL: Volume_uL
  readonly tip_uL: Volume_uL
  readonly tip: Masses
  /** What each of them lost through a leak. */
  readonly leaked: Portion
  /** Whether a blockage took from them what they would have moved through the line. */
  readonly blocked: boolean
}

/** What was drawn out before a refill. */
export interface Drawn {
  readonly volume_uL: Volume_uL
  readonly masses: Masses
}

/** What leaves at once when a blockage gives way. */
export interface Surge {
  readonly tip: Portion
  readonly leaked: Portion
}

export interface PlantState {
  readonly reservoir_uL: Volume_uL
  readonly reservoir: Solution
  readonly line: Conduit
  /** Null while the way into the line is free. */
  readonly blockage: Blockage | null
  /** Whether the way out of the reservoir is blocked, so that steps have nothing to move. */
  readonly starved: boolean
  /** All that ever left through leaks. */
  readonly leaked: Portion
}

/** A reservoir that holds more than it is made for is under pressure and gives more with each step. */
export interface Overfill {
  /** It is overfull above this. */
  readonly capacity_uL: Volume_uL
  /** What each step then moves, in steps; above zero. */
  readonly gain: Fraction
}

export interface PlantOptions {
  /** What a step of the rig is made for. */
  readonly step_uL: Volume_uL
  /** How this very pump departs from that. Default: not at all. */
  readonly stroke?: Stroke
  /** Volume of tube and catheter. */
  readonly line_uL: Volume_uL
  /** How drug moves along them. Default: in plug flow. */
  readonly flow?: Flow
  readonly fill: Syringe
  /** Whether the line holds the first fill, fluid without drug, or nothing. */
  readonly line: 'filled' | 'water' | 'empty'
  /** Default: a reservoir gives the same however full it is. */
  readonly overfill?: Overfill
}

/** Fluid and drug in tube and catheter, with what swells them. */
export function portionInLine({ line, blockage }: PlantState): Portion {
  const inLine = portionInConduit(line)
  return blockage === null ? inLine : addPortions(inLine, portionIn(blockage.swelling))
}

export class Plant {
  readonly #step_uL: Volume_uL
  readonly #stroke: Stroke
  readonly #overfill: Overfill | null
  /** Steps of the rotor so far, by which its tube wears. */
  #turned = 0
  /** How many times what it would a step moves now. */
  #amplified: Rational = ONE
  #state: PlantState
  readonly #books: Books

  constructor(options: PlantOptions) {
    const { fill, line_uL, step_uL, stroke = NOMINAL, flow = { flow: 'plug' }, overfill = null } = options
    this.#step_uL = step_uL
    this.#stroke = stroke
    this.#overfill = overfill
    this.#state = {
      reservoir_uL: fill.volume_uL,
      reservoir: fill.solution,
      line: conduitOf(flow, line_uL, step_uL, contentAtStart(options)),
      blockage: null,
      starved: false,
      leaked: NOTHING,
    }
    this.#books = new Books(this.#held())
  }

  get state(): PlantState {
    return this.#state
  }

  /** Turns the rotor through the steps of the cadence. */
  turn(cadence: Cadence): readonly Delivered[] {
    const parts: Delivered[] = []
    for (let from = 0; from < cadence.count; ) {
      const { steps, step_uL, tip, leaked, blocked } = this.#move(cadence.count - from)
      const each = scaled(tip, ratio(1n, BigInt(steps)))
      parts.push({
        cadence: slice(cadence, from, from + steps),
        displaced_uL: step_uL,
        tip_uL: each.volume_uL,
        tip: each.masses,
        leaked: leaked === NOTHING ? NOTHING : scaled(leaked, ratio(1n, BigInt(steps))),
        blocked,
      })
      this.#turned += steps
      from += steps
    }
    return parts
  }

  /** Draws all, or at most a volume, from the reservoir, then fills it. */
  refill(withdraw: 'all' | Volume_uL, fill: Syringe): Drawn {
    const { reservoir_uL, reservoir } = this.#state
    const drawn_uL = as<Volume_uL>(withdraw === 'all' ? reservoir_uL : smaller(withdraw, reservoir_uL))
    const drawn = { volume_uL: drawn_uL, masses: massesIn(reservoir, drawn_uL) }
    const left = subtract(reservoir_uL, drawn_uL)
    this.#state = {
      ...this.#state,
      reservoir_uL: as(add(left, fill.volume_uL)),
      reservoir: mixed(reservoir, left, fill.solution, fill.volume_uL),
    }
    this.#books.went(drawn)
    this.#books.came({ volume_uL: fill.volume_uL, masses: massesIn(fill.solution, fill.volume_uL) })
    return drawn
  }

  /** From now on the line has this leak and no other; null mends it. */
  leak(leak: Leak | null): void {
    this.#state = { ...this.#state, line: leaking(this.#state.line, leak) }
  }

  /** From now on a step moves `factor` times what it would; above zero. */
  amplify(factor: Fraction): void {
    this.#amplified = factor
  }

  /** Blocks the way out of the reservoir, or frees it: steps then move nothing, and nothing gathers anywhere. */
  starve(starved: boolean): void {
    this.#state = { ...this.#state, starved }
  }

  /** Blocks the way into the line, and lets the tube before the blockage swell by so much; one that is blocked stays as it is. */
  occlude(compliance_uL: Volume_uL): void {
    if (this.#state.blockage === null) this.#state = { ...this.#state, blockage: { compliance_uL, swelling: [] } }
  }

  /** Frees the way into the line; what the tube had swollen with goes through the line at once. */
  release(): Surge {
    const swelling = this.#state.blockage?.swelling ?? []
    this.#state = { ...this.#state, blockage: null }
    let surge: Surge = { tip: NOTHING, leaked: NOTHING }
    for (const { volume_uL, content } of swelling) {
      if (!content.fluid) continue
      const { tip, leaked } = this.#push({ step_uL: volume_uL, limit: 1 }, content.solution)
      surge = { tip: addPortions(surge.tip, tip), leaked: addPortions(surge.leaked, leaked) }
    }
    return surge
  }

  /** Every balance of fluid and drug that does not close; empty as long as the bench keeps its books right. */
  imbalances(): readonly Imbalance[] {
    return this.#books.imbalances(addPortions(this.#held(), this.#state.leaked))
  }

  #held(): Portion {
    const { reservoir_uL, reservoir } = this.#state
    const inReservoir = { volume_uL: reservoir_uL, masses: massesIn(reservoir, reservoir_uL) }
    return addPortions(inReservoir, portionInLine(this.#state))
  }

  /** Makes the next steps, at most `limit`: as many as all move the same. */
  #move(limit: number): Move {
    const push = this.#given(limit)
    const { reservoir, reservoir_uL, blockage, starved } = this.#state
    const still = { steps: push.limit, step_uL: as<Volume_uL>(ZERO), tip: NOTHING, leaked: NOTHING }
    if (!isPositive(push.step_uL)) return { ...still, blocked: starved && isPositive(reservoir_uL) }
    if (blockage === null) {
      const { steps, tip, leaked } = this.#push(push, reservoir)
      this.#draw(push.step_uL, steps)
      return { steps, step_uL: push.step_uL, tip, leaked, blocked: false }
    }
    const { blockage: fuller, steps, step_uL } = swollen(blockage, push, reservoir)
    this.#state = { ...this.#state, blockage: fuller }
    this.#draw(step_uL, steps)
    return { ...still, steps, step_uL, blocked: true }
  }

  #push(push: Push, solution: Solution): Passage<Conduit> {
    const passage = pushed(this.#state.line, push, solution)
    this.#state = {
      ...this.#state,
      line: passage.line,
      leaked: addPortions(this.#state.leaked, passage.leaked),
    }
    this.#books.went(passage.tip)
    return passage
  }

  #draw(step_uL: Volume_uL, steps: number): void {
    const reservoir_uL = as<Volume_uL>(subtract(this.#state.reservoir_uL, times(step_uL, steps)))
    this.#state = { ...this.#state, reservoir_uL }
  }

  /** How much the reservoir gives with each of the next steps, at most `limit`, and with how many of them. */
  #given(limit: number): Push {
    const { reservoir_uL, starved } = this.#state
    if (starved || !isPositive(reservoir_uL)) return { step_uL: as(ZERO), limit }
    const { gain, steps } = gainAfter(this.#stroke, this.#turned)
    const { pressure, least_uL } = this.#pressure()
    const step_uL = as<Volume_uL>(multiply(this.#step_uL, multiply(multiply(gain, pressure), this.#amplified)))
    if (compare(reservoir_uL, step_uL) < 0) return { step_uL: reservoir_uL, limit: 1 }
    const most = Math.min(limit, steps, wholeSteps(reservoir_uL, step_uL))
    if (!isPositive(least_uL)) return { step_uL, limit: most }
    return { step_uL, limit: Math.min(most, stepsAbove(subtract(reservoir_uL, least_uL), step_uL)) }
  }

  /** What a full reservoir adds to each step, while it holds more than the least. */
  #pressure(): { readonly pressure: Rational; readonly least_uL: Rational } {
    const over = this.#overfill
    if (over === null || compare(this.#state.reservoir_uL, over.capacity_uL) <= 0)
      return { pressure: ONE, least_uL: ZERO }
    return { pressure: over.gain, least_uL: over.capacity_uL }
  }
}

/** Steps that all moved the same: what each took from the reservoir, and what all of them gave. */
interface Move {
  readonly steps: number
  readonly step_uL: Volume_uL
  readonly tip: Portion
  readonly leaked: Portion
  readonly blocked: boolean
}

function contentAtStart({ line, fill }: PlantOptions): Content {
  if (line === 'empty') return { fluid: false }
  return { fluid: true, solution: line === 'water' ? new Map() : fill.solution }
}

/** How many steps begin while more than nothing of a volume is left. */
function stepsAbove(volume_uL: Rational, step_uL: Rational): number {
  return toSafeInteger(ceil(divide(volume_uL, step_uL)))
}
