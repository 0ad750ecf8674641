/**
 * Reads a scenario file: from text to quantities, every rule applied, every mistake reported with its place.
 *
 * Pure: takes text, returns a scenario or the problems of the whole file at once, ordered by place. A scenario that was
 * read can be read again from its own text and the figures of its pump, which is how a trace is judged without the file.
 */
import { createHash } from 'node:crypto'
import type { ModelFigures } from '#firmware-sim/models'
import { defaultChecks, readChecks } from '#hil/scenario/checks'
import { readEvents } from '#hil/scenario/events'
import { readFaults } from '#hil/scenario/faults'
import { Findings } from '#hil/scenario/findings'
import { LARGEST_SEED, MOST_REQUIREMENTS, MOST_TAGS, scenarioSchema } from '#hil/scenario/language'
import { readLimits } from '#hil/scenario/limits'
import type { FigureTexts } from '#hil/scenario/model-file'
import { requirementSchema, tagSchema } from '#hil/scenario/names'
import { readPlant } from '#hil/scenario/plant'
import type { Problem } from '#hil/scenario/problem'
import { type ModelFile, type Pump, readPump } from '#hil/scenario/pump'
import { readFill } from '#hil/scenario/reservoir'
import { readSheet, SCENARIO_OPENING } from '#hil/scenario/sheet'
import { given, read, unknownKeys } from '#hil/scenario/structure'
import { readEntries } from '#hil/scenario/therapy'
import { listAt, readDuration, readSample, type Span } from '#hil/scenario/timeline'
import type { Entry, Scenario } from '#hil/scenario/types'
import { found } from '#hil/scenario/wording'
import { compare, divide, type Rational, sum, whole } from '#units/rational'

/** What may differ from the file, or stand in for the library. */
export interface ParseOptions {
  /** The pump models that `pump.model` may name. Default: those that come with pumpbench. */
  readonly models?: ReadonlyMap<string, ModelFigures>
  /** The figures of the pump after overrides, as a trace keeps them; models and overrides are then not looked at. */
  readonly modelFigures?: FigureTexts
  /** Finds the file that `pump.model` names by a path, such as `./mine.yaml`. Default: none is found. */
  readonly modelFile?: (path: string) => ModelFile
  /** SHA-256 of the file the text was read from. Default: that of the text. */
  readonly sha256?: string
  /** Takes the place of the file's seed. */
  readonly seed?: number
}

/** The scenario, or every problem of its file in the order of the text. */
export type ParsedScenario =
  | { readonly ok: true; readonly scenario: Scenario }
  | { readonly ok: false; readonly problems: readonly Problem[] }

const DEFAULT_SEED = 1
/** Most motor steps that what the pump is told it holds may last for: ten years at 1 mL/d have 15 million. */
const MOST_STEPS = 200_000_000
/** Most steps of a run that can slip. */
const MOST_SLIPS = 500_000
const SHAPE = scenarioSchema.shape

/** Reads the text of a scenario file. `file` is only quoted in problems. Never throws on account of the text. */
export function parseScenario(text: string, file: string, options: ParseOptions = {}): ParsedScenario {
  const findings = new Findings(readSheet(text, SCENARIO_OPENING))
  const scenario = findings.sheet.root === undefined ? undefined : readScenario(findings, text, options)
  if (scenario !== undefined && findings.count === 0) return { ok: true, scenario }
  return { ok: false, problems: findings.problems(file, text) }
}

/**
 * Reads a scenario that is plain data already, as {@link parseScenario} reads the text that says the same. `text` is what its
 * trace keeps of it; whoever gives both vouches that they agree. Problems have no place.
 */
export function readWritten(written: Readonly<Record<string, unknown>>, text: string): ParsedScenario {
  const findings = new Findings({ root: written, faults: [], valueAt: () => 0, keyAt: () => 0 })
  const scenario = readScenario(findings, text, {})
  if (scenario !== undefined && findings.count === 0) return { ok: true, scenario }
  return { ok: false, problems: findings.problems('written', text) }
}

function readScenario(findings: Findings, text: string, options: ParseOptions): Scenario | undefined {
  if (!readKeys(findings)) return undefined
  const labels = readLabels(findings, options.seed)
  const run = readDuration(findings)
  const pump = readPump(findings, options)
  const plant = readPlant(findings)
  const content = readContent(findings, run, pump)
  const checks = readChecks(findings, run)
  const sample_us = readSample(findings, run)
  const requirements = readList(findings, 'requirements', MOST_REQUIREMENTS, requirementSchema)
  const tags = readList(findings, 'tags', MOST_TAGS, tagSchema)
  const incomplete = labels === undefined || run === undefined || pump === undefined || content === undefined
  if (incomplete || plant === undefined || sample_us === undefined || !countable(findings, pump, content))
    return undefined
  return {
    origin: {
      text,
      sha256: options.sha256 ?? createHash('sha256').update(text).digest('hex'),
      modelFigures: pump.figures,
    },
    ...labels,
    tags,
    pump: pump.model,
    catheter_uL: pump.catheter_uL,
    flow: pump.flow,
    plant,
    ...content,
    duration_us: run.duration_us,
    checks: checks ?? defaultChecks(run, content.faults, pump.model.tolerance),
    defaultChecks: checks === undefined,
    sample_us,
    requirements,
  }
}

/** Whether the file is a map of keys; reports the keys that are unknown or missing. */
function readKeys(findings: Findings): boolean {
  const { root } = findings.sheet
  if (typeof root !== 'object' || root === null || Array.isArray(root)) {
    findings.add(
      [],
      `a scenario is a map of keys that begins with "schema: pumpbench/scenario@1", found ${found(root)}`,
    )
    return false
  }
  const known = Object.keys(SHAPE)
  const unknown = Object.keys(root).filter((key) => !known.includes(key))
  unknownKeys(findings, [], unknown, known)
  return true
}

/** What a scenario is called and where it comes from, and the settings that stand alone. */
function readLabels(findings: Findings, seed: number | undefined) {
  const schema = read(findings, ['schema'], SHAPE.schema)
  const name = read(findings, ['name'], SHAPE.name)
  const source = read(findings, ['source'], SHAPE.source)
  const own = read(findings, ['seed'], SHAPE.seed)
  const line = read(findings, ['line'], SHAPE.line) ?? ('filled' as const)
  const clock_us = read(findings, ['clock'], SHAPE.clock)
  const pumpClock_us = read(findings, ['pump_clock'], SHAPE.pump_clock) ?? clock_us
  const limits = readLimits(findings)
  if (seed !== undefined && !(Number.isInteger(seed) && seed >= 0 && seed <= LARGEST_SEED)) {
    findings.add(['seed'], `the seed given for this run, ${seed}, is not a whole number from 0 to ${LARGEST_SEED}`)
  }
  if (schema === undefined || name === undefined || limits === undefined) return undefined
  if (clock_us === undefined || pumpClock_us === undefined) return undefined
  const sourced = source === undefined ? {} : { source }
  return { name, ...sourced, seed: seed ?? own ?? DEFAULT_SEED, line, clock_us, pumpClock_us, limits }
}

/** What is in the pump, what is to be delivered, and what happens. */
function readContent(findings: Findings, run: Span | undefined, pump: Pump | undefined) {
  const reservoir_uL = pump?.model.reservoir_uL
  const fill = readFill(findings, reservoir_uL)
  if (!given(findings, ['prescription'])) read(findings, ['prescription'], SHAPE.prescription)
  const prescription: readonly Entry[] = readEntries(findings, 'prescription', run) ?? []
  const programming = readEntries(findings, 'programming', run) ?? prescription
  const events = readEvents(findings, run, reservoir_uL)
  const faults = readFaults(findings, run)
  return fill && { fill, prescription, programming, events, faults }
}

/** Whether the motor steps that everything filled could be divided into can be looked at one by one. */
function countable(
  findings: Findings,
  pump: Pump,
  { fill, events, faults }: Pick<Scenario, 'fill' | 'events' | 'faults'>,
): boolean {
  const refills = events.flatMap((event) => (event.kind === 'refill' ? [event.fill] : []))
  const filled_uL = sum([fill, ...refills].map(({ programmed }) => programmed.volume_uL))
  const steps = divide(filled_uL, pump.model.step_uL)
  if (compare(steps, whole(MOST_STEPS)) <= 0) return slipsCountable(findings, steps, faults)
  findings.add(['pump'], `a run of more than ${MOST_STEPS} motor steps; use a larger step_volume or fewer refills`)
  return false
}

/** Whether the steps that slip, each of which is on record by itself, are few enough to be. */
function slipsCountable(findings: Findings, steps: Rational, faults: Scenario['faults']): boolean {
  for (const fault of faults) {
    if (fault.fault !== 'motor-slip') continue
    const slips = divide(steps, whole(fault.every_steps))
    if (compare(slips, whole(MOST_SLIPS)) <= 0) continue
    findings.add(['faults'], `"${fault.text}": more than ${MOST_SLIPS} steps could slip; let fewer of them do so`)
    return false
  }
  return true
}

/** The texts of a list that each fit the schema; empty where the file has no such list. */
function readList(findings: Findings, key: string, most: number, schema: typeof requirementSchema): string[] {
  return listAt(findings, [key], most).flatMap((path) => read(findings, path, schema) ?? [])
}
