/**
 * The plant: what the rotor, the reservoir and the line truly do, whatever the pump believes.
 *
 * Each motor step moves one step volume out of the reservoir and as much through the line; a reservoir that is used up
 * gives nothing. The plant answers a whole run of steps at once, in parts within which every step moves the same, so its
 * cost follows the changes and not the steps. After everything it does, drug and fluid must balance exactly:
 * what was there at the start and was filled is in the reservoir, in the line, out of the tip or withdrawn.
 */
import { displaced, fluidInLine, type Line, lineOf, massesInLine, uniformAtTip } from '#hil/plant/line'
import { addMasses, type Content, type Masses, massesIn, mixed, NO_MASS, type Solution } from '#hil/plant/solution'
import { type Cadence, slice } from '#units/cadence'
import { as, type Mass_ug, type Volume_uL } from '#units/quantity'
import {
  add,
  compare,
  divide,
  equal,
  floor,
  isPositive,
  type Rational,
  smaller,
  subtract,
  sum,
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

export interface PlantState {
  readonly reservoir_uL: Volume_uL
  readonly reservoir: Solution
  readonly line: Line
}

export interface PlantOptions {
  readonly step_uL: Volume_uL
  /** Volume of tube and catheter. */
  readonly line_uL: Volume_uL
  readonly fill: Syringe
  /** Whether the line holds the first fill, or nothing. */
  readonly line: 'filled' | 'empty'
}

/** A balance that does not close: what should be there, and what is. */
export interface Imbalance {
  readonly what: string
  readonly expected: string
  readonly found: string
}

interface Book {
  fluid_uL: Rational
  masses: Masses
}

export class Plant {
  readonly #step_uL: Volume_uL
  #state: PlantState
  /** Everything that ever came in, and everything that ever went out. */
  readonly #in: Book
  readonly #out: Book = { fluid_uL: ZERO, masses: NO_MASS }

  constructor(options: PlantOptions) {
    const { fill, line_uL } = options
    const content: Content = options.line === 'filled' ? { fluid: true, solution: fill.solution } : { fluid: false }
    this.#step_uL = options.step_uL
    this.#state = { reservoir_uL: fill.volume_uL, reservoir: fill.solution, line: lineOf(line_uL, content) }
    this.#in = this.#held()
  }

  get state(): PlantState {
    return this.#state
  }

  /** Turns the rotor through the steps of the cadence. */
  turn(cadence: Cadence): readonly Delivered[] {
    const parts: Delivered[] = []
    for (let from = 0; from < cadence.count; ) {
      const { steps, volume_uL } = this.#alike(cadence.count - from)
      const entering: Content = { fluid: true, solution: this.#state.reservoir }
      const moved = displaced(this.#state.line, times(volume_uL, steps), entering)
      this.#state = {
        ...this.#state,
        reservoir_uL: as(subtract(this.#state.reservoir_uL, times(volume_uL, steps))),
        line: moved.line,
      }
      this.#out.fluid_uL = add(this.#out.fluid_uL, moved.tip_uL)
      this.#out.masses = addMasses(this.#out.masses, moved.tip)
      parts.push({
        cadence: slice(cadence, from, from + steps),
        displaced_uL: volume_uL,
        tip_uL: as(dividedBy(moved.tip_uL, steps)),
        tip: new Map([...moved.tip].map(([drug, mass]) => [drug, as<Mass_ug>(dividedBy(mass, steps))])),
      })
      from += steps
    }
    return parts
  }

  /** Draws all, or at most a volume, from the reservoir, then fills it. */
  refill(withdraw: 'all' | Volume_uL, fill: Syringe): Drawn {
    const { reservoir_uL, reservoir } = this.#state
    const drawn_uL = as<Volume_uL>(withdraw === 'all' ? reservoir_uL : smaller(withdraw, reservoir_uL))
    const drawn = massesIn(reservoir, drawn_uL)
    const left = subtract(reservoir_uL, drawn_uL)
    this.#state = {
      ...this.#state,
      reservoir_uL: as(add(left, fill.volume_uL)),
      reservoir: mixed(reservoir, left, fill.solution, fill.volume_uL),
    }
    this.#out.fluid_uL = add(this.#out.fluid_uL, drawn_uL)
    this.#out.masses = addMasses(this.#out.masses, drawn)
    this.#in.fluid_uL = add(this.#in.fluid_uL, fill.volume_uL)
    this.#in.masses = addMasses(this.#in.masses, massesIn(fill.solution, fill.volume_uL))
    return { volume_uL: drawn_uL, masses: drawn }
  }

  /** Every balance of fluid and drug that does not close; empty as long as the bench keeps its books right. */
  imbalances(): readonly Imbalance[] {
    const held = this.#held()
    const found: Imbalance[] = []
    const check = (what: string, expected: Rational, sum_: Rational) => {
      if (!equal(expected, sum_)) found.push({ what, expected: toText(expected), found: toText(sum_) })
    }
    check('fluid in uL', this.#in.fluid_uL, add(held.fluid_uL, this.#out.fluid_uL))
    const total = addMasses(held.masses, this.#out.masses)
    for (const drug of new Set([...this.#in.masses.keys(), ...total.keys()])) {
      check(`${drug} in ug`, this.#in.masses.get(drug) ?? ZERO, total.get(drug) ?? ZERO)
    }
    return found
  }

  #held(): Book {
    const { reservoir_uL, reservoir, line } = this.#state
    return {
      fluid_uL: sum([reservoir_uL, fluidInLine(line)]),
      masses: addMasses(massesIn(reservoir, reservoir_uL), massesInLine(line)),
    }
  }

  /** How many of the next steps, at most `limit`, move the same volume of the same fluid, and how much each moves. */
  #alike(limit: number): { readonly steps: number; readonly volume_uL: Volume_uL } {
    const { reservoir_uL, reservoir, line } = this.#state
    if (!isPositive(reservoir_uL)) return { steps: limit, volume_uL: as(ZERO) }
    if (compare(reservoir_uL, this.#step_uL) < 0) return { steps: 1, volume_uL: reservoir_uL }
    const until = [limit, wholeSteps(reservoir_uL, this.#step_uL)]
    const front_uL = uniformAtTip(line, { fluid: true, solution: reservoir })
    if (front_uL !== null) until.push(Math.max(1, wholeSteps(front_uL, this.#step_uL)))
    return { steps: Math.min(...until), volume_uL: this.#step_uL }
  }
}

function wholeSteps(volume_uL: Volume_uL, step_uL: Volume_uL): number {
  return toSafeInteger(floor(divide(volume_uL, step_uL)))
}

function dividedBy(value: Rational, count: number): Rational {
  return divide(value, whole(count))
}
