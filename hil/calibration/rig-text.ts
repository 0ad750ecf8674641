/**
 * A calibration as the text of a rig file: figures as decimals, their uncertainty never made smaller by rounding.
 */
import type { Calibrated, CalibrationPlan } from '#hil/calibration/calibrate'
import { type RigText, rigFileText } from '#hil/calibration/rig-file'
import type { InstrumentRecord } from '#hil/run/trace'

/** What a calibration does not find out by itself. */
export interface Provenance {
  readonly rig: string
  readonly identity: string
  readonly balance: Omit<InstrumentRecord, 'serial'>
  readonly calibrated: string
  readonly due: string
  readonly note: string
}

/** Digits of an uncertainty that mean anything. */
const DIGITS = 2

/** The figures of a calibration as its rig file states them, and as they are told to people. */
export type WrittenFigures = Pick<RigText, 'step_uL' | 'uncertainty_uL' | 'coverage' | 'budget'>

export function writtenFigures({ step_uL, uncertainty, budget }: Calibrated): WrittenFigures {
  const decimals = decimalsOf(uncertainty.expanded_uL)
  return {
    step_uL: step_uL.toFixed(decimals),
    uncertainty_uL: upwards(uncertainty.expanded_uL + 0.5 * 10 ** -decimals, decimals),
    coverage: String(uncertainty.coverage),
    budget: budget.map(({ source, standard_uL }) => ({ source, standard_uL: upwards(standard_uL, decimals + 1) })),
  }
}

/** The rig file of a calibration. */
export function calibrationText(calibrated: Calibrated, plan: CalibrationPlan, from: Provenance): string {
  const { runs, balanceSerial } = calibrated
  const text: RigText = {
    rig: from.rig,
    identity: from.identity,
    ...writtenFigures(calibrated),
    encoder_steps: '1',
    instruments: [{ ...from.balance, serial: balanceSerial }],
    calibrated: from.calibrated,
    due: from.due,
    note: `${runs.length} runs of ${plan.steps} steps; ${from.note}`,
  }
  return rigFileText(text)
}

/** Decimals that keep two digits of an uncertainty above zero. */
function decimalsOf(uncertainty: number): number {
  return Math.min(15, Math.max(0, DIGITS - 1 - Math.floor(Math.log10(uncertainty))))
}

function upwards(value: number, decimals: number): string {
  const scale = 10 ** decimals
  return (Math.ceil(value * scale) / scale).toFixed(decimals)
}
