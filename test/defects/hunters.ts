/**
 * The hunters: each runs one pump on one rig and says what it sees amiss, null where nothing is.
 *
 * The sound pump on the sound rig is seen by none of them; `judge` and all it calls is sound whatever is hunted.
 */
import { stringify } from 'yaml'
import { EXPLORED_GROUPS, generate } from '#hil/explore/generate'
import { trial } from '#hil/explore/trial'
import { FAULTS } from '#hil/fault/catalogue'
import type { WrittenScenario } from '#hil/fault/catalogue-entry'
import { modelPump } from '#hil/pump/model'
import type { PumpDefinition } from '#hil/pump/pump'
import { avrRig } from '#hil/rig/avr/rig'
import { idealRig } from '#hil/rig/ideal'
import type { RigDefinition } from '#hil/rig/rig'
import { execute } from '#hil/run/execute'
import { judge } from '#hil/run/judge'
import type { RunResult } from '#hil/run/result'
import { parseScenario } from '#hil/scenario/parse'
import { problemText } from '#hil/scenario/problem'
import { readSheet, SCENARIO_OPENING } from '#hil/scenario/sheet'
import { libraryFolder } from '#scripts/library'
import { readScenarios } from '#scripts/scenario-files'
import { stepTicks } from '../support/steps.ts'
import { type Hunt, nameOf } from './defect.ts'

/** What is hunted in: a pump with the reader that belongs to it, on a rig. */
export interface Quarry {
  readonly modelPump: PumpDefinition
  readonly parseScenario: typeof parseScenario
  readonly rig: RigDefinition
}

export const SOUND: Quarry = { modelPump, parseScenario, rig: idealRig }
/** The same with the rig firmware as machine code. */
const SOUND_ON_CHIP: Quarry = { modelPump, parseScenario, rig: avrRig }

const LIBRARY = new Map(readScenarios([libraryFolder]).scenarios.map((found) => [found.scenario.name, found] as const))
const CATALOGUE = new Map(FAULTS.map((entry) => [entry.name, entry]))

/** What a hunt sees, in words; null where it sees nothing. Throws where the sound pump does not do what it should. */
export async function huntedBy(hunt: Hunt, quarry: Quarry): Promise<string | null> {
  if (hunt.by === 'explore') return explored(hunt.seed, quarry)
  const text = textOf(hunt)
  const onChip = quarry.rig.name === avrRig.name
  const sound = await soundLook(text, onChip ? SOUND_ON_CHIP : SOUND)
  if ('thrown' in sound) throw new Error(`${nameOf(hunt)}: the sound pump breaks off: ${sound.thrown}`)
  if (hunt.by === 'library' && sound.verdict !== 'pass')
    throw new Error(`${nameOf(hunt)}: the sound pump does not pass`)
  const seen = await look(text, quarry)
  if ('thrown' in seen) return `breaks off: ${seen.thrown}`
  if (seen.verdict !== sound.verdict) return seen.judged.find((line) => !sound.judged.includes(line)) ?? seen.verdict
  if (onChip && seen.steps !== sound.steps) return 'steps of the motor at other ticks'
  return hunt.by === 'matrix' ? parted(sound, seen) : null
}

/** Days of a generated scenario. */
const EXPLORED_d = 4

/** The first invariant that a seed breaks; throws where the sound pump breaks one of the same. */
async function explored(seed: number, quarry: Quarry): Promise<string | null> {
  const sound = SOUND_SEEDS.get(seed) ?? firstBreach(seed, SOUND)
  SOUND_SEEDS.set(seed, sound)
  const alsoSound = await sound
  if (alsoSound !== null) throw new Error(`seed ${seed}: the sound pump is seen too: ${alsoSound}`)
  return firstBreach(seed, quarry)
}

/** What exploring finds of the sound pump, each seed once. */
const SOUND_SEEDS = new Map<number, Promise<string | null>>()

async function firstBreach(seed: number, { modelPump: pump, rig }: Quarry): Promise<string | null> {
  const { breaches } = await trial(generate(seed, { days: EXPLORED_d, groups: EXPLORED_GROUPS }), pump, rig)
  const [first] = breaches
  return first === undefined ? null : `${first.invariant}: ${first.detail}`
}

/** Names of all entries of the catalogue. */
export const FAULT_NAMES: readonly string[] = [...CATALOGUE.keys()]

/** Whether the scenario of a hunt has a place for its fault, and the rig carries it. */
export function isPlaced(hunt: Hunt, onChip: boolean): boolean {
  if (hunt.by !== 'matrix') return true
  const { entry, injected } = injectionOf(hunt)
  return injected.applicable && entry.carriedBy.includes(onChip ? 'avr' : 'ideal')
}

/** The scenario file that a hunt runs. */
function textOf(hunt: Exclude<Hunt, { by: 'explore' }>): string {
  if (hunt.by === 'library') return scenarioNamed(hunt.scenario).text
  const { injected } = injectionOf(hunt)
  if (!injected.applicable) throw new RangeError(`${nameOf(hunt)}: ${injected.reason}`)
  return stringify(injected.written)
}

function injectionOf({ fault, scenario: name }: Extract<Hunt, { by: 'matrix' }>) {
  const { text, scenario } = scenarioNamed(name)
  const entry = CATALOGUE.get(fault)
  if (entry === undefined) throw new RangeError(`no entry of the catalogue is named ${fault}`)
  return { entry, injected: entry.inject(readSheet(text, SCENARIO_OPENING).root as WrittenScenario, scenario) }
}

function scenarioNamed(name: string) {
  const found = LIBRARY.get(name)
  if (found === undefined) throw new RangeError(`no scenario of the library is named ${name}`)
  return found
}

interface Look {
  readonly verdict: RunResult['verdict']
  /** Every check with its verdict, and what it says. */
  readonly judged: readonly string[]
  /** What somebody noticed, and when. */
  readonly noticed: readonly string[]
  /** The ticks of all steps, where they are of machine code. */
  readonly steps: string
}

type Looked = Look | { readonly thrown: string }

/** The looks at the sound pump, each made once. */
const SOUND_LOOKS = new Map<string, Promise<Looked>>()

function soundLook(text: string, sound: Quarry): Promise<Looked> {
  const key = `${sound.rig.name} ${text}`
  const known = SOUND_LOOKS.get(key) ?? look(text, sound)
  SOUND_LOOKS.set(key, known)
  return known
}

async function look(text: string, { modelPump: pump, parseScenario: parse, rig }: Quarry): Promise<Looked> {
  try {
    const parsed = parse(text, 'hunted.yaml')
    if (!parsed.ok) return { thrown: parsed.problems.map(problemText).join('; ') }
    const trace = await execute(parsed.scenario, pump, rig)
    const { verdict, checks, detection } = judge(trace, { file: 'hunted.yaml', wall_s: 0 })
    return {
      verdict,
      judged: checks.map((one) => `${one.check} ${one.verdict}: ${one.detail}`),
      noticed: (detection?.findings ?? []).map(({ detector, what, at_s }) => `${detector}: ${what} at ${at_s} s`),
      steps: rig.name === avrRig.name ? stepTicks(trace).join(' ') : '',
    }
  } catch (error) {
    return { thrown: error instanceof Error ? error.message : String(error) }
  }
}

/** The first thing that was judged or noticed otherwise, by its words up to the figures. */
function parted(sound: Look, seen: Look): string | null {
  const gone = sound.noticed.find((line) => !seen.noticed.includes(line))
  if (gone !== undefined) return `not noticed any more: ${gone}`
  const come = seen.noticed.find((line) => !sound.noticed.includes(line))
  return come === undefined ? null : `noticed besides: ${come}`
}
