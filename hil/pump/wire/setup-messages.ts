/** The set-up of a pump as commands on its wire. */
import type { Dose, Limits } from '#firmware-sim/messages'
import type { PumpSetup } from '#hil/pump/pump'
import type { Abilities, LimitName } from '#hil/pump/wire/abilities'
import { FIGURE_NAMES, figureOf } from '#hil/pump/wire/figures'
import { fromWire, toWire } from '#hil/pump/wire/scale'
import type { ToPump } from '#protocol/pump/message'
import type { Fraction } from '#units/quantity'

type LimitMessage = Extract<ToPump, { readonly type: 'LIMIT' }>

/** The commands that set a pump up, of those it can be told; START comes after them. */
export function setupMessages(setup: PumpSetup, abilities: Abilities): readonly ToPump[] {
  const { model, contents, volume_uL, limits, clock_us, catheter_uL, line } = setup
  const figures = FIGURE_NAMES.filter((name) => abilities.takesFigure(name))
  return [
    ...figures.map((figure): ToPump => ({ type: 'FIGURE', figure, value: figureOf(model, figure) })),
    ...limitMessages(limits).filter(({ limit }) => abilities.keepsLimit(limit)),
    {
      type: 'HOLDS',
      drug: contents.drug,
      concentration: toWire(contents.concentration_ug_per_uL, 'micro'),
      volume: toWire(volume_uL, 'micro'),
    },
    { type: 'PLACE', clock: clock_us, catheter: toWire(catheter_uL, 'micro'), line },
  ]
}

/** One message for each limit there is. */
export function limitMessages({ dailyDose, change }: Limits): readonly LimitMessage[] {
  return [
    ...doseLimit('daily-soft', dailyDose.soft),
    ...doseLimit('daily-hard', dailyDose.hard),
    ...partLimit('change-soft', change.soft),
    ...partLimit('change-hard', change.hard),
  ]
}

function doseLimit(limit: LimitName, dose: Dose | null): readonly LimitMessage[] {
  if (dose === null) return []
  const value = toWire(dose.by === 'mass' ? dose.mass_ug : dose.volume_uL, 'micro')
  return [{ type: 'LIMIT', limit, measure: dose.by, value }]
}

function partLimit(limit: LimitName, part: Fraction | null): readonly LimitMessage[] {
  return part === null ? [] : [{ type: 'LIMIT', limit, measure: 'part', value: toWire(part, 'micro') }]
}

/** The limits with one more; undefined where a part is given of a dose, or a dose of a change. */
export function withLimit({ dailyDose, change }: Limits, { limit, measure, value }: LimitMessage): Limits | undefined {
  if (measure === 'part') {
    const part = fromWire<Fraction>(value, 'micro')
    if (limit === 'change-soft') return { dailyDose, change: { ...change, soft: part } }
    return limit === 'change-hard' ? { dailyDose, change: { ...change, hard: part } } : undefined
  }
  const dose: Dose =
    measure === 'mass'
      ? { by: 'mass', mass_ug: fromWire(value, 'micro') }
      : { by: 'volume', volume_uL: fromWire(value, 'micro') }
  if (limit === 'daily-soft') return { dailyDose: { ...dailyDose, soft: dose }, change }
  return limit === 'daily-hard' ? { dailyDose: { ...dailyDose, hard: dose }, change } : undefined
}
