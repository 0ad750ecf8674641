/** What people do in a generated scenario: refills, questions, stops, clocks that are set, patients who ask. */
import { type Instant, seconds } from '#hil/explore/instants'
import type { Scene, Written } from '#hil/explore/scene'
import { CONCENTRATIONS, toldOtherwise } from '#hil/explore/setups'
import { compare, floor } from '#units/rational'

/** More than the log of the pump holds. */
const MORE_THAN_LOGGED = 270
/** About two hours, to either side of which a clock is corrected or jumps. */
const SHIFTS_min = [-60, 60, -30, 30, -120, 120, -121, 121, 1440, -7 * 1440, 4000] as const

/** A refill of everything or of a part; another concentration or drug now and then. */
export function refill(scene: Scene, first: Written): Written {
  const { dice, features, reservoir_uL } = scene
  const drug = dice.chance(0.85) ? first['drug'] : dice.pick(['baclofen', 'morphine'])
  const concentration = dice.weighted([
    [5, String(first['concentration'])],
    [5, dice.pick(CONCENTRATIONS)],
    // So weak, or so strong, that what runs cannot be given with it.
    [1, dice.pick(['20 ug/mL', '40 mg/mL'])],
  ])
  const partial = dice.chance(0.3)
  const volume_uL = features.has('dry')
    ? dice.scaled(200, reservoir_uL)
    : partial
      ? dice.integer(100, 3000)
      : reservoir_uL - dice.integer(0, 1000)
  const told =
    features.has('mis-told') && dice.chance(0.4) ? toldOtherwise(dice, concentration, volume_uL, reservoir_uL) : null
  return {
    refill: {
      ...(partial ? { withdraw: `${dice.scaled(10, 5000)} uL` } : {}),
      fill: { drug, concentration, volume: `${volume_uL} uL` },
      ...(told === null ? {} : { programmed: told }),
    },
  }
}

/** Each time the clock is set: by as much as the shift says, against what it would show if nobody had set it. */
export function clockSettings(scene: Scene, clock: string, count: number): readonly Written[] {
  const { dice, instants } = scene
  const taken = new Set<string>()
  const times = Array.from({ length: count }, () => instants.apart(taken)).filter((at) => at !== undefined)
  let shift_s = 0
  return times
    .toSorted((a, b) => compare(a.at_us, b.at_us))
    .map((at) => {
      shift_s += 60 * (dice.chance(0.8) ? dice.pick(SHIFTS_min) : dice.integer(-130, 130))
      return setting(at, clock, shift_s)
    })
}

/** The clock is set to so much more than it would show if nobody had set it. */
export function setting({ at_us, text }: Instant, clock: string, shift_s: number): Written {
  const ran_s = Number(floor(at_us) / 1_000_000n)
  const to = new Date(Date.parse(`${clock.length === 16 ? `${clock}:00` : clock}Z`) + (ran_s + shift_s) * 1000)
  return { at: text, do: 'set-clock', to: to.toISOString().slice(0, 19) }
}

const QUESTIONS = ['interrogate', 'read-log', 'clear', 'interrogate', 'read-log'] as const

/** Everything that is done to the pump by name. */
export function deeds(scene: Scene): readonly Written[] {
  const { dice, features, instants } = scene
  const several = (feature: Parameters<typeof features.has>[0], times: number, deed: () => string) =>
    Array.from({ length: features.share(feature) * times }, () => ({ at: instants.any().text, do: deed() }))
  return [
    ...several('patient', 3, () => 'request-bolus'),
    ...several('questions', 1, () => dice.pick(QUESTIONS)),
    ...several('stops', 1, () => 'stop'),
    ...several('restarts', 1, () => 'restart'),
    ...several('silence', 1, () => 'silence'),
    ...(features.has('pestering') ? pestering(scene) : []),
  ]
}

/** Silence asked for again and again, and what the log still holds then. */
function pestering({ dice, days }: Scene): readonly Written[] {
  const first_s = dice.integer(0, (days * 86_400) / 2)
  const every_s = dice.integer(1, 1200)
  const at = (n: number): Instant => seconds(Math.min(first_s + n * every_s, days * 86_400 - 1))
  return [
    ...Array.from({ length: MORE_THAN_LOGGED }, (_, n) => ({ at: at(n).text, do: 'silence' })),
    { at: at(MORE_THAN_LOGGED).text, do: 'read-log' },
  ]
}
