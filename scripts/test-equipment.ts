/**
 * Rig and pump of a test as the environment chooses them, by the names that `run` takes, and what keeps a scenario from being
 * run with them.
 */
import { lineProblem } from '#hil/fault/carried'
import type { PumpDefinition } from '#hil/pump/pump'
import type { RigDefinition } from '#hil/rig/rig'
import type { Scenario } from '#hil/scenario/types'
import { SENSED_LINES, speedOf } from '#scripts/choices'
import { type ChoiceNames, type EquipmentOptions, equipmentOf, speedProblem } from '#scripts/equipment'
import { motorProblems } from '#scripts/pump-link/able'
import { isChipImage } from '#scripts/pump-link/chip-image'
import { isOnWire } from '#scripts/pump-link/wire-pumps'
import { isOnPort, speedProblems } from '#scripts/wire-rigs'

export type Environment = Readonly<Record<string, string | undefined>>

const NAMES: ChoiceNames = {
  ...{ rig: 'PUMPBENCH_RIG', pump: 'PUMPBENCH_PUMP', speed: 'PUMPBENCH_SPEED', sense: 'PUMPBENCH_SENSE' },
  noEncoder: 'PUMPBENCH_ENCODER none',
}

/** The worker of vitest that this is, from 1: there is no second one where files run one after another. */
const WORKER = 'VITEST_POOL_ID'

/** A scenario, and what messages call the file it is from. */
export interface ReadScenario {
  readonly file: string
  readonly scenario: Scenario
}

export interface TestEquipment {
  readonly rig: RigDefinition
  readonly pump: PumpDefinition
}

/** What the environment chooses, but for what is given. Throws with what is wrong with a choice. */
export function testEquipment(given: Partial<TestEquipment>, environment: Environment): TestEquipment {
  const options = optionsOf(environment)
  const chosen = equipmentOf(options, NAMES)
  const equipment = {
    rig: given.rig ?? must(chosen.rig),
    pump: given.pump ?? must(chosen.pump),
  }
  const idle = given.rig === undefined ? speedProblem(equipment.rig, options.speed, NAMES) : null
  if (idle !== null) throw new Error(idle)
  if (given.rig === undefined) mustBeAlone(NAMES.rig, options.rig, isOnPort, environment)
  if (given.pump === undefined) mustBeAlone(NAMES.pump, options.pump, isOnWire, environment)
  return equipment
}

function optionsOf(environment: Environment): EquipmentOptions {
  const { PUMPBENCH_RIG: rig, PUMPBENCH_PUMP: pump, PUMPBENCH_SPEED: speed, PUMPBENCH_SENSE: sense } = environment
  const { PUMPBENCH_ENCODER: encoder } = environment
  if (encoder !== undefined && encoder !== 'none') {
    throw new Error(`PUMPBENCH_ENCODER ${JSON.stringify(encoder)} is not known; this version has: none`)
  }
  return {
    ...(rig === undefined ? {} : { rig }),
    ...(pump === undefined ? {} : { pump }),
    ...(speed === undefined ? {} : { speed: speedIn(speed) }),
    ...(sense === undefined ? {} : { sense: linesIn(sense) }),
    encoder: encoder === undefined,
  }
}

function speedIn(text: string): number {
  const read = speedOf(text)
  if (read.ok) return read.value
  throw new Error(`${NAMES.speed} ${JSON.stringify(text)}: ${read.problem}`)
}

function linesIn(text: string): (typeof SENSED_LINES)[number] {
  const lines = SENSED_LINES.find((known) => known === text)
  if (lines !== undefined) return lines
  throw new Error(`${NAMES.sense} ${JSON.stringify(text)} is not known; this version has: ${SENSED_LINES.join(', ')}`)
}

/** Another worker may have what is there once in use at this moment. */
function mustBeAlone(
  choice: string,
  name: string | undefined,
  isThereOnce: (name: string) => boolean,
  environment: Environment,
): void {
  if (name === undefined || !isThereOnce(name) || Number(environment[WORKER] ?? 1) <= 1) return
  throw new Error(
    `${choice} ${name} is there once, and vitest runs test files side by side: give it --no-file-parallelism, or fileParallelism: false in its configuration`,
  )
}

function must<T>(
  found: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: string },
): T {
  if (found.ok) return found.value
  throw new Error(found.problem)
}

/** By what names a test waits for its turn: of what cannot be used twice at a time. */
export function thereOnce({ rig, pump }: TestEquipment): readonly string[] {
  const isOnce = isOnWire(pump.name) || isChipImage(pump.name)
  return [...(rig.clock === 'wall' ? [`rig ${rig.name}`] : []), ...(isOnce ? [`pump ${pump.name}`] : [])]
}

/** What keeps the scenario from being run with rig and pump, as `run` would say it; none where nothing does. */
export function unfit(file: ReadScenario, { rig, pump }: TestEquipment): readonly string[] {
  const line = lineProblem(file.scenario, rig)
  return [
    ...speedProblems(rig, [file], NAMES.speed),
    ...(line === null ? [] : [line]),
    ...motorProblems([file], pump, rig),
  ]
}
