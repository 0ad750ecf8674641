/**
 * When a fault that was put into a scenario begins: the first instant at which the two scenarios say something else.
 *
 * A scenario may have faults and slips of its own, so what went wrong first in a run need not be what was put into it. Held
 * against the scenario without it, the difference is the fault and nothing else.
 */
import { exact } from '#hil/run/exact'
import { programRecord } from '#hil/run/program-record'
import { programOf } from '#hil/run/programs'
import type { Entry, Fill, Scenario, ScenarioEvent } from '#hil/scenario/types'
import { equal, type Rational, smaller, ZERO } from '#units/rational'

/** Undefined where both say the same. */
export function injectedAt(without: Scenario, withIt: Scenario): Rational | undefined {
  const differences = [
    ...apart(without.faults.map(timed), withIt.faults.map(timed)),
    ...apart(without.programming.map(programmed), withIt.programming.map(programmed)),
    ...apart(without.events.map(happened), withIt.events.map(happened)),
    ...(equal(without.pumpClock_us, withIt.pumpClock_us) ? [] : [ZERO]),
    ...(fillText(without.fill) === fillText(withIt.fill) ? [] : [ZERO]),
  ]
  const [first, ...others] = differences
  return first === undefined ? undefined : others.reduce(smaller, first)
}

/** One thing that a scenario says, in comparable form. */
interface Said {
  readonly at_us: Rational
  readonly text: string
}

/** The times of what only one of the two says. */
function apart(a: readonly Said[], b: readonly Said[]): readonly Rational[] {
  return [...without(a, b), ...without(b, a)].map(({ at_us }) => at_us)
}

function without(a: readonly Said[], b: readonly Said[]): readonly Said[] {
  const left = new Map<string, number>()
  const key = ({ at_us, text }: Said) => `${exact(at_us)} ${text}`
  for (const one of b) left.set(key(one), (left.get(key(one)) ?? 0) + 1)
  return a.filter((one) => {
    const count = left.get(key(one)) ?? 0
    left.set(key(one), count - 1)
    return count <= 0
  })
}

function timed(fault: Scenario['faults'][number]): Said {
  return { at_us: fault.at_us, text: inText(fault) }
}

function programmed(entry: Entry): Said {
  const { at_us, confirm, commit = true } = entry
  return { at_us, text: `${JSON.stringify(programRecord(programOf(entry)))} ${confirm} ${commit}` }
}

function happened(event: ScenarioEvent): Said {
  return { at_us: event.at_us, text: inText(event) }
}

function fillText({ actual, meant, programmed: told }: Scenario['fill']): string {
  return [actual, meant, told].map((fill: Fill) => inText(fill)).join(' ')
}

/** Plain data, in which fractions are pairs of big integers. */
function inText(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? `${part}n` : part))
}
