/** Fills and refills of a scenario: what is in the syringe, what was meant to be, and what the pump is told of it. */
import type { z } from 'zod'
import { fillSchema, type refillSchema } from '#hil/scenario/fill-language'
import type { Findings } from '#hil/scenario/findings'
import type { Written } from '#hil/scenario/quantities'
import type { Path } from '#hil/scenario/sheet'
import { read } from '#hil/scenario/structure'
import type { Fill, ProgrammedFill, ScenarioEvent } from '#hil/scenario/types'
import { quoted } from '#hil/scenario/wording'
import { decimal } from '#units/format'
import { as, type Volume_uL } from '#units/quantity'
import { compare } from '#units/rational'

interface WrittenFill {
  readonly drug: string
  readonly concentration: Written
  readonly volume: Written
}

type Refill = Omit<Extract<ScenarioEvent, { readonly kind: 'refill' }>, 'at_us'>

/** The fill at the start; undefined when something is wrong. `reservoir_uL` is undefined when the pump is not known. */
export function readFill(findings: Findings, reservoir_uL: Volume_uL | undefined): ProgrammedFill | undefined {
  const written = read(findings, ['fill'], fillSchema)
  if (written === undefined) return undefined
  const { meant, programmed, ...actual } = written
  fits(findings, ['fill', 'volume'], actual.volume, reservoir_uL)
  fits(findings, ['fill', 'meant', 'volume'], meant?.volume, reservoir_uL)
  fits(findings, ['fill', 'programmed', 'volume'], programmed?.volume, reservoir_uL)
  return filling(actual, meant, programmed)
}

/** What a refill draws and fills; reports a volume that the reservoir cannot hold. */
export function readRefill(
  findings: Findings,
  path: Path,
  refill: z.output<typeof refillSchema>,
  reservoir_uL: Volume_uL | undefined,
): Refill {
  const { withdraw = 'all', fill, meant, programmed } = refill
  fits(findings, [...path, 'fill', 'volume'], fill.volume, reservoir_uL)
  fits(findings, [...path, 'meant', 'volume'], meant?.volume, reservoir_uL)
  fits(findings, [...path, 'programmed', 'volume'], programmed?.volume, reservoir_uL)
  return {
    kind: 'refill',
    withdraw: withdraw === 'all' ? { amount: 'all' } : { amount: 'volume', volume_uL: as<Volume_uL>(withdraw.value) },
    fill: filling(fill, meant, programmed),
  }
}

function fits(findings: Findings, path: Path, volume: Written | undefined, reservoir_uL: Volume_uL | undefined): void {
  if (volume === undefined || reservoir_uL === undefined || compare(volume.value, reservoir_uL) <= 0) return
  const most = `${decimal({ n: reservoir_uL.n, d: reservoir_uL.d * 1000n })} mL`
  findings.add(
    path,
    `${quoted(volume.text)} is more than the reservoir holds, ${most}; fill less or choose a larger pump`,
  )
}

type Said = z.output<typeof fillSchema>['programmed']

/** The label says what was meant, and the pump is told what the label says. */
function filling(actual: WrittenFill, meant: Said, programmed: Said): ProgrammedFill {
  const label = otherwise(actual, meant)
  return { actual: fillOf(actual), meant: fillOf(label), programmed: fillOf(otherwise(label, programmed)) }
}

function otherwise(fill: WrittenFill, said: Said): WrittenFill {
  const { drug = fill.drug, concentration = fill.concentration, volume = fill.volume } = said ?? {}
  return { drug, concentration, volume }
}

function fillOf({ drug, concentration, volume }: WrittenFill): Fill {
  return { drug, concentration_ug_per_uL: as(concentration.value), volume_uL: as(volume.value) }
}
