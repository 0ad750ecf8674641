/**
 * Exploration of one seed: its scenario run, its sites noted, and what is wrong with it shrunk to a file that shows it.
 *
 * Deterministic simulation testing in the manner of FoundationDB and of TigerBeetle's VOPR: a seed and a commit are all that
 * it takes to see a failure again.
 */
import type { Watch } from '#firmware-sim/turn'
import { type GenerationOptions, generate, textOf } from '#hil/explore/generate'
import { shrink } from '#hil/explore/shrink'
import { isUnlisted, Visits } from '#hil/explore/sites'
import { type Trial, trial } from '#hil/explore/trial'
import { within } from '#hil/explore/within'
import type { WrittenScenario } from '#hil/fault/catalogue-entry'
import type { PumpDefinition } from '#hil/pump/pump'
import type { RigDefinition } from '#hil/rig/rig'
import type { Breach } from '#hil/run/invariants/invariants'
import { recordsOf } from '#hil/run/ledgers'
import type { InvariantName } from '#hil/scenario/invariant-names'
import { toNumber } from '#units/rational'

export interface ExploreOptions extends GenerationOptions {
  /** The pump under test, with somebody who sees which cells of its operating table it comes to. */
  readonly pump: (watch: Watch) => PumpDefinition
  readonly rig: RigDefinition
  /**
   * The invariants that are looked at, of a pump that is not ours: its sites, the words of its refusals and its digests are its own,
   * so none of those is looked at. Null for ours.
   */
  readonly only?: readonly InvariantName[] | null
  /** Most scenarios that are tried to shrink one that fails. */
  readonly attempts: number
  /** Ends the shrinking early, with what was found so far. */
  readonly signal?: AbortSignal | undefined
  /** One of so many seeds is run twice, and must give the same trace. */
  readonly twiceEvery: number
}

/** What one seed came to. */
export interface Explored {
  readonly seed: number
  /** Names of the sites that were come to, and of what no table knows. */
  readonly visits: readonly string[]
  /** What the pump does not have that the scenario needs, which was not run then; null where it was. */
  readonly skipped: string | null
  /** Whether parts of the scenario were left out or put in round figures, for the pump has nothing for them. */
  readonly changed: boolean
  readonly violation: Violation | null
}

export interface Violation {
  readonly invariant: string
  /** Seconds from the start of the run; null where it has no instant. */
  readonly at_s: number | null
  readonly detail: string
  /** The scenario file that shows it. */
  readonly text: string
  /** How many scenarios were tried to find it. */
  readonly attempts: number
}

/** Nobody watches while a scenario is shrunk. */
const UNWATCHED: Watch = () => undefined

/** Most scenarios that are tried to shrink one. */
export const ATTEMPTS = 400
/** Seeds of which one is run twice. */
export const TWICE_EVERY = 20

export async function explore(seed: number, options: ExploreOptions): Promise<Explored> {
  const visits = new Visits()
  const { only = null } = options
  const pump = options.pump(visits.watch)
  const drawn = generate(seed, options)
  const written = pump.lacks === undefined ? drawn : fitted(drawn, pump, options.rig)
  const first = await trial(written, pump, options.rig, { only })
  if (first.lack !== null) return { seed, visits: [], skipped: first.lack, changed: false, violation: null }
  if (first.ledgers !== null && only === null) visits.look(first.ledgers)
  const breach = first.breaches[0] ?? (only === null ? await ofOurs(first, seed, written, options, visits) : null)
  const violation = breach === null ? null : await shown(written, breach, options)
  return { seed, visits: visits.names, skipped: null, changed: written !== drawn, violation }
}

/** What of the scenario the pump has; all of it, to be skipped, where that is not enough for a run or nobody can be asked. */
function fitted(drawn: WrittenScenario, pump: PumpDefinition, rig: RigDefinition): WrittenScenario {
  try {
    return within(drawn, pump, rig.looksOn) ?? drawn
  } catch {
    // Who cannot be asked is asked once more by the trial, which says so.
    return drawn
  }
}

/** What else must be true of a pump that is ours. */
async function ofOurs(
  first: Trial,
  seed: number,
  written: WrittenScenario,
  options: ExploreOptions,
  visits: Visits,
): Promise<Breach | null> {
  return (await differing(first, seed, written, options)) ?? unlisted(visits)
}

/** The same scenario gives the same trace, byte for byte, and so does the file that is written of it. */
async function differing(
  first: Trial,
  seed: number,
  written: WrittenScenario,
  { pump, rig, twiceEvery }: ExploreOptions,
): Promise<Breach | null> {
  if (seed % twiceEvery !== 0) return null
  const again = await trial(written, pump(UNWATCHED), rig, { asFile: true })
  const unread = again.breaches.find(({ invariant }) => invariant === 'unreadable')
  if (unread !== undefined) return unread
  if (again.trace_sha256 === first.trace_sha256) return null
  return { invariant: 'determinism', at_us: null, detail: 'a second run, from a file, gives another trace' }
}

function unlisted(visits: Visits): Breach | null {
  const [name] = visits.names.filter(isUnlisted)
  return name === undefined ? null : { invariant: 'listed', at_us: null, detail: `${name}: every reason is in a table` }
}

/** The shortest scenario that breaks the same invariant, as a file that fails by its checks. */
async function shown(written: WrittenScenario, breach: Breach, options: ExploreOptions): Promise<Violation> {
  const { pump, rig, attempts, signal, only = null } = options
  const run = (candidate: WrittenScenario) => trial(candidate, pump(UNWATCHED), rig, { only })
  const broken = ({ breaches }: Trial) => breaches.find((one) => isSame(one, breach))
  const shrunk = await shrink(written, {
    attempts,
    signal,
    fails: async (candidate) => broken(await run(candidate)) !== undefined,
  })
  const last = await run(shrunk.written)
  const { at_us, detail } = broken(last) ?? breach
  const { invariant } = breach
  return {
    invariant,
    at_s: at_us === null ? null : toNumber(at_us) / 1e6,
    detail,
    text: fileOf(shrunk.written, last, `${invariant}: ${detail}`, only),
    attempts: shrunk.attempts,
  }
}

/** Less and less of a file can be read for other reasons, and a bench that fails may fail otherwise: only the same words are the same. */
const BY_WORD: ReadonlySet<string> = new Set(['unreadable', 'defect'])

function isSame(one: Breach, other: Breach): boolean {
  return one.invariant === other.invariant && (!BY_WORD.has(one.invariant) || one.detail === other.detail)
}

/** Longest line of explanation. */
const LONGEST_COMMENT = 500

/** The file: what fails in it fails by the invariants, because what its pump refuses is expected. */
function fileOf(
  written: WrittenScenario,
  { ledgers }: Trial,
  why: string,
  only: readonly InvariantName[] | null,
): string {
  const refused = ledgers === null ? [] : recordsOf(ledgers.records, 'refused')
  const invariants = { check: 'invariants', ...(only === null ? {} : { only: [...only] }) }
  const checks = [...refused.map(({ at_us }) => ({ check: 'refused', at: `${at_us} us` })), invariants]
  const comment = why.replaceAll(/\s+/g, ' ').slice(0, LONGEST_COMMENT)
  return `# ${comment}\n${textOf({ ...written, checks })}`
}
