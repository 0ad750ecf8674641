/**
 * `pumpbench calibrate`: turns the motor onto a balance, works out what one step truly moves, and writes the rig file.
 *
 * A file is written whole and only with a figure: what is unsteady, disturbed or too little ends with the reason.
 */
import { existsSync, realpathSync } from 'node:fs'
import { type Density, waterDensity } from '#hil/balance/fluid'
import { type Calibrated, calibrate, DEFAULT_PLAN } from '#hil/calibration/calibrate'
import { isDay } from '#hil/calibration/rig-language'
import { calibrationText, writtenFigures } from '#hil/calibration/rig-text'
import { benchOf, simulatedBench } from '#hil/calibration/sim-options'
import { StandError } from '#hil/calibration/stand'
import { CONFIDENCE_percent } from '#hil/calibration/student'
import { VirtualStand } from '#hil/calibration/virtual-stand'
import { type RigDefinition, RigError } from '#hil/rig/rig'
import { dayOf } from '#scripts/commands/rig-file'
import { EXIT, type ExitStatus } from '#scripts/exit'
import { outputProblems, prepareOutputs, writeWhole } from '#scripts/outputs'
import { WallStand } from '#scripts/wall-stand'
import { anyRigNamed } from '#scripts/wire-rigs'
import { type Dimension, parseMeasure } from '#units/measure'
import { toNumber } from '#units/rational'

export interface CalibrateOptions {
  readonly rig?: string
  readonly balance?: string
  readonly certificate?: string
  readonly out: string
  readonly force?: boolean
  readonly date?: string
  readonly due?: string
  readonly runs?: number
  readonly steps?: number
  readonly seed?: number
  readonly temperature?: string
  readonly temperatureUncertainty?: string
  readonly density?: string
  readonly densityUncertainty?: string
  readonly linearity?: string
  readonly sensitivity?: string
  readonly sim?: readonly string[]
  readonly quiet?: boolean
}

/** What a certificate of an analytical balance typically says; the simulated one keeps to it. */
const STANDARD = {
  temperature: '20 degC',
  temperatureUncertainty: '0.2 degC',
  linearity: '0.05 mg',
  sensitivity: '3 ppm',
}

const DAY_ms = 86_400_000
/** How long a calibration holds unless its user says otherwise. */
const HOLDS_days = 365

export async function calibrateCommand(options: CalibrateOptions): Promise<ExitStatus> {
  const plan = planOf(options)
  if ('problems' in plan) {
    for (const problem of plan.problems) console.error(problem)
    console.error('nothing was calibrated')
    return EXIT.usage
  }
  const { stand, circumstances, runs } = plan
  const progress = (what: string) => {
    if (options.quiet !== true && process.stderr.isTTY) process.stderr.write(`\r\u001b[2K${what}`)
  }
  try {
    await stand.open()
    const outcome = await calibrate(stand, runs, circumstances, progress)
    if (process.stderr.isTTY && options.quiet !== true) process.stderr.write('\r\u001b[2K')
    if (!outcome.ok) return without(outcome.problem)
    const { rig, identity } = stand
    const text = calibrationText(outcome.calibrated, runs, { rig, identity, ...plan.provenance })
    const problem = writeWhole(options.out, text)
    if (problem !== null) return without(`--out ${options.out}: ${problem}`)
    if (options.quiet !== true) console.log(summary(outcome.calibrated, options.out))
    return EXIT.pass
  } catch (error) {
    if (error instanceof StandError || error instanceof RigError) return without(error.message)
    throw error
  } finally {
    await stand.close()
  }
}

function without(reason: string): ExitStatus {
  console.error(`no rig file was written: ${reason}`)
  return EXIT.inconclusive
}

function planOf(options: CalibrateOptions) {
  const problems: string[] = []
  const today = dayOf(new Date())
  const rig = anyRigNamed(options.rig ?? 'avr')
  if (!rig.ok) problems.push(rig.problem)
  const calibrated = options.date ?? today
  const due = options.due ?? later(calibrated)
  for (const [option, day] of [
    ['--date', calibrated],
    ['--due', due],
  ] as const) {
    if (!isDay(day)) problems.push(`${option} ${JSON.stringify(day)}: a day is written as ${today}`)
  }
  if (due < calibrated) problems.push(`--due ${due} is before the calibration of ${calibrated}`)
  const measure = reader(problems)
  const stated = {
    temperature_degC: measure('--temperature', options.temperature ?? STANDARD.temperature, 'temperature'),
    temperatureStandard_degC: measure(
      '--temperature-uncertainty',
      options.temperatureUncertainty ?? STANDARD.temperatureUncertainty,
      'temperature',
    ),
    linearity_mg: measure('--linearity', options.linearity ?? STANDARD.linearity, 'mass') / 1000,
    sensitivity: measure('--sensitivity', options.sensitivity ?? STANDARD.sensitivity, 'drift', 'percentage'),
  }
  const fluid = problems.length === 0 ? fluidOf(options, stated, problems) : undefined
  const simulated = simulatedBench(options.sim ?? [], options.seed ?? 1)
  if (!simulated.ok) problems.push(...simulated.problems)
  problems.push(...balanceProblems(options, rig.ok ? rig.value : null))
  problems.push(...placeProblems(options))
  if (problems.length > 0 || !rig.ok || !simulated.ok || fluid === undefined) return { problems }
  const made = {
    circumstances: { fluid, ...stated },
    runs: { ...DEFAULT_PLAN, runs: options.runs ?? DEFAULT_PLAN.runs, steps: options.steps ?? DEFAULT_PLAN.steps },
  }
  const path = balancePath(options)
  if (path !== undefined) {
    const balance = { instrument: 'balance', certificate: options.certificate ?? 'not stated', due }
    const note = `weighed by a balance at ${path}`
    return { ...made, stand: new WallStand(rig.value, { path }), provenance: { balance, calibrated, due, note } }
  }
  const { weather, truth } = benchOf(simulated.bench, stated)
  const own = options.density === undefined ? truth : { ...truth, fluid_mg_per_uL: fluid.mg_per_uL }
  const provenance = {
    balance: { instrument: 'simulated balance', certificate: 'none: simulated', due },
    note: `simulated balance, seed ${options.seed ?? 1}: nothing was weighed`,
  }
  return { ...made, stand: new VirtualStand(rig.value, weather, own), provenance: { ...provenance, calibrated, due } }
}

/** The port of a balance that weighs; undefined where it is simulated. */
function balancePath({ balance = 'sim' }: CalibrateOptions): string | undefined {
  return /^serial:(.+)$/s.exec(balance)?.[1]
}

/** Reads quantities of options and collects what is wrong with them. */
function reader(problems: string[]): (option: string, text: string, ...dimensions: readonly Dimension[]) => number {
  return (option, text, ...dimensions) => {
    const parsed = parseMeasure(text, dimensions)
    if (parsed.ok) return toNumber(parsed.measure.value)
    problems.push(`${option}: ${parsed.problem}`)
    return 0
  }
}

function fluidOf(
  { density, densityUncertainty }: CalibrateOptions,
  stated: { readonly temperature_degC: number; readonly temperatureStandard_degC: number },
  problems: string[],
): Density | undefined {
  if (stated.temperatureStandard_degC < 0) problems.push('--temperature-uncertainty is not below zero')
  if (stated.temperature_degC < 0 || stated.temperature_degC > 40) {
    problems.push(`--temperature: a calibration is made between 0 degC and 40 degC`)
    return undefined
  }
  if ((density === undefined) !== (densityUncertainty === undefined)) {
    problems.push('--density and --density-uncertainty go together; without them the fluid is water')
    return undefined
  }
  if (density === undefined || densityUncertainty === undefined)
    return waterDensity(stated.temperature_degC, stated.temperatureStandard_degC)
  const measure = reader(problems)
  const fluid = {
    mg_per_uL: measure('--density', density, 'concentration') / 1000,
    standard_mg_per_uL: measure('--density-uncertainty', densityUncertainty, 'concentration') / 1000,
  }
  if (fluid.mg_per_uL >= LEAST_DENSITY && fluid.mg_per_uL <= MOST_DENSITY) return fluid
  problems.push(`--density ${density}: a fluid has between 500 mg/mL and 3000 mg/mL`)
  return undefined
}

const LEAST_DENSITY = 0.5
const MOST_DENSITY = 3

function balanceProblems(options: CalibrateOptions, rig: RigDefinition | null): string[] {
  const { balance = 'sim', sim = [], seed, certificate } = options
  const path = balancePath(options)
  if (balance !== 'sim' && path === undefined) {
    return [`--balance ${JSON.stringify(balance)} is not known; write sim, or serial:PATH of the port it is on`]
  }
  if (path === undefined) {
    const simulated = certificate === undefined ? [] : ['--certificate is that of a balance; a simulated one has none']
    if (rig === null || rig.clock === 'virtual') return simulated
    const why = 'what it moves has to be weighed; write --balance serial:PATH of the port the balance is on'
    return [...simulated, `--balance sim: --rig ${rig.name} is real, and ${why}`]
  }
  const problems =
    sim.length === 0 && seed === undefined ? [] : [`--sim and --seed have no meaning with --balance ${balance}`]
  if (rig === null) return problems
  if (rig.clock === 'virtual') {
    const why = 'is virtual and moves no fluid that a balance could weigh; use --balance sim'
    problems.push(`--balance ${balance}: --rig ${rig.name} ${why}`)
  } else if (rig.name.startsWith('serial:') && samePort(rig.name.slice('serial:'.length), path)) {
    problems.push(`--balance ${balance} is the port of --rig ${rig.name}; balance and rig need a port each`)
  }
  return problems
}

/** Whether two paths are one port, by whatever names. */
function samePort(one: string, other: string): boolean {
  const real = (path: string) => (existsSync(path) ? realpathSync(path) : path)
  return real(one) === real(other)
}

function placeProblems({ out, force }: CalibrateOptions): string[] {
  const outputs = [{ option: '--out', path: out }]
  const problems = outputProblems(outputs, [])
  if (problems.length > 0) return problems
  if (existsSync(out) && force !== true) return [`--out ${out} is there already; --force writes over it`]
  return prepareOutputs(outputs)
}

/** A year later, less the day itself. */
function later(day: string): string {
  const time = Date.parse(`${day}T00:00Z`)
  return Number.isNaN(time) ? day : new Date(time + (HOLDS_days - 1) * DAY_ms).toISOString().slice(0, 10)
}

/** What was found, in the figures that the rig file states. */
function summary(calibrated: Calibrated, out: string) {
  const { uncertainty, runs, blank_mg_per_h, repeated, balanceSerial } = calibrated
  const { step_uL, uncertainty_uL, coverage, budget } = writtenFigures(calibrated)
  const line = (name: string, value: string) => `  ${name.padEnd(28)} ${value}`
  return [
    `step volume ${step_uL} uL, uncertain by ${uncertainty_uL} uL (k = ${coverage}, ${CONFIDENCE_percent} %)`,
    line('standard uncertainty', `${uncertainty.standard_uL.toPrecision(2)} uL`),
    ...budget.map((one) => line(one.source, `${one.standard_uL} uL`)),
    line('runs', `${runs.length}, balance ${balanceSerial}`),
    line('at rest', `${blank_mg_per_h.toPrecision(3)} mg/h`),
    ...(repeated === 0 ? [] : [line('unsteady, asked for again', String(repeated))]),
    `rig file: ${out}`,
  ].join('\n')
}
