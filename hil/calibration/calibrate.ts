/**
 * Calibration: the motor turned through a known number of steps, again and again, while the balance is read.
 *
 * A blank run before and one after, with the motor at rest, give what evaporates and drifts. Each run weighs at rest, turns,
 * lets settle and weighs at rest again; the difference, less what the blanks say for the time between, is the fluid that was
 * moved. It keeps its sign: a rig that draws in is found to draw in. Whatever is unsteady is asked for again, a bounded number
 * of times; then there is no figure, and never one from what is left.
 */
import type { BalanceReading } from '#hil/balance/driver'
import { airDensity, type Density, volumePerReading } from '#hil/balance/fluid'
import { type BudgetLine, type Expanded, expanded } from '#hil/calibration/budget'
import { mean, type Plateau, plateauOf, ROUNDING } from '#hil/calibration/plateau'
import type { Stand } from '#hil/calibration/stand'
import { toNumber } from '#units/rational'

/** How a calibration is made. */
export interface CalibrationPlan {
  readonly runs: number
  /** Motor steps of each run. */
  readonly steps: number
  /** Readings of a plateau, and of a blank run, one a second. */
  readonly plateauReadings: number
  readonly blankReadings: number
  /** Waited after the motor stops, until fluid and balance are at rest. */
  readonly settle_s: number
  /** How often an unsteady plateau is asked for again. */
  readonly retries: number
}

export const DEFAULT_PLAN: CalibrationPlan = {
  runs: 10,
  steps: 2000,
  plateauReadings: 20,
  blankReadings: 120,
  settle_s: 10,
  retries: 2,
}

/** What is known of balance and fluid apart from the readings. */
export interface Circumstances {
  readonly fluid: Density
  readonly temperature_degC: number
  /** Largest deviation of the balance from a straight line, as certified, in mg. */
  readonly linearity_mg: number
  /** Largest relative error of its scale, as certified. */
  readonly sensitivity: number
}

/** One run: what the motor moved, by the balance. */
export interface CalibrationRun {
  readonly mass_mg: number
  readonly step_uL: number
}

export interface Calibrated {
  readonly step_uL: number
  readonly uncertainty: Expanded
  readonly budget: readonly BudgetLine[]
  readonly runs: readonly CalibrationRun[]
  /** What the blanks lose or gain, in mg/h. */
  readonly blank_mg_per_h: number
  /** Plateaus that were unsteady and asked for again. */
  readonly repeated: number
  readonly balanceSerial: string
}

/** The step volume, or why there is none. */
export type CalibrationOutcome =
  | { readonly ok: true; readonly calibrated: Calibrated }
  | { readonly ok: false; readonly problem: string }

/** Told now and then what is being done. */
export type Progress = (what: string) => void

/** Something unsteady or lost: no figure can be given. */
class NoFigure extends Error {}

/** Makes a calibration on a stand that is open. Throws what the stand throws. */
export async function calibrate(
  stand: Stand,
  plan: CalibrationPlan,
  circumstances: Circumstances,
  progress: Progress = () => undefined,
): Promise<CalibrationOutcome> {
  try {
    return { ok: true, calibrated: await new Session(stand, plan, progress).made(circumstances) }
  } catch (error) {
    if (error instanceof NoFigure) return { ok: false, problem: error.message }
    throw error
  }
}

const SPACING_s = 1
/** How far a run may lie from the middle of all, in robust standard deviations: beyond it something happened to that run. */
const MOST_ASTRAY = 6
/** A robust standard deviation, from the median of the distances to the median (of a normal distribution). */
const ROBUST = 1.4826

interface Weighed {
  readonly before: Plateau
  readonly after: Plateau
}

class Session {
  readonly #stand: Stand
  readonly #plan: CalibrationPlan
  readonly #progress: Progress
  #repeated = 0
  #resolution_mg = 0

  constructor(stand: Stand, plan: CalibrationPlan, progress: Progress) {
    this.#stand = stand
    this.#plan = plan
    this.#progress = progress
  }

  async made(circumstances: Circumstances): Promise<Calibrated> {
    const { runs, steps, blankReadings } = this.#plan
    const balanceSerial = await this.#stand.balanceSerial()
    const first = await this.#plateau('blank run before', blankReadings)
    const weighed: Weighed[] = []
    for (let run = 1; run <= runs; run += 1) weighed.push(await this.#run(run))
    const last = await this.#plateau('blank run after', blankReadings)
    const blank = blankOf(first, last, this.#resolution_mg)
    const air = airDensity(circumstances.temperature_degC)
    const uL_per_mg = volumePerReading(circumstances.fluid.mg_per_uL, air.mg_per_uL)
    const made = weighed.map(({ before, after }): CalibrationRun => {
      const mass_mg = after.mass_mg - before.mass_mg - blank.slope_mg_per_s * (after.at_s - before.at_s)
      return { mass_mg, step_uL: (mass_mg * uL_per_mg) / steps }
    })
    this.#agree(made, (Math.max(noiseOf(weighed), this.#resolution_mg, circumstances.linearity_mg) * uL_per_mg) / steps)
    const step_uL = mean(made.map((run) => run.step_uL))
    const elapsed_s = mean(weighed.map(({ before, after }) => after.at_s - before.at_s))
    const scale = { uL_per_mg, steps, elapsed_s, resolution_mg: this.#resolution_mg, blank, air }
    const budget = budgetOf(made, circumstances, scale)
    const uncertainty = expanded(budget)
    delivers(step_uL, uncertainty)
    const blank_mg_per_h = blank.slope_mg_per_s * 3600
    return { step_uL, uncertainty, budget, runs: made, blank_mg_per_h, repeated: this.#repeated, balanceSerial }
  }

  async #run(number: number): Promise<Weighed> {
    const { runs, steps, plateauReadings, settle_s } = this.#plan
    const name = `run ${number} of ${runs}`
    const before = await this.#plateau(`${name}, before`, plateauReadings)
    this.#progress(`${name}: ${steps} steps`)
    const turned = await this.#stand.turn(steps)
    if (turned !== steps) throw new NoFigure(`${name}: the rotor made ${turned} of ${steps} steps`)
    await this.#stand.wait(settle_s)
    return { before, after: await this.#plateau(`${name}, after`, plateauReadings) }
  }

  /** Readings at rest, asked for again where they are unsteady. */
  async #plateau(name: string, count: number): Promise<Plateau> {
    const problems: string[] = []
    for (let attempt = 0; attempt <= this.#plan.retries; attempt += 1) {
      this.#progress(`${name}: weighing`)
      const found = plateauOf(await this.#readings(count), count)
      if (found.ok) return found.plateau
      problems.push(found.problem)
      this.#repeated += 1
    }
    throw new NoFigure(
      `${name}: no steady reading in ${problems.length} attempts; ${[...new Set(problems)].join('; ')}`,
    )
  }

  async #readings(count: number): Promise<BalanceReading[]> {
    const readings: BalanceReading[] = []
    for (let asked = 0; asked < count; asked += 1) {
      const reading = await this.#stand.weigh()
      if (reading !== null) readings.push(reading)
      await this.#stand.wait(SPACING_s)
    }
    for (const { resolution_mg } of readings)
      this.#resolution_mg = Math.max(this.#resolution_mg, toNumber(resolution_mg))
    return readings
  }

  /** A run that lies far from the others was disturbed; which of them was, a person has to find out. */
  #agree(runs: readonly CalibrationRun[], least_uL: number): void {
    const middle = median(runs.map(({ step_uL }) => step_uL))
    const spread_uL = Math.max(ROBUST * median(runs.map(({ step_uL }) => Math.abs(step_uL - middle))), least_uL)
    const astray = runs.findIndex(({ step_uL }) => Math.abs(step_uL - middle) > MOST_ASTRAY * spread_uL)
    const found = runs[astray]
    if (found === undefined) return
    const steps = `${found.step_uL.toPrecision(6)} uL a step where the middle of all is ${middle.toPrecision(6)} uL`
    throw new NoFigure(
      `run ${astray + 1} of ${runs.length} does not agree with the others: ${steps}; something disturbed it`,
    )
  }
}

/** Standard deviation of the difference of two plateaus, by the scatter within them. */
function noiseOf(weighed: readonly Weighed[]): number {
  const variance = ({ scatter_mg, readings }: Plateau) => (scatter_mg * scatter_mg) / readings
  return Math.sqrt(mean(weighed.map(({ before, after }) => variance(before) + variance(after))))
}

interface Blank {
  readonly slope_mg_per_s: number
  readonly standard_mg_per_s: number
}

/** The slope that both blanks give, and how sure it is: by scatter, by rounding, and by what it changed between them. */
function blankOf(first: Plateau, last: Plateau, resolution_mg: number): Blank {
  const slopes = [first, last].map((plateau) => plateau.slope_mg_per_s)
  const rounding = (resolution_mg * ROUNDING * Math.SQRT2) / Math.min(first.length_s, last.length_s)
  const change = Math.abs(first.slope_mg_per_s - last.slope_mg_per_s) * ROUNDING
  const scatter = Math.hypot(first.slopeStandard_mg_per_s, last.slopeStandard_mg_per_s) / 2
  return { slope_mg_per_s: mean(slopes), standard_mg_per_s: Math.hypot(scatter, rounding, change) }
}

interface Scale {
  readonly uL_per_mg: number
  readonly steps: number
  /** Between the two weighings of a run. */
  readonly elapsed_s: number
  readonly resolution_mg: number
  readonly blank: Blank
  readonly air: Density
}

/** Every source, as its part of the standard uncertainty of one step. */
function budgetOf(runs: readonly CalibrationRun[], circumstances: Circumstances, scale: Scale): BudgetLine[] {
  const { fluid, linearity_mg, sensitivity } = circumstances
  const { uL_per_mg, steps, elapsed_s, resolution_mg, blank, air } = scale
  const step_uL = mean(runs.map((run) => run.step_uL))
  const squares = runs.reduce((sum, run) => sum + (run.step_uL - step_uL) ** 2, 0)
  const ofMass = (mass_mg: number) => (mass_mg * uL_per_mg) / steps
  const typeB = (source: string, standard_uL: number): BudgetLine => ({
    source,
    standard_uL,
    degrees: Number.POSITIVE_INFINITY,
  })
  const size_uL = Math.abs(step_uL)
  return [
    {
      source: 'repeats (type A)',
      standard_uL: Math.sqrt(squares / (runs.length - 1) / runs.length),
      degrees: runs.length - 1,
    },
    typeB('resolution of the balance', ofMass(resolution_mg * ROUNDING * Math.SQRT2)),
    typeB('linearity of the balance', ofMass((linearity_mg * Math.SQRT2) / Math.sqrt(3))),
    typeB('sensitivity of the balance', (size_uL * sensitivity) / Math.sqrt(3)),
    typeB('evaporation and drift', ofMass(blank.standard_mg_per_s * elapsed_s)),
    typeB('density of the fluid', (size_uL * fluid.standard_mg_per_uL) / fluid.mg_per_uL),
    typeB('buoyancy of air', size_uL * Math.abs(1 / fluid.mg_per_uL - 1 / 8) * air.standard_mg_per_uL),
  ]
}

/** A step volume that may be nothing, or less, is none. */
function delivers(step_uL: number, { expanded_uL }: Expanded): void {
  if (step_uL > expanded_uL) return
  const figure = `${step_uL.toPrecision(4)} uL a step, uncertain by ${expanded_uL.toPrecision(2)} uL`
  throw new NoFigure(
    step_uL < -expanded_uL
      ? `the balance loses what the motor moves (${figure}): the flow is reversed, or the beaker is at the inlet`
      : `the balance does not tell what the motor moves from nothing (${figure})`,
  )
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const half = Math.floor(sorted.length / 2)
  const [low, high] = [sorted[half - 1] ?? 0, sorted[half] ?? 0]
  return sorted.length % 2 === 1 ? high : (low + high) / 2
}
