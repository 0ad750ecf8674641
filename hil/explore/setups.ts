/** What a generated scenario begins with: a pump, what is in it, and what the pump was told of it. */
import type { Dice } from '#hil/explore/dice'
import type { Features } from '#hil/explore/features'
import type { Written } from '#hil/explore/scene'
import { parseMeasure } from '#units/measure'
import { ONE, type Rational } from '#units/rational'

/** Concentrations that make round doses, and some that do not. */
export const CONCENTRATIONS = ['500 ug/mL', '2000 ug/mL', '450 ug/mL', '1000/3 ug/mL', '1 mg/mL', '600 ug/mL'] as const

/** Clocks near whatever a clock can run into: a change of time, of month, of year, a leap day. */
const CLOCKS = [
  '2026-01-05T08:00',
  '2026-03-15T12:00',
  '2026-10-10T23:30',
  '2026-12-20T00:00',
  '2028-02-14T09:00:30',
] as const

/** Steps that divide what is given, and some that do not. Where many are lost, coarse ones: each is on record. */
const STEPS = ['0.25 uL', '1 uL', '1/3 uL', '0.3 uL', '2.5 uL'] as const
const COARSE_STEPS = ['2.5 uL', '10/3 uL', '5 uL', '7 uL'] as const

export interface Setup {
  readonly keys: Written
  readonly pace_uL: number
  readonly concentration: Rational
  readonly reservoir_uL: number
}

const DRUGS = ['baclofen', 'baclofen', 'morphine'] as const

/** A concentration in ug/uL. */
function concentrationOf(text: string): Rational {
  const parsed = parseMeasure(text, ['concentration'])
  return parsed.ok ? parsed.measure.value : ONE
}

/** Volume of the reservoir of each model, in uL. */
const RESERVOIRS = { 'im-20': 20_000, 'im-40': 40_000 } as const

/** A pump that is set up, filled, and of which everything else follows. `isCoarse` where steps may be lost. */
export function setup(dice: Dice, features: Features, isCoarse: boolean): Setup {
  const model = dice.pick(['im-20', 'im-40'])
  const reservoir_uL = RESERVOIRS[model]
  const pace_uL = dice.scaled(60, 1500)
  const concentration = dice.pick(CONCENTRATIONS)
  const full_uL = features.has('dry') ? dice.scaled(300, reservoir_uL) : reservoir_uL - dice.integer(0, 2000)
  const told = features.has('mis-told') ? toldOtherwise(dice, concentration, full_uL, reservoir_uL) : undefined
  const overrides = {
    step_volume: dice.pick(isCoarse ? COARSE_STEPS : STEPS),
    ...figures(dice, features, reservoir_uL),
  }
  const catheter = {
    ...(dice.chance(0.4) ? { length: `${dice.integer(20, 120)} cm` } : {}),
    ...(features.has('dispersive') ? { flow: 'dispersive', cells: dice.integer(2, 8) } : {}),
  }
  const clock = dice.pick(CLOCKS)
  const otherClock = features.has('clock') && dice.chance(0.3)
  return {
    keys: {
      pump: { model, overrides },
      ...(Object.keys(catheter).length === 0 ? {} : { catheter }),
      fill: {
        drug: dice.pick(DRUGS),
        concentration,
        volume: `${full_uL} uL`,
        ...(told === undefined ? {} : { programmed: told }),
      },
      ...(dice.chance(0.5) ? {} : { line: dice.pick(['filled', 'water', 'empty']) }),
      ...(features.has('hardware') ? { plant: plant(dice) } : {}),
      clock,
      ...(otherClock ? { pump_clock: dice.pick(CLOCKS) } : {}),
    },
    pace_uL,
    concentration: concentrationOf(told?.concentration ?? concentration),
    reservoir_uL,
  }
}

interface Told {
  readonly drug?: string
  readonly concentration?: string
  readonly volume?: string
}

/** What a pump is told of a fill that is not so: one thing or two of it. */
export function toldOtherwise(dice: Dice, concentration: string, volume_uL: number, reservoir_uL: number): Told {
  const wrong = dice.pick(['drug', 'concentration', 'volume', 'concentration and volume'])
  const others = CONCENTRATIONS.filter((other) => other !== concentration)
  return {
    ...(wrong === 'drug' ? { drug: dice.pick(['baclofen', 'morphine', 'ziconotide']) } : {}),
    ...(wrong.includes('concentration')
      ? { concentration: others[dice.integer(0, others.length - 1)] ?? concentration }
      : {}),
    ...(wrong.includes('volume')
      ? { volume: `${Math.min(reservoir_uL, Math.max(1, dice.scaled(volume_uL / 3, volume_uL * 3)))} uL` }
      : {}),
  }
}

/** Figures of the pump that differ from those of its model. */
function figures(dice: Dice, features: Features, reservoir_uL: number): Written {
  const given = <T>(part: number, value: () => T) => (dice.chance(part) ? value() : undefined)
  const all = {
    low_reservoir: given(0.3, () => `${dice.scaled(50, reservoir_uL / 4)} uL`),
    rate_min: given(0.2, () => `${dice.pick([30, 100, 150])} uL/d`),
    rate_max: given(0.3, () => `${dice.pick([3, 6, 9, 12])} mL/d`),
    stall_detection: given(0.3, () => `${dice.integer(2, 5)} step`),
    stopped_alarm: given(0.5, () => dice.pick(['24 h', '90 min', '100/7 h'])),
    memory_check: given(0.3, () => dice.pick(['1 min', '7 min', '6 h'])),
    silence: given(0.3, () => dice.pick(['1 min', '1 h', '3 d'])),
    residual_tolerance: given(0.2, () => dice.pick(['0 uL', '100 uL', '3 mL'])),
    ...(features.has('aging') ? aging(dice) : {}),
  }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
}

/** A pump that comes to its end within a month or so: by age, by its tube, or by its cell. */
function aging(dice: Dice): Written {
  const replacement_period = dice.pick(['1 d', '100/7 h', '5 d', '20 d'])
  const cell_reading = dice.pick(['1 h', '6 h', '24 h'])
  switch (dice.pick(['age', 'tube', 'cell', 'cell'])) {
    case 'age':
      return { replacement_period, service_life: dice.pick(['3 d', '300/7 h', '20 d']) }
    case 'tube':
      return { replacement_period, tube_life: `${dice.scaled(100, 20_000)} uL` }
    default:
      return { replacement_period, cell_reading, cell_capacity: `${dice.scaled(200, 6000)}/1000 mAh` }
  }
}

/** Hardware that is not as its figures say. */
function plant(dice: Dice): Written {
  const all = {
    gain: dice.chance(0.6) ? `${dice.integer(-20, 20)} %` : undefined,
    temperature: dice.chance(0.3) ? `${dice.integer(20, 45)} degC` : undefined,
    wear: dice.chance(0.3) ? { change: `${dice.pick([-1, 1, 3])} %`, every: `${dice.integer(2, 20)} mL` } : undefined,
    overfill_gain: dice.chance(0.3) ? '30 %' : undefined,
    compliance: dice.chance(0.3) ? `${dice.integer(0, 100)} uL` : undefined,
  }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
}
