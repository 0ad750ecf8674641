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
  sameSolution,
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
  /** Whether the motor alone made them, and the rotor did not turn. */
  readonly slipped: boolean
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
  /** All that ever left through leaks of the line, and through those of the reservoir. */
  readonly leaked: Portion
  readonly escaped: Portion
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
  #reservoir_uL: Volume_uL
  #reservoir: Solution
  #line: Conduit
  #blockage: Blockage | null = null
  #starved = false
  #leaked: Portion = NOTHING
  #escaped: Portion = NOTHING
  /** Each so-many-th step of the motor does not reach the rotor; how many of the next still do. */
  #slips: { readonly every: number; left: number } | null = null
  readonly #books: Books
  /** The last answers to questions that are asked with every movement, and by what they were answered. */
  #given_uL: Readonly<Record<'gain' | 'pressure' | 'amplified', Rational> & { step_uL: Volume_uL }> | null = null
  #lineHeld: { readonly line: Conduit; readonly portion: Portion } | null = null

  constructor(options: PlantOptions) {
    const { fill, line_uL, step_uL, stroke = NOMINAL, flow = { flow: 'plug' }, overfill = null } = options
    this.#step_uL = step_uL
    this.#stroke = stroke
    this.#overfill = overfill
    this.#reservoir_uL = fill.volume_uL
    this.#reservoir = fill.solution
    this.#line = conduitOf(flow, line_uL, step_uL, contentAtStart(options))
    this.#books = new Books(this.#held())
  }

  get state(): PlantState {
    return {
      reservoir_uL: this.#reservoir_uL,
      reservoir: this.#reservoir,
      line: this.#line,
      blockage: this.#blockage,
      starved: this.#starved,
      leaked: this.#leaked,
      escaped: this.#escaped,
    }
  }

  /** Turns the rotor through the steps of the cadence. */
  turn(cadence: Cadence): readonly Delivered[] {
    const parts: Delivered[] = []
    for (let from = 0; from < cadence.count; ) {
      const slipped = this.#slips?.left === 0
      const { steps, step_uL, tip, leaked, blocked, each: known } = slipped ? SLIPPED : this.#move(cadence.count - from)
      const each = known ?? scaled(tip, ratio(1n, BigInt(steps)))
      parts.push({
        cadence: steps === cadence.count ? cadence : slice(cadence, from, from + steps),
        displaced_uL: step_uL,
        tip_uL: each.volume_uL,
        tip: each.masses,
        leaked: leaked === NOTHING ? NOTHING : scaled(leaked, ratio(1n, BigInt(steps))),
        blocked,
        slipped,
      })
      if (!slipped) this.#turned += steps
      if (this.#slips !== null) this.#slips.left = slipped ? this.#slips.every - 1 : this.#slips.left - steps
      from += steps
    }
    return parts
  }

  /** Draws all, or at most a volume, from the reservoir, then fills it. */
  refill(withdraw: 'all' | Volume_uL, fill: Syringe): Drawn {
    const before_uL = this.#reservoir_uL
    const drawn_uL = as<Volume_uL>(withdraw === 'all' ? before_uL : smaller(withdraw, before_uL))
    const drawn = { volume_uL: drawn_uL, masses: massesIn(this.#reservoir, drawn_uL) }
    const left = subtract(before_uL, drawn_uL)
    const filled = mixed(this.#reservoir, left, fill.solution, fill.volume_uL)
    this.#reservoir_uL = as(add(left, fill.volume_uL))
    // More of the same stays the very same, which is seen at a glance.
    if (!sameSolution(filled, this.#reservoir)) this.#reservoir = filled
    this.#books.went(drawn)
    this.#books.came({ volume_uL: fill.volume_uL, masses: massesIn(fill.solution, fill.volume_uL) })
    return drawn
  }

  /** From now on the line has this leak and no other; null mends it. */
  leak(leak: Leak | null): void {
    this.#line = leaking(this.#line, leak)
  }

  /** From now on each so-many-th step of the motor does not turn the rotor, the first one after so many; null mends it. */
  slip(every: number | null): void {
    this.#slips = every === null ? null : { every, left: every - 1 }
  }

  /** Lets so much out of the reservoir, or all there is; it is gone for good. */
  escape(volume_uL: Volume_uL): Portion {
    const gone_uL = as<Volume_uL>(smaller(volume_uL, this.#reservoir_uL))
    const portion = { volume_uL: gone_uL, masses: massesIn(this.#reservoir, gone_uL) }
    this.#draw(gone_uL)
    this.#escaped = addPortions(this.#escaped, portion)
    return portion
  }

  /** Brings so much of what the reservoir holds, from a syringe, out of the tip: past reservoir, rotor and line. */
  inject(volume_uL: Volume_uL): Portion {
    const portion = { volume_uL, masses: massesIn(this.#reservoir, volume_uL) }
    this.#books.came(portion)
    this.#books.went(portion)
    return portion
  }

  /** From now on a step moves `factor` times what it would; above zero. */
  amplify(factor: Fraction): void {
    this.#amplified = factor
  }

  /** Blocks the way out of the reservoir, or frees it: steps then move nothing, and nothing gathers anywhere. */
  starve(starved: boolean): void {
    this.#starved = starved
  }

  /** Blocks the way into the line, and lets the tube before the blockage swell by so much; one that is blocked stays as it is. */
  occlude(compliance_uL: Volume_uL): void {
    this.#blockage ??= { compliance_uL, swelling: [] }
  }

  /** Frees the way into the line; what the tube had swollen with goes through the line at once. */
  release(): Surge {
    const swelling = this.#blockage?.swelling ?? []
    this.#blockage = null
    let surge: Surge = { tip: NOTHING, leaked: NOTHING }
    for (const { volume_uL, content } of swelling) {
      if (!content.fluid) continue
      const { tip, leaked } = this.#through({ step_uL: volume_uL, limit: 1 }, content.solution)
      surge = { tip: addPortions(surge.tip, tip), leaked: addPortions(surge.leaked, leaked) }
    }
    return surge
  }

  /** Every balance of fluid and drug that does not close; empty as long as the bench keeps its books right. */
  imbalances(): readonly Imbalance[] {
    return this.#books.imbalances([...this.#held(), this.#leaked, this.#escaped])
  }

  #held(): readonly Portion[] {
    const masses = massesIn(this.#reservoir, this.#reservoir_uL)
    const held = [{ volume_uL: this.#reservoir_uL, masses }, this.#inLine()]
    return this.#blockage === null ? held : [...held, portionIn(this.#blockage.swelling)]
  }

  /** Fluid and drug in the line; a line that gets more of what it holds stays the same value. */
  #inLine(): Portion {
    if (this.#lineHeld?.line !== this.#line) {
      this.#lineHeld = { line: this.#line, portion: portionInConduit(this.#line) }
    }
    return this.#lineHeld.portion
  }

  /** Makes the next steps, at most `limit`: as many as all move the same. */
  #move(wanted: number): Move {
    const limit = this.#slips === null ? wanted : Math.min(wanted, this.#slips.left)
    const push = this.#given(limit)
    if (!isPositive(push.step_uL)) {
      return movesNothing(push.limit, push.step_uL, this.#starved && isPositive(this.#reservoir_uL))
    }
    if (this.#blockage === null) return this.#push(push)
    const { blockage: fuller, steps, step_uL } = swollen(this.#blockage, push, this.#reservoir)
    this.#blockage = fuller
    this.#draw(as(times(step_uL, steps)))
    return movesNothing(steps, step_uL, true)
  }

  /** Pushes steps out of the reservoir through the line. */
  #push(push: Push): Move {
    const { step_uL } = push
    const { steps, tip, leaked, each } = this.#through(push, this.#reservoir)
    this.#draw(as(times(step_uL, steps)))
    return { steps, step_uL, tip, leaked, each, blocked: false }
  }

  #through(push: Push, solution: Solution): Passage<Conduit> {
    const passage = pushed(this.#line, push, solution)
    this.#line = passage.line
    this.#leaked = addPortions(this.#leaked, passage.leaked)
    this.#books.went(passage.tip)
    return passage
  }

  #draw(volume_uL: Volume_uL): void {
    this.#reservoir_uL = as<Volume_uL>(subtract(this.#reservoir_uL, volume_uL))
  }

  /** How much the reservoir gives with each of the next steps, at most `limit`, and with how many of them. */
  #given(limit: number): Push {
    const reservoir_uL = this.#reservoir_uL
    if (this.#starved || !isPositive(reservoir_uL)) return { step_uL: as(ZERO), limit }
    const { gain, steps } = gainAfter(this.#stroke, this.#turned)
    const { pressure, least_uL } = this.#pressure()
    const step_uL = this.#stepOf(gain, pressure)
    if (compare(reservoir_uL, step_uL) < 0) return { step_uL: reservoir_uL, limit: 1 }
    const most = Math.min(limit, steps, wholeSteps(reservoir_uL, step_uL))
    if (!isPositive(least_uL)) return { step_uL, limit: most }
    return { step_uL, limit: Math.min(most, stepsAbove(subtract(reservoir_uL, least_uL), step_uL)) }
  }

  /** What a step moves with these gains. */
  #stepOf(gain: Rational, pressure: Rational): Volume_uL {
    const known = this.#given_uL
    const amplified = this.#amplified
    if (known?.gain === gain && known.pressure === pressure && known.amplified === amplified) return known.step_uL
    const step_uL = as<Volume_uL>(multiply(this.#step_uL, multiply(multiply(gain, pressure), amplified)))
    this.#given_uL = { gain, pressure, amplified, step_uL }
    return step_uL
  }

  /** What a full reservoir adds to each step, while it holds more than the least. */
  #pressure(): { readonly pressure: Rational; readonly least_uL: Rational } {
    const over = this.#overfill
    if (over === null || compare(this.#reservoir_uL, over.capacity_uL) <= 0) return { pressure: ONE, least_uL: ZERO }
    return { pressure: over.gain, least_uL: over.capacity_uL }
  }
}

/** Steps that all moved the same: what each took from the reservoir, and what all of them gave. */
interface Move {
  readonly steps: number
  readonly step_uL: Volume_uL
  readonly tip: Portion
  readonly leaked: Portion
  /** What a single one gave at the tip; null where it has to be divided out. */
  readonly each: Portion | null
  readonly blocked: boolean
}

/** Steps of which nothing goes through the line. */
function movesNothing(steps: number, step_uL: Volume_uL, blocked: boolean): Move {
  return { steps, step_uL, tip: NOTHING, leaked: NOTHING, each: NOTHING, blocked }
}

/** The one step that the motor makes alone. */
const SLIPPED: Move = movesNothing(1, as<Volume_uL>(ZERO), false)

function contentAtStart({ line, fill }: PlantOptions): Content {
  if (line === 'empty') return { fluid: false }
  return { fluid: true, solution: line === 'water' ? new Map() : fill.solution }
}

/** How many steps begin while more than nothing of a volume is left. */
function stepsAbove(volume_uL: Rational, step_uL: Rational): number {
  return toSafeInteger(ceil(divide(volume_uL, step_uL)))
}
