/**
 * Changeovers: every refill of another drug or another concentration, and what reached the patient until the line held it.
 *
 * What was in the line at the refill leaves the tip first. Until the volume of the line has been displaced the tip gives
 * the old fill at rates meant for the new one, unless a bridge makes up for it. A refill that truly changes the fluid is
 * one, and so is a refill that was meant to; a bridge is planned from what was meant.
 */
import { type Changeover, changeover } from '#hil/oracle/changeover'
import { heightAt, reachedAt } from '#hil/oracle/heights'
import { increment, type Line, lineDuring } from '#hil/oracle/line'
import type { Span } from '#hil/oracle/staircase'
import { columnOf, contentOf, isLineFullOf, isSameContent, tipOf } from '#hil/oracle/tip'
import { type WrongDose, wrongDoses } from '#hil/oracle/wrong-dose'
import { atRigTick, type Ledgers, NOTHING, rigReading } from '#hil/run/ledgers'
import type { Fill, ProgrammedFill } from '#hil/scenario/types'
import {
  add,
  compare,
  divide,
  equal,
  isPositive,
  isZero,
  larger,
  ONE,
  type Rational,
  smaller,
  subtract,
  ZERO,
} from '#units/rational'

/** A drug during a changeover, at the tip. */
export interface DoseThen {
  readonly drug: string
  readonly prescribed: Rational
  readonly tip: Rational
  /** `tip / prescribed - 1`; undefined where none was prescribed. */
  readonly error: Rational | undefined
}

export interface ChangeoverFound extends Span {
  readonly from: Changing
  readonly to: Changing
  readonly line_uL: Rational
  readonly end: 'cleared' | 'next-change' | 'end-of-run'
  /** The new drug first, as it was meant and as it is, then the old one where it is another. */
  readonly doses: readonly DoseThen[]
}

/** What truly was filled, and what was meant to be. */
type Changing = Pick<ProgrammedFill, 'actual' | 'meant'>

interface Change {
  readonly at_us: Rational
  readonly from: Changing
  readonly to: Changing
}

/** In order of time; a second change before the line has cleared ends the first changeover. */
export function changeoversOf(ledgers: Ledgers): readonly ChangeoverFound[] {
  const changes = changesOf(ledgers)
  return changes.map((change, index) => changeoverFound(ledgers, change, changes[index + 1]?.at_us))
}

function changesOf({ scenario }: Ledgers): readonly Change[] {
  let from = scenario.fill
  const refills = scenario.events.flatMap((event) => (event.kind === 'refill' ? [event] : []))
  return refills
    .toSorted((a, b) => compare(a.at_us, b.at_us))
    .flatMap(({ at_us, fill }): Change[] => {
      const change = { at_us, from, to: fill }
      from = fill
      const stays = (side: keyof Changing) => isSameFluid(change.from[side], change.to[side])
      return stays('actual') && stays('meant') ? [] : [change]
    })
}

function isSameFluid(a: Fill, b: Fill): boolean {
  return a.drug === b.drug && equal(a.concentration_ug_per_uL, b.concentration_ug_per_uL)
}

function changeoverFound(ledgers: Ledgers, change: Change, next_us: Rational | undefined): ChangeoverFound {
  const { scenario, delivered } = ledgers
  const { at_us: from_us, from, to } = change
  const line_uL = lineVolume(ledgers)
  const before = heightAt(delivered.displaced.heights, from_us)
  const cleared_us = reachedAt(delivered.displaced.heights, add(before, line_uL))
  const latest_us = smaller(next_us ?? scenario.duration_us, scenario.duration_us)
  const isCleared = cleared_us !== undefined && compare(cleared_us, latest_us) <= 0
  const to_us = isCleared ? cleared_us : latest_us
  const end = isCleared ? 'cleared' : next_us === undefined ? 'end-of-run' : 'next-change'
  const drugs = [...new Set([to, from].flatMap(({ meant, actual }) => [meant.drug, actual.drug]))]
  const doses = drugs.map((drug) => doseThen(ledgers, drug, { from_us, to_us }))
  return { from_us, to_us, from, to, line_uL, end, doses }
}

function lineVolume({ scenario }: Ledgers): Rational {
  return add(scenario.pump.tube_uL, scenario.catheter_uL)
}

function doseThen({ prescribed, delivered }: Ledgers, drug: string, { from_us, to_us }: Span): DoseThen {
  const line = prescribed.mass.get(drug)
  const meant = line === undefined ? ZERO : increment(line, from_us, to_us)
  const tip = delivered.tipMass.get(drug) ?? NOTHING
  const given = subtract(rigReading(tip, to_us), heightAt(tip.heights, atRigTick(from_us)))
  const error = isZero(meant) ? undefined : subtract(divide(given, meant), ONE)
  return { drug, prescribed: meant, tip: given, error }
}

/**
 * When the tip gives another dose of the new drug than is prescribed though exactly the prescribed volume flows: what the
 * prescription itself makes of the change. Empty where it has a right bridge.
 */
export function meantAtTip(
  { prescribed, scenario }: Ledgers,
  { from_us, to_us, to }: ChangeoverFound,
): readonly WrongDose[] {
  const tip = tipOf(prescribed.volume, columnOf(scenario)).get(to.meant.drug)
  const mass = prescribed.mass.get(to.meant.drug)
  if (tip === undefined || mass === undefined) return []
  return wrongDoses(lineDuring(tip, from_us, to_us), lineDuring(mass, from_us, to_us), { from_us, to_us })
}

/**
 * The change that was meant in one line of arithmetic. Undefined where that does not hold: where nothing was meant to
 * change or the drug was, where the line is not full of the old fill at the refill, and where the prescribed dose changes,
 * something is primed or another fill is meant before the slower of the two ways would be over.
 */
export function plainChangeover(ledgers: Ledgers, found: ChangeoverFound): Changeover | undefined {
  const { prescribed, scenario } = ledgers
  const { from_us, line_uL } = found
  const [from, to] = [found.from.meant, found.to.meant]
  const mass = prescribed.mass.get(to.drug)
  if (mass === undefined || isSameFluid(from, to) || from.drug !== to.drug) return undefined
  const column = columnOf(scenario)
  if (!isLineFullOf(prescribed.volume, column, from_us, contentOf(from))) return undefined
  const dose = lineDuring(mass, from_us, from_us)[0]?.rate ?? ZERO
  const [old, now] = [from.concentration_ug_per_uL, to.concentration_ug_per_uL]
  if (![old, now, dose].every(isPositive)) return undefined
  const simple = changeover({ from: old, to: now, dose, line_uL })
  const longest_us = larger(simple.bridge.lasts_us, simple.withoutBridge.lasts_us)
  const to_us = smaller(add(from_us, longest_us), scenario.duration_us)
  const during = (line: Line) => lineDuring(line, from_us, to_us).filter((piece) => compare(piece.from_us, to_us) < 0)
  const isSteady = during(mass).every(({ rate }) => equal(rate, dose))
  const rates = [divide(dose, old), divide(dose, now)]
  const isUnprimed = during(prescribed.volume).every(({ rate }) => rates.some((plain) => equal(plain, rate)))
  const isLast = column.inflows.slice(1).every((inflow) => {
    const isMeanwhile = compare(inflow.from_us, from_us) >= 0 && compare(inflow.from_us, to_us) < 0
    return !isMeanwhile || isSameContent(inflow.content, contentOf(to))
  })
  return isSteady && isUnprimed && isLast ? simple : undefined
}
