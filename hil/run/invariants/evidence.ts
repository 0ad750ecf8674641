/**
 * Evidence: what a trace says beyond any doubt, for those who hold it against what must be true of every run.
 *
 * All of it follows from records of what was sent, answered, moved and alarmed, and from the scenario; none of it from the
 * code of a pump.
 */

import { spellsOf } from '#hil/fault/fault'
import { heightAt, indexHeights } from '#hil/oracle/heights'
import type { Staircase } from '#hil/oracle/staircase'
import { TICK_us } from '#hil/rig/rig'
import { fromExact } from '#hil/run/exact'
import type { Growth, Ledgers, RecordOf } from '#hil/run/ledgers'
import { recordsOf } from '#hil/run/ledgers'
import type { TraceRecord } from '#hil/run/trace'
import type { Fault, Scenario } from '#hil/scenario/types'
import { add, compare, ONE, type Rational, subtract, whole } from '#units/rational'

/** Something that must be true of every run and is not. */
export interface Breach {
  readonly invariant: string
  readonly at_us: Rational | null
  readonly detail: string
}

/** From the first instant up to the second, which lies at the end of the run where nothing ended it. */
export interface Spell {
  readonly from_us: Rational
  readonly to_us: Rational
}

export type Applied = RecordOf<'applied'> & { readonly when_us: Rational }

export interface Evidence {
  readonly ledgers: Ledgers
  readonly scenario: Scenario
  readonly records: readonly TraceRecord[]
  readonly end_us: Rational
  /** Spells without power. */
  readonly off: readonly Spell[]
  readonly applied: readonly Applied[]
  readonly events: readonly RecordOf<'event'>[]
  readonly alarms: readonly RecordOf<'alarm'>[]
  /** Steps that the rotor made, one each. */
  readonly rotor: Staircase
  /** How many steps the rotor made up to and including an instant. */
  readonly rotorBy: (at_us: Rational) => Rational
  /** How many steps the pump believed at an instant, by what it booked and withdrew. */
  readonly believedBy: (at_us: Rational) => Rational
  /**
   * When a held rotor is let go, and when its wires change places or go back: it may then jump a step forward or back, of
   * which no pump is told.
   */
  readonly releases: readonly Rational[]
  /** Whether a fault makes steps be lost, or the pump be told so. */
  readonly loses: boolean
}

export function evidenceOf(ledgers: Ledgers): Evidence {
  const { scenario, records, believed } = ledgers
  const events = recordsOf(records, 'event')
  const rotor = recordsOf(records, 'delivered').map(({ cadence }) => ({ tick_us: TICK_us, cadence, rise: ONE }))
  const heights = indexHeights(rotor)
  const steps: Growth = believed.steps
  return {
    ledgers,
    scenario,
    records,
    end_us: scenario.duration_us,
    off: offSpells(events, scenario.duration_us),
    applied: recordsOf(records, 'applied').map((record) => ({ ...record, when_us: fromExact(record.at_us) })),
    events,
    alarms: recordsOf(records, 'alarm'),
    rotor,
    rotorBy: (at_us) => heightAt(heights, at_us),
    believedBy: (at_us) => heightAt(steps.heights, at_us),
    releases: releasesOf(scenario),
    loses: scenario.faults.some(({ fault }) => LOSING.has(fault)),
  }
}

/** Faults of which a pump hears as steps that did not move its rotor. */
const LOSING: ReadonlySet<Fault['fault']> = new Set(['motor-stall', 'motor-reverse', 'encoder-loss'])

/** Power goes and comes by turns. */
function offSpells(events: readonly RecordOf<'event'>[], end_us: Rational): readonly Spell[] {
  const changes = events.filter(({ event }) => event === 'power').map(({ t_us }) => whole(t_us))
  const spells: Spell[] = []
  for (let place = 0; place < changes.length; place += 2) {
    const from_us = changes[place]
    if (from_us !== undefined) spells.push({ from_us, to_us: changes[place + 1] ?? end_us })
  }
  return spells
}

/** Whether an instant lies in a spell, its ends included. */
export function isWithin({ from_us, to_us }: Spell, at_us: Rational): boolean {
  return compare(at_us, from_us) >= 0 && compare(at_us, to_us) <= 0
}

/** Steps of the rotor after an instant and up to another. */
export function rotorIn({ rotorBy }: Evidence, { from_us, to_us }: Spell): Rational {
  return subtract(rotorBy(to_us), rotorBy(from_us))
}

function releasesOf(scenario: Scenario): readonly Rational[] {
  return scenario.faults.flatMap((fault): readonly Rational[] => {
    if (fault.fault === 'motor-reverse')
      return fault.for_us === null ? [fault.at_us] : [fault.at_us, add(fault.at_us, fault.for_us)]
    if (fault.fault !== 'motor-stall') return []
    return spellsOf(fault, scenario.duration_us, fault.recovery_us).flatMap(({ end_us }) =>
      end_us === null ? [] : [end_us],
    )
  })
}
