/**
 * Provenance: where each delivered figure comes from, and how far it may be out.
 *
 * The bench knows steps. Everything else follows from them: a volume by the volume of one step, which is the pump model's
 * or was measured; what is in reservoir and line, and what left at the tip, by conservation and by the model of the line.
 * The bounds are those of a step volume that is out by the same fraction for every step.
 */
import { around, type Uncertainty } from '#hil/oracle/guard-band'
import { BODY_degC } from '#hil/plant/stroke'
import { displacedUntilEmptied } from '#hil/run/emptied'
import { fromExact } from '#hil/run/exact'
import type { Instrument } from '#hil/run/instrument'
import { type Ledgers, NOTHING, type RecordOf, recordsOf } from '#hil/run/ledgers'
import type { CalibrationResult, Provenance, RunResult } from '#hil/run/result'
import type { CalibrationRecord } from '#hil/run/trace'
import type { Fault, Scenario } from '#hil/scenario/types'
import { decimal } from '#units/format'
import { divide, isZero, type Rational, subtract, sum, times, toNumber, ZERO } from '#units/rational'

/** The part of a result that says how sure its delivered figures are, and by what calibration. */
export function provenanceOf(ledgers: Ledgers): Pick<RunResult, 'provenance' | 'calibration'> {
  const { calibration, doubt } = ledgers.instrument
  const provenance = { ...sourcesOf(ledgers), ...boundsOf(ledgers) }
  return calibration === null ? { provenance } : { provenance, calibration: resultOf(calibration, doubt) }
}

type Sources = Pick<Provenance, 'steps' | 'displaced' | 'tip' | 'leaked' | 'withdrawn' | 'reservoir' | 'in_line'>

function sourcesOf({ scenario, instrument, records }: Ledgers): Sources {
  const steps = recordsOf(records, 'header')[0]?.provenance.displaced ?? 'unknown'
  const { flow } = scenario
  const line = flow.flow === 'plug' ? 'plug flow' : `dispersive flow, ${flow.cells} cells`
  const { calibration } = instrument
  const from = calibration === null ? '' : ', from the measured volume at the rotor'
  return {
    steps,
    displaced: staged(
      scenario,
      calibration === null ? steps : `measured: ${measuredStep(calibration)}; steps ${steps}`,
    ),
    tip: `modelled: ${line}${from}`,
    leaked: `modelled: leaks of the line${from}`,
    withdrawn: `modelled: what was left in the reservoir${from}`,
    reservoir: `modelled: filled less withdrawn less displaced${from}`,
    in_line: `modelled: ${line}${from}`,
  }
}

/** Faults by which a step moves another volume than the one that was measured. */
const MOVES_ANOTHER_VOLUME: ReadonlySet<Fault['fault']> = new Set<Fault['fault']>([
  'over-infusion',
  'under-infusion',
  'occlusion',
  'motor-slip',
  'temperature',
  'overfill',
])

/** Where a volume was measured, and the scenario has each step move another one, the part of the scenario is told. */
function staged({ plant, faults }: Scenario, source: string): string {
  const { gain, temperature_degC, wear, overfillGain } = plant
  const departs =
    [gain, overfillGain, subtract(temperature_degC, BODY_degC)].some((figure) => !isZero(figure)) ||
    wear !== null ||
    faults.some(({ fault }) => MOVES_ANOTHER_VOLUME.has(fault))
  return departs && source.startsWith('measured') ? `${source}; changed by the modelled plant of the scenario` : source
}

function measuredStep({ step_uL, calibrated, instruments }: CalibrationRecord): string {
  const by = instruments.map((one) => `${one.instrument} ${one.serial} (certificate ${one.certificate})`)
  return `${decimal(fromExact(step_uL))} uL a step by the calibration of ${calibrated} with ${by.join(' and ')}`
}

function boundsOf(ledgers: Ledgers): Omit<Provenance, keyof Sources> {
  const { delivered, drug, instrument, records } = ledgers
  const displaced = delivered.displaced.total
  const volume = halfWidth(displaced, instrument.displaced)
  const dose = (delivered.tipMass.get(drug) ?? NOTHING).total
  const doseHalf = halfWidth(dose, instrument.tipMass(drug))
  const fills = recordsOf(records, 'fill')
  const withdrawn = sum(fills.map((fill) => fromExact(fill.withdrawn_uL)))
  const reservoir = subtract(
    subtract(sum(fills.map((fill) => fromExact(fill.volume_uL))), withdrawn),
    delivered.drained.total,
  )
  const [truth] = recordsOf(records, 'truth')
  const emptied = displacedUntilEmptied(ledgers).at(-1) ?? ZERO
  const reservoirHalf = halfWidth(subtract(displaced, emptied), instrument.displaced)
  return {
    steps_uncertainty: instrument.uncountedSteps,
    displaced_uncertainty_uL: figure(volume),
    displaced_uncertainty_percent: percent(volume, displaced),
    tip_uncertainty_uL: figure(volume),
    tip_uncertainty_percent: larger(percent(volume, delivered.tipVolume.total), percent(doseHalf, dose)),
    tip_dose_uncertainty_ug: figure(doseHalf),
    leaked_uncertainty_uL: figure(leakedHalfWidth(ledgers, truth)),
    withdrawn_uncertainty_uL:
      drewAll(ledgers) && !isZero(withdrawn) ? figure(halfWidth(emptied, instrument.displaced)) : 0,
    reservoir_uncertainty_uL: figure(reservoirHalf),
    reservoir_uncertainty_percent: percent(reservoirHalf, reservoir),
    in_line_uncertainty_uL: lineIsFull(ledgers, truth) ? 0 : figure(volume),
  }
}

/** How far a value may be out on either side; null when nobody can say. */
function halfWidth(value: Rational, uncertainty: Uncertainty): Rational | null {
  const truth = around(value, uncertainty)
  return truth === undefined ? null : subtract(truth.high, value)
}

function figure(half: Rational | null): number | null {
  return half === null ? null : toNumber(half)
}

function percent(half: Rational | null, value: Rational): number | null {
  if (half === null) return null
  if (isZero(half)) return 0
  return isZero(value) ? null : toNumber(times(divide(half, value), 100))
}

function larger(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : Math.max(a, b)
}

/**
 * A leak takes a share of each volume that passes it, and is out by the part that this is. Into a line without fluid it
 * takes nothing before the front has come, so that it is out by as much as all that was displaced.
 */
function leakedHalfWidth(ledgers: Ledgers, truth: RecordOf<'truth'> | undefined): Rational | null {
  const { scenario, delivered, instrument } = ledgers
  const leaked = truth === undefined ? ZERO : fromExact(truth.leaked_uL)
  if (isZero(leaked)) return ZERO
  return halfWidth(scenario.line === 'empty' ? delivered.displaced.total : leaked, instrument.displaced)
}

/** Who draws all there is draws what the rotor left; a stated volume is what the syringe shows. */
function drewAll({ scenario }: Ledgers): boolean {
  return scenario.events.some((event) => event.kind === 'refill' && event.withdraw.amount === 'all')
}

/** A line that was full and is still full holds its own volume, however much went through it. */
function lineIsFull({ scenario, records }: Ledgers, truth: RecordOf<'truth'> | undefined): boolean {
  const [before] = recordsOf(records, 'line')
  return scenario.line !== 'empty' && before !== undefined && truth?.line_uL === before.volume_uL
}

function resultOf(calibration: CalibrationRecord, doubt: Instrument['doubt']): CalibrationResult {
  const { file_sha256, step_uL, uncertainty_uL, coverage, encoder_steps, ...days } = calibration
  return {
    rig_file_sha256: file_sha256,
    step_uL: toNumber(fromExact(step_uL)),
    uncertainty_uL: toNumber(fromExact(uncertainty_uL)),
    coverage: toNumber(fromExact(coverage)),
    encoder_steps: encoder_steps === null ? null : toNumber(fromExact(encoder_steps)),
    ...days,
    doubt,
  }
}
