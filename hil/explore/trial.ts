/**
 * A trial: one scenario run, and everything that is wrong with it.
 *
 * What is wrong has the name of an invariant, of a law that is always judged, or says that the run could not be made at all.
 */
import { createHash } from 'node:crypto'
import { textOf } from '#hil/explore/generate'
import type { WrittenScenario } from '#hil/fault/catalogue-entry'
import type { PumpDefinition } from '#hil/pump/pump'
import type { RigDefinition } from '#hil/rig/rig'
import { conservation } from '#hil/run/checks/conservation'
import { execute } from '#hil/run/execute'
import { type Breach, breachesOf } from '#hil/run/invariants/invariants'
import { type Ledgers, ledgersOf, recordsOf } from '#hil/run/ledgers'
import type { InvariantName } from '#hil/scenario/invariant-names'
import { type ParsedScenario, parseScenario, readWritten } from '#hil/scenario/parse'
import { problemText } from '#hil/scenario/problem'
import type { Fault, Scenario } from '#hil/scenario/types'
import { whole } from '#units/rational'

/** Names of the invariants that are looked at; null for all. */
type Only = readonly InvariantName[] | null

export interface Trial {
  /** Null where the scenario could not be read, or the bench itself failed. */
  readonly ledgers: Ledgers | null
  readonly trace_sha256: string
  /** What is wrong, the earliest first. */
  readonly breaches: readonly Breach[]
  /** What the pump does not have that the scenario needs: then it was not run. Null where it was, or could not be. */
  readonly lack: string | null
}

/**
 * Runs what is written. Never throws for what a pump, a rig or the bench does. The data are read as they are; with `asFile` they
 * are written as a file and read back, which costs as much as many a run and comes to the same. `only` are the invariants that are looked
 * at; all, where it is null.
 */
export async function trial(
  written: WrittenScenario,
  pump: PumpDefinition,
  rig: RigDefinition,
  { asFile = false, only = null }: { readonly asFile?: boolean; readonly only?: Only } = {},
): Promise<Trial> {
  const parsed = asFile ? readBack(written) : readWritten(written, JSON.stringify(written))
  return parsed.ok
    ? await tried(parsed.scenario, pump, rig, only)
    : failed('unreadable', parsed.problems.map(problemText).join('; '))
}

/** What a file says that is written of the data; its trace keeps what the one of the data themselves does. */
function readBack(written: WrittenScenario): ParsedScenario {
  const text = JSON.stringify(written)
  const parsed = parseScenario(textOf(written), 'explored.yaml')
  if (!parsed.ok) return parsed
  const sha256 = createHash('sha256').update(text).digest('hex')
  return { ok: true, scenario: { ...parsed.scenario, origin: { ...parsed.scenario.origin, text, sha256 } } }
}

async function tried(scenario: Scenario, pump: PumpDefinition, rig: RigDefinition, only: Only): Promise<Trial> {
  try {
    const lack = pump.lacks?.(scenario, rig.looksOn) ?? null
    if (lack !== null) return { ledgers: null, trace_sha256: '', breaches: [], lack }
    const trace = await execute(scenario, pump, rig)
    const ledgers = ledgersOf(scenario, trace)
    return { ledgers, trace_sha256: trace.sha256, breaches: wrongs(ledgers, only), lack }
  } catch (error) {
    return failed('defect', error instanceof Error ? error.message : String(error))
  }
}

function failed(invariant: string, detail: string): Trial {
  return { ledgers: null, trace_sha256: '', breaches: [{ invariant, at_us: null, detail }], lack: null }
}

/** Faults of the line that last longer than a rig may have steps to make. */
const MAY_CUT: ReadonlySet<Fault['fault']> = new Set(['line-mute', 'line-unplug'])

function wrongs(ledgers: Ledgers, only: Only): readonly Breach[] {
  const { records, end, scenario } = ledgers
  // A line that is at fault may end a run, which then says so and is no verdict; a pump may not.
  const excused = scenario.faults.some(({ fault }) => MAY_CUT.has(fault)) && !end?.reason.startsWith('the pump ')
  const laws = recordsOf(records, 'violation').map(
    ({ law, t_us, detail }): Breach => ({ invariant: law, at_us: whole(t_us), detail }),
  )
  if (end === null || !end.complete) {
    if (excused && end !== null) return laws
    return [...laws, { invariant: 'completed', at_us: null, detail: end?.reason ?? 'the trace has no end' }]
  }
  const balance = conservation(ledgers)
  const unbalanced: readonly Breach[] =
    balance.outcome === 'pass' ? [] : [{ invariant: 'mass-conservation', at_us: balance.at_us, detail: balance.detail }]
  return [...laws, ...unbalanced, ...breachesOf(ledgers, only)]
}
