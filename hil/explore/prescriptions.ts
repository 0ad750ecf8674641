/** Therapies and what is given once, drawn so that most of them can be given. */
import type { Dice } from '#hil/explore/dice'
import { WATCH_s } from '#hil/explore/instants'
import type { Scene, Written } from '#hil/explore/scene'
import { WEEKDAYS } from '#hil/scenario/types'
import { multiply, ratio, toText, whole } from '#units/rational'

const DAY_s = 86_400
const MINUTE_s = 60
/** The most a bolus may flow at without breaking the range of the pump by itself, in uL/d. */
const FASTEST_BOLUS = 20_000

/** How long boluses take, with their length in seconds. */
const LASTING = [
  ['5 min', 300],
  ['10 min', 600],
  ['20 min', 1200],
  ['30 min', 1800],
  ['1 h', 3600],
  ['2 h', 7200],
  ['1000/13 min', 4615],
  ['4567891 ms', 4568],
  ['30 h', 108_000],
] as const

/** A volume of so many thousandths of a microliter, by mass or by volume. */
function dose({ dice, concentration }: Scene, volume_nL: number): string {
  if (dice.chance(0.4)) return `${toText(ratio(BigInt(volume_nL), 1000n))} uL`
  return `${toText(multiply(ratio(BigInt(volume_nL), 1000n), concentration))} ug`
}

/** A dose per day of so many microliters a day, about. */
function rate(scene: Scene): string {
  const { dice, features, pace_uL } = scene
  const extreme = features.has('extremes') && dice.chance(0.3)
  const volume_uL = extreme ? dice.pick([20, 40, 30_000, 60_000]) : dice.scaled(pace_uL / 2, pace_uL * 2)
  const whole_uL = dice.chance(0.7)
  return `${dose(scene, whole_uL ? volume_uL * 1000 : volume_uL * 1000 + dice.integer(1, 999))}/d`
}

interface Shape {
  readonly dose: string
  readonly over: string
}

/** A dose with the time it takes. */
function shape(scene: Scene, longest_s: number): Shape {
  const { dice, features, pace_uL } = scene
  const volume_nL = dice.scaled(Math.max(1000, pace_uL * 4), pace_uL * 250)
  const slow = LASTING.filter(
    ([, s]) => s <= longest_s && (volume_nL / 1000) * (DAY_s / s) <= FASTEST_BOLUS && volume_nL * (DAY_s / s) > 60_000,
  )
  const extreme = features.has('extremes') && dice.chance(0.2)
  const of = extreme || slow.length === 0 ? LASTING.filter(([, s]) => s <= longest_s) : slow
  const [over] = of[dice.integer(0, of.length - 1)] ?? LASTING[0]
  return { dose: dose(scene, volume_nL), over }
}

function timeOfDay({ dice }: Scene): string {
  const s = dice.weighted([
    [3, dice.integer(0, 7) * WATCH_s],
    [2, dice.integer(0, 47) * 1800],
    [1, dice.integer(0, DAY_s - 1)],
  ])
  const two = (count: number) => String(Math.floor(count)).padStart(2, '0')
  const minutes = `${two(s / 3600)}:${two((s / MINUTE_s) % 60)}`
  return s % MINUTE_s === 0 ? minutes : `${minutes}:${two(s % 60)}`
}

function flex(scene: Scene): Written {
  const { dice, features } = scene
  const many = features.has('extremes') && dice.chance(0.15)
  const boluses = dice.chance(0.5)
    ? { ...shape(scene, 7200), count: many ? 14 : dice.integer(1, 13), from: timeOfDay(scene) }
    : Array.from({ length: dice.integer(1, 4) }, () => ({ at: timeOfDay(scene), ...shape(scene, 108_000) }))
  const days = dice.chance(0.6) ? [] : dice.some(WEEKDAYS, 0.5)
  return {
    mode: 'flex',
    basal: dice.chance(0.2) ? '0 ug/d' : rate(scene),
    boluses,
    ...(days.length === 0 ? {} : { days }),
  }
}

function periodic(scene: Scene): Written {
  const { dice, features } = scene
  const extreme = features.has('extremes') && dice.chance(0.3)
  const every = extreme
    ? dice.pick(['30 s', '1 min', '2 min'])
    : dice.pick(['4 h', '5 h', '24 h', '30 h', '100/7 h', '12345678 ms', '240 min'])
  return {
    mode: 'periodic-bolus',
    ...shape(scene, 108_000),
    every,
    ...(dice.chance(0.5) ? {} : { basal: dice.chance(0.2) ? '0 uL/d' : rate(scene) }),
  }
}

/** Any therapy of the features at hand. */
export function therapy(scene: Scene): Written {
  const { dice, features } = scene
  const kind = dice.weighted([
    [3, 'simple-continuous'],
    [features.has('flex') ? 4 : 0, 'flex'],
    [features.has('periodic') ? 3 : 0, 'periodic-bolus'],
    [0.7, 'minimum-rate'],
    [0.7, 'stopped'],
  ] as const)
  switch (kind) {
    case 'simple-continuous':
      return steady(scene)
    case 'flex':
      return flex(scene)
    case 'periodic-bolus':
      return periodic(scene)
    case 'minimum-rate':
    case 'stopped':
      return { mode: kind }
  }
}

export function bolus(scene: Scene): Written {
  return { bolus: shape(scene, 108_000) }
}

/** A bolus by mass that lasts an hour or two, near the highest rate of a pump. */
export function fastBolus({ dice, concentration }: Scene): Written {
  const [over, hours] = dice.pick([
    ['1 h', 1],
    ['2 h', 2],
  ])
  const volume_uL = Math.round((dice.integer(2, 9) * 1000 * hours) / 24)
  return { bolus: { dose: `${toText(multiply(whole(volume_uL), concentration))} ug`, over } }
}

/** The plainest therapy. */
export function steady(scene: Scene): Written {
  return { mode: 'simple-continuous', dose: rate(scene) }
}

function displaced({ dice }: Scene): Written | 'auto' {
  return dice.chance(0.5) ? 'auto' : { volume: `${dice.scaled(3, 700)} uL` }
}

export function prime(scene: Scene): Written {
  const { dice, features } = scene
  const large = features.has('extremes') && dice.chance(0.2)
  return { prime: large ? { volume: '30 mL' } : displaced(scene) }
}

export function bridge(scene: Scene): Written {
  return { bridge: displaced(scene) }
}

export function permission(scene: Scene): Written {
  const { dice } = scene
  const lockout = dice.pick(['30 min', '1 h', '4 h', '26 h', '20/7 h'])
  return { 'patient-bolus': { ...shape(scene, 7200), lockout, max_per_day: dice.integer(1, 4) } }
}

/** Limits of the clinic around what a day's therapy gives; a soft one is never above the hard one. */
export function limits(scene: Scene): Written {
  const { dice, pace_uL, concentration } = scene
  const byVolume = dice.chance(0.5)
  const daily = (volume_uL: number) =>
    byVolume ? `${volume_uL} uL` : `${toText(multiply(whole(volume_uL), concentration))} ug`
  const dose = pair(dice, { soft: 0.4, hard: 0.7 }, () => dice.scaled(pace_uL / 2, pace_uL * 6), daily)
  const change = pair(
    dice,
    { soft: 0.4, hard: 0.3 },
    () => dice.pick([10, 30, 100, 250]),
    (percent) => `${percent} %`,
  )
  return {
    ...(Object.keys(dose).length === 0 ? {} : { daily_dose: dose }),
    ...(Object.keys(change).length === 0 ? {} : { change }),
  }
}

function pair(
  dice: Dice,
  likely: { readonly soft: number; readonly hard: number },
  draw: () => number,
  write: (value: number) => string,
): Written {
  const [one, other] = [draw(), draw()]
  const [soft, hard] = [dice.chance(likely.soft), dice.chance(likely.hard)]
  return {
    ...(soft ? { soft: write(hard ? Math.min(one, other) : one) } : {}),
    ...(hard ? { hard: write(soft ? Math.max(one, other) : one) } : {}),
  }
}
