/**
 * Plots: whole scenarios that bring a pump to where chance hardly ever does.
 *
 * Some sites take a pump that is in a state in which little happens, at the instant at which something rare falls due: a
 * reservoir that is used up while a step is not told of yet, service that ends during a prime, a cell that ages at minimum rate.
 * Each plot stages one such meeting, with figures that are drawn, and is one row of the table.
 */
import type { Dice } from '#hil/explore/dice'
import type { Written } from '#hil/explore/scene'

/** Days that the longest plot takes. */
export const PLOT_DAYS = 30

const HOUR_s = 3600
const DAY_s = 24 * HOUR_s
/** A microliter takes so long at 24 mL/d, the highest rate of the pump. */
const MICROLITER_ms = 3600
const SLOW = '40 uL/d'

/** The parts of a scenario that differ from one plot to another. */
interface Plot {
  readonly overrides?: Written
  /** What is in the reservoir at first, in uL; nearly full if left out. */
  readonly fill_uL?: number
  readonly prescription: readonly Written[]
  readonly events?: readonly Written[]
  readonly faults?: readonly Written[]
}

type Staged = (dice: Dice) => Plot

const fluid = (concentration: string, volume_uL: number): Written => ({
  fill: { drug: 'baclofen', concentration, volume: `${volume_uL} uL` },
})
const at = (s: number): string => `${s} s`
const volume = (volume_uL: number, over: string): Written => ({ bolus: { dose: `${volume_uL} uL`, over } })
const continuous = (dose: string): Written => ({ therapy: { mode: 'simple-continuous', dose } })

/** A rotor that is held for a moment within the four seconds before something, of which the pump hears after it. */
function heldBefore(dice: Dice, due_ms: number): Written {
  return {
    at: `${due_ms - dice.integer(900, 3800)} ms`,
    fault: 'motor-stall',
    for: dice.pick(['500 ms', '1 s', '2 s']),
  }
}

/** The reservoir is used up at the highest rate, with a step under way of which the pump has yet to hear that it was lost. */
const emptiedUnheard: Staged = (dice) => {
  const fill_uL = dice.integer(100, 800)
  return {
    overrides: { step_volume: dice.pick(['0.25 uL', '0.5 uL']) },
    fill_uL,
    prescription: [{ at: '0 s', ...continuous('24 mL/d') }],
    faults: [heldBefore(dice, fill_uL * MICROLITER_ms)],
  }
}

/** Service ends in the same way. */
const endedUnheard: Staged = (dice) => ({
  overrides: { step_volume: dice.pick(['0.25 uL', '0.5 uL']), service_life: '3 d', replacement_period: '1 d' },
  prescription: [{ at: at(4 * DAY_s - dice.integer(100, 3000)), ...continuous('24 mL/d') }],
  faults: [heldBefore(dice, 4 * DAY_s * 1000)],
})

/** What is given once is under way when service ends, or when the reservoir is used up. */
function givenBefore(dice: Dice, end_s: number): Pick<Plot, 'prescription' | 'events'> {
  const before = at(end_s - dice.integer(60, 1500))
  switch (dice.pick(['bolus', 'two boluses', 'prime', 'bridge', 'leave'])) {
    case 'bolus':
      return { prescription: [{ at: before, ...volume(dice.integer(50, 90), '1 h') }] }
    case 'two boluses':
      return { prescription: [1, 2].map(() => ({ at: before, ...volume(dice.integer(50, 90), '1 h') })) }
    case 'prime':
      return { prescription: [{ at: before, prime: { volume: '600 uL' } }] }
    case 'bridge':
      return {
        prescription: [{ at: at(end_s - HOUR_s), bridge: { volume: '500 uL' } }],
        events: [{ at: at(end_s - 2 * HOUR_s), refill: fluid(dice.pick(['450 ug/mL', '600 ug/mL']), 15_000) }],
      }
    case 'leave':
      return { prescription: [{ at: before, 'patient-bolus': LEAVE }] }
  }
}

const LEAVE: Written = { dose: '50 uL', over: '1 h', lockout: '1 h', max_per_day: 4 }

const endedUnderWay: Staged = (dice) => {
  const { prescription, events = [] } = givenBefore(dice, 4 * DAY_s)
  return {
    overrides: { service_life: '3 d', replacement_period: '1 d' },
    prescription: [{ at: '0 s', ...continuous('200 uL/d') }, ...prescription],
    events,
  }
}

/**
 * The reservoir is used up by a prime of all that is left. A part of a step was made before it, so that its last step comes
 * before its end.
 */
const primedEmpty: Staged = (dice) => {
  const [fill_uL, steps] = [dice.integer(40, 300) * 5, dice.integer(4, 12)]
  // A step of 2.5 uL each 216 s.
  const begins_s = steps * 216 + dice.integer(20, 190)
  return {
    fill_uL,
    prescription: [
      { at: '0 s', ...continuous('1000 uL/d') },
      { at: at(begins_s), prime: { volume: `${fill_uL - steps * 2.5} uL` } },
    ],
  }
}

/** Boluses or a bridge use the reservoir up. */
const givenEmpty: Staged = (dice) => {
  const fill_uL = dice.integer(60, 110)
  const kind = dice.pick(['boluses', 'bridge'])
  const first = { at: '0 s', ...continuous('2 mL/d') }
  if (kind === 'boluses')
    return { fill_uL, prescription: [first, ...[1, 2].map(() => ({ at: '60 s', ...volume(100, '1 h') }))] }
  return {
    prescription: [first, { at: '3 h', bridge: { volume: '500 uL' } }],
    events: [{ at: '2 h', refill: fluid(dice.pick(['450 ug/mL', '600 ug/mL']), fill_uL + 200) }],
  }
}

/** Ways to give little for long, and the stops and resets that lead to two of them. */
const LINGERING = ['minimum-rate', 'safe-state', 'stopped', 'flex', 'periodic-bolus', 'simple-continuous'] as const

function lingering(dice: Dice): Required<Pick<Plot, 'prescription' | 'faults'>> {
  const mode = dice.pick(LINGERING)
  const faults = mode === 'safe-state' ? [{ at: '1 h', fault: 'brown-out' }] : []
  switch (mode) {
    case 'minimum-rate':
      return { prescription: [{ at: '0 s', therapy: { mode } }], faults }
    case 'safe-state':
    case 'simple-continuous':
      return { prescription: [{ at: '0 s', ...continuous('60 uL/d') }], faults }
    case 'stopped':
      return {
        prescription: Array.from({ length: 4 }, (_, day) => ({ at: at(day * DAY_s + 600), ...volume(80, '30 h') })),
        faults,
      }
    case 'flex':
      return {
        prescription: [
          {
            at: '0 s',
            therapy: { mode, basal: '50 uL/d', boluses: { dose: '4 uL', over: '1 h', count: 3, from: '01:00' } },
          },
        ],
        faults,
      }
    case 'periodic-bolus':
      return { prescription: [{ at: '0 s', therapy: { mode, dose: '10 uL', over: '1 h', every: '5 h' } }], faults }
  }
}

/** Within a few days reservoir and tube are used up and the pump is old, while little is given. */
const ageing: Staged = (dice) => {
  const { prescription, faults } = lingering(dice)
  const fill_uL = dice.integer(150, 330)
  const struck = dice.chance(0.5)
  return {
    overrides: {
      minimum_rate: SLOW,
      low_reservoir: `${fill_uL - 45} uL`,
      // Replacement is due by whichever comes first; a reading of the cell at the same instant would be first too.
      ...(dice.chance(0.5) ? { tube_life: `${dice.integer(60, 110)} uL` } : {}),
      service_life: dice.pick(['30 h', '50 h', '70 h']),
      replacement_period: '20 d',
      silence: '1 h',
    },
    fill_uL,
    prescription,
    events: [1, 2, 3].map(() => ({ at: at(dice.integer(DAY_s, 5 * DAY_s)), do: 'silence' })),
    faults: [
      ...faults,
      ...(struck ? [{ at: at(dice.integer(2 * HOUR_s, 2 * DAY_s)), fault: 'motor-stall', for: '5 h' }] : []),
      ...(dice.chance(0.5) ? [{ at: at(dice.integer(2 * HOUR_s, 3 * DAY_s)), fault: 'bit-flip', copy: 'first' }] : []),
    ],
  }
}

/** An empty pump grows old. */
const emptyAndOld: Staged = (dice) => ({
  overrides: { service_life: dice.pick(['50 h', '70 h']), replacement_period: '5 d' },
  fill_uL: dice.integer(50, 300),
  prescription: [{ at: '0 s', ...continuous('1 mL/d') }],
  faults: [{ at: at(dice.integer(DAY_s, 4 * DAY_s)), fault: 'bit-flip', copy: dice.pick(['first', 'both']) }],
})

/** A plug leaves the line of a pump in its safe state. */
const clearedInSafeState: Staged = (dice) => ({
  overrides: { minimum_rate: SLOW },
  prescription: [
    { at: '0 s', ...continuous('200 uL/d') },
    { at: '2 h', bridge: 'auto' },
  ],
  events: [{ at: '1 h', refill: fluid('600 ug/mL', 15_000) }],
  faults: [{ at: at(dice.integer(8000, DAY_s)), fault: 'brown-out' }],
})

/** Fluid so weak that the bolus under way cannot be given with it any more, and the therapy can. */
const weakened: Staged = (dice) => {
  const mode = dice.pick(['simple-continuous', 'flex', 'periodic-bolus', 'minimum-rate', 'stopped'])
  const therapies: Readonly<Record<typeof mode, Written>> = {
    'simple-continuous': { mode, dose: '60 uL/d' },
    flex: { mode, basal: '60 uL/d', boluses: { dose: '4 uL', over: '1 h', count: 2, from: '01:00' } },
    'periodic-bolus': { mode, dose: '10 uL', over: '1 h', every: '5 h' },
    'minimum-rate': { mode },
    stopped: { mode },
  }
  const at_s = dice.integer(HOUR_s, DAY_s)
  return {
    prescription: [
      { at: '0 s', therapy: therapies[mode] },
      // 12 mL/d with what is in it, and ten times as much with what comes.
      { at: at(at_s), bolus: { dose: '250 ug', over: '1 h' } },
    ],
    events: [{ at: at(at_s + dice.integer(60, 3000)), refill: fluid('50 ug/mL', 15_000) }],
  }
}

/** The patient asks at the very instant of a refill with which the therapy cannot go on. */
const askedAtRefill: Staged = (dice) => {
  const at_s = at(dice.integer(HOUR_s, DAY_s))
  return {
    prescription: [
      { at: '0 s', ...continuous('5 mg/d') },
      { at: '1 min', 'patient-bolus': LEAVE },
    ],
    events: [
      { at: at_s, refill: fluid('20 ug/mL', 15_000) },
      { at: at_s, do: 'request-bolus' },
    ],
  }
}

/** A bolus of so many days on top of a bolus each minute: more than a pump looks ahead. */
const tooDense: Staged = (dice) => {
  const at_s = dice.integer(HOUR_s, DAY_s)
  return {
    prescription: [
      { at: at(at_s), therapy: { mode: 'periodic-bolus', dose: '1 uL', over: '30 s', every: '1 min' } },
      { at: at(at_s + 90), ...volume(dice.integer(600, 900), dice.pick(['8 d', '9 d'])) },
      { at: at(at_s + 300), therapy: { mode: 'stopped' } },
    ],
  }
}

/** Power goes in the middle of a commit that writes more than anything else, and the programmer asks again for what is lost. */
const cutWhileCommitting: Staged = (dice) => {
  const at_s = dice.integer(HOUR_s, DAY_s)
  const boluses = { dose: '50 ug', count: 13, over: '10 min', from: '00:00' }
  return {
    prescription: [
      { at: '0 s', ...continuous('100 ug/d') },
      { at: at(at_s), therapy: { mode: 'flex', basal: '350 ug/d', boluses } },
    ],
    faults: [{ at: at(at_s - 60), fault: 'power-cut', write: dice.integer(430, 540) }],
  }
}

/** What was given once meets a rotor that is held. */
const heldUnderWay: Staged = (dice) => {
  const at_s = dice.integer(3 * HOUR_s, DAY_s)
  const { prescription, events = [] } = givenBefore(dice, at_s + 1000)
  return {
    prescription: [{ at: '0 s', ...continuous(dice.pick(['200 uL/d', '2 mL/d'])) }, ...prescription],
    events,
    faults: [{ at: at(at_s + 200), fault: 'motor-stall', for: dice.pick(['10 min', '1 h']) }],
  }
}

/** Somebody reads a program back and leaves. */
const neverCommitted: Staged = (dice) => ({
  prescription: [
    { at: '0 s', ...continuous('100 ug/d') },
    { at: at(dice.integer(HOUR_s, DAY_s)), ...continuous('120 ug/d'), commit: false },
  ],
})

/** How often each is staged beside the others: as often as its sites are many, and seldom where it takes long to look ahead. */
const PLOTS: readonly [readonly [number, Staged], ...(readonly [number, Staged])[]] = [
  [1, emptiedUnheard],
  [1, endedUnheard],
  [3, endedUnderWay],
  [1, primedEmpty],
  [2, givenEmpty],
  [8, ageing],
  [1, emptyAndOld],
  [1, clearedInSafeState],
  [2, weakened],
  [1, askedAtRefill],
  [0.5, tooDense],
  [1, cutWhileCommitting],
  [3, heldUnderWay],
  [1, neverCommitted],
]

/** The scenario of a plot, but for its name, its seed and how long it lasts. */
export function plot(dice: Dice): Written {
  const { overrides = {}, fill_uL = 18_000, prescription, events = [], faults = [] } = dice.weighted(PLOTS)(dice)
  return {
    pump: { model: 'im-20', overrides: { step_volume: '2.5 uL', ...overrides } },
    catheter: { length: '20 cm' },
    ...fluid('500 ug/mL', fill_uL),
    clock: '2026-01-05T08:00',
    prescription,
    ...(events.length === 0 ? {} : { events }),
    ...(faults.length === 0 ? {} : { faults }),
  }
}
