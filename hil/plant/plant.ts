/**
 * The plant: what the rotor, the reservoir and the line truly do, whatever the pump believes.
 *
 * Each motor step moves one step volume out of the reservoir and as much through the line; a reservoir that is used up
 * gives nothing. The plant answers a whole run of steps at once, in parts within which every step moves the same, so its
 * cost follows the changes and not the steps. After everything it does, drug and fluid must balance exactly: what was there
 * at the start and was filled is in the reservoir, in the line, out of the tip, leaked or withdrawn.
 */
import { type Blockage, swollen } from '#hil/plant/blockage'
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
} from '#hil/plant/solution'
import { type Cadence, slice } from '#units/cadence'
import { as, type Fraction, type Mass_ug, type Volume_uL } from '#units/quantity'
import {
  add,
  ceil,
  compare,
  divide,
  equal,
  isPositive,
  multiply,
  type Rational,
  smaller,
  subtract,
  times,
  toSafeInteger,
  toText,
  whole,
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
  readonly step_uL: Volume_uL
  /** Volume of tube and catheter. */
  readonly line_uL: Volume_uL
  /** How drug moves along them. Default: in plug flow. */
  readonly flow?: Flow
  readonly fill: Syringe
  /** Whether the line holds the first fill, or nothing. */
  readonly line: 'filled' | 'empty'
  /** Default: a reservoir gives the same however full it is. */
  readonly overfill?: Overfill
}

/** Fluid and drug in tube and catheter, with what swells them. */
export function portionInLine({ line, blockage }: PlantState): Portion {
  const inLine = portionInConduit(line)
  return blockage === null ? inLine : addPortions(inLine, portionIn(blockage.swelling))
}

/** A balance that does not close: what should be there, and what is. */
export interface Imbalance {
  readonly what: string
  readonly expected: string
  readonly found: string
}

export class Plant {
  readonly #step_uL: Volume_uL
  readonly #overfill: Overfill | null
  #state: PlantState
  /** Everything that ever came in, and everything that ever went out but for leaks. */
  #in: Portion
  #out: Portion = NOTHING

  constructor(options: PlantOptions) {
    const { fill, line_uL, step_uL, flow = { flow: 'plug' }, overfill = null } = options
    const content: Content = options.line === 'filled' ? { fluid: true, solution: fill.solution } : { fluid: false }
    this.#step_uL = step_uL
    this.#overfill = overfill
    this.#state = {
      reservoir_uL: fill.volume_uL,
      reservoir: fill.solution,
      line: conduitOf(flow, line_uL, step_uL, content),
      blockage: null,
      leaked: NOTHING,
    }
    this.#in = this.#held()
  }

  get state(): PlantState {
    return this.#state
  }

  /** Turns the rotor through the steps of the cadence. */
  turn(cadence: Cadence): readonly Delivered[] {
    const parts: Delivered[] = []
    for (let from = 0; from < cadence.count; ) {
      const { steps, step_uL, tip } = this.#move(cadence.count - from)
      parts.push({
        cadence: slice(cadence, from, from + steps),
        displaced_uL: step_uL,
        tip_uL: as(dividedBy(tip.volume_uL, steps)),
        tip: new Map([...tip.masses].map(([drug, mass]) => [drug, as<Mass_ug>(dividedBy(mass, steps))])),
      })
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
    this.#out = addPortions(this.#out, drawn)
    const filled = { volume_uL: fill.volume_uL, masses: massesIn(fill.solution, fill.volume_uL) }
    this.#in = addPortions(this.#in, filled)
    return drawn
  }

  /** From now on the line has this leak and no other; null mends it. */
  leak(leak: Leak | null): void {
    this.#state = { ...this.#state, line: leaking(this.#state.line, leak) }
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
    const found: Imbalance[] = []
    const check = (what: string, expected: Rational, sum_: Rational) => {
      if (!equal(expected, sum_)) found.push({ what, expected: toText(expected), found: toText(sum_) })
    }
    const total = addPortions(addPortions(this.#held(), this.#state.leaked), this.#out)
    check('fluid in uL', this.#in.volume_uL, total.volume_uL)
    for (const drug of new Set([...this.#in.masses.keys(), ...total.masses.keys()])) {
      check(`${drug} in ug`, this.#in.masses.get(drug) ?? ZERO, total.masses.get(drug) ?? ZERO)
    }
    return found
  }

  #held(): Portion {
    const { reservoir_uL, reservoir } = this.#state
    const inReservoir = { volume_uL: reservoir_uL, masses: massesIn(reservoir, reservoir_uL) }
    return addPortions(inReservoir, portionInLine(this.#state))
  }

  /** Makes the next steps, at most `limit`: as many as all move the same. */
  #move(limit: number): { readonly steps: number; readonly step_uL: Volume_uL; readonly tip: Portion } {
    const push = this.#given(limit)
    if (!isPositive(push.step_uL)) return { steps: push.limit, step_uL: push.step_uL, tip: NOTHING }
    const { reservoir, blockage } = this.#state
    if (blockage === null) {
      const { steps, tip } = this.#push(push, reservoir)
      this.#draw(push.step_uL, steps)
      return { steps, step_uL: push.step_uL, tip }
    }
    const { blockage: fuller, steps, step_uL } = swollen(blockage, push, reservoir)
    this.#state = { ...this.#state, blockage: fuller }
    this.#draw(step_uL, steps)
    return { steps, step_uL, tip: NOTHING }
  }

  #push(push: Push, solution: Solution): Passage<Conduit> {
    const passage = pushed(this.#state.line, push, solution)
    this.#state = {
      ...this.#state,
      line: passage.line,
      leaked: addPortions(this.#state.leaked, passage.leaked),
    }
    this.#out = addPortions(this.#out, passage.tip)
    return passage
  }

  #draw(step_uL: Volume_uL, steps: number): void {
    const reservoir_uL = as<Volume_uL>(subtract(this.#state.reservoir_uL, times(step_uL, steps)))
    this.#state = { ...this.#state, reservoir_uL }
  }

  /** How much the reservoir gives with each of the next steps, at most `limit`, and with how many of them. */
  #given(limit: number): Push {
    const { reservoir_uL } = this.#state
    const { step_uL, least_uL } = this.#stroke()
    if (!isPositive(reservoir_uL)) return { step_uL: as(ZERO), limit }
    if (compare(reservoir_uL, step_uL) < 0) return { step_uL: reservoir_uL, limit: 1 }
    const most = Math.min(limit, wholeSteps(reservoir_uL, step_uL))
    if (!isPositive(least_uL)) return { step_uL, limit: most }
    return { step_uL, limit: Math.min(most, stepsAbove(subtract(reservoir_uL, least_uL), step_uL)) }
  }

  /** What a step moves now, while the reservoir holds more than the least. */
  #stroke(): { readonly step_uL: Volume_uL; readonly least_uL: Rational } {
    const over = this.#overfill
    if (over === null || compare(this.#state.reservoir_uL, over.capacity_uL) <= 0)
      return { step_uL: this.#step_uL, least_uL: ZERO }
    return { step_uL: as(multiply(this.#step_uL, over.gain)), least_uL: over.capacity_uL }
  }
}

/** How many steps begin while more than nothing of a volume is left. */
function stepsAbove(volume_uL: Rational, step_uL: Rational): number {
  return toSafeInteger(ceil(divide(volume_uL, step_uL)))
}

function dividedBy(value: Rational, count: number): Rational {
  return divide(value, whole(count))
}
