/**
 * A rig file read and written: from its text to the measured rig of a run, and from a calibration to its text.
 */
import { createHash } from 'node:crypto'
import { stringify } from 'yaml'
import { RIG_OPENING, rigSchema } from '#hil/calibration/rig-language'
import { exact } from '#hil/run/exact'
import type { MeasuredRig } from '#hil/run/measured-rig'
import type { InstrumentRecord } from '#hil/run/trace'
import { Findings } from '#hil/scenario/findings'
import type { Problem } from '#hil/scenario/problem'
import { readSheet } from '#hil/scenario/sheet'
import { read, valueIn } from '#hil/scenario/structure'
import { found } from '#hil/scenario/wording'
import { compare } from '#units/rational'

/** A rig file that is in order, or every problem of it in the order of the text. */
export type ParsedRig =
  | { readonly ok: true; readonly rig: RigFile }
  | { readonly ok: false; readonly problems: readonly Problem[] }

/** What the file says, for a run on a day that is still to be given. */
export interface RigFile extends Pick<MeasuredRig, 'rig' | 'identity'> {
  readonly calibration: Omit<MeasuredRig['calibration'], 'used'>
}

/** Reads the text of a rig file. `file` is only quoted in problems. Never throws on account of the text. */
export function parseRigFile(text: string, file: string): ParsedRig {
  const findings = new Findings(readSheet(text, RIG_OPENING))
  const rig = findings.sheet.root === undefined ? undefined : readRig(findings, text)
  if (rig === undefined || findings.count > 0) return { ok: false, problems: findings.problems(file, text) }
  return { ok: true, rig }
}

function readRig(findings: Findings, text: string): RigFile | undefined {
  const root = valueIn(findings.sheet.root, [])
  if (typeof root !== 'object' || root === null || Array.isArray(root)) {
    findings.add([], `${RIG_OPENING}, found ${found(root)}`)
    return undefined
  }
  const written = read(findings, [], rigSchema)
  if (written === undefined) return undefined
  const { rig, identity, step_volume, uncertainty, coverage, encoder, instruments, calibrated, due } = written
  if (compare(uncertainty.value, step_volume.value) >= 0) {
    findings.add(['uncertainty'], `"${uncertainty.text}" is no less than the step volume itself: this measured nothing`)
  }
  if (due < calibrated) findings.add(['due'], `"${due}" is before the calibration of ${calibrated}`)
  for (const [index, instrument] of instruments.entries()) {
    if (instrument.due >= calibrated) continue
    const late = `"${instrument.due}": the rig was calibrated on ${calibrated} with an instrument past its due date`
    findings.add(['instruments', index, 'due'], `${late}; calibrate it with one that is in date`)
  }
  return {
    rig,
    identity,
    calibration: {
      file_sha256: createHash('sha256').update(text).digest('hex'),
      step_uL: exact(step_volume.value),
      uncertainty_uL: exact(uncertainty.value),
      coverage: exact(coverage),
      encoder_steps: encoder === undefined ? null : exact(encoder.value),
      instruments,
      calibrated,
      due,
    },
  }
}

/** The rig of the file, used on a day `YYYY-MM-DD`. */
export function usedOn({ calibration, ...rig }: RigFile, day: string): MeasuredRig {
  return { ...rig, calibration: { ...calibration, used: day } }
}

/** What a calibration has to say. Figures are decimals as they will stand in the file. */
export interface RigText {
  readonly rig: string
  readonly identity: string
  readonly step_uL: string
  readonly uncertainty_uL: string
  readonly coverage: string
  readonly encoder_steps: string
  readonly instruments: readonly InstrumentRecord[]
  readonly calibrated: string
  readonly due: string
  readonly budget: readonly { readonly source: string; readonly standard_uL: string }[]
  readonly note: string
}

/** The text of a rig file, which {@link parseRigFile} reads back. */
export function rigFileText(rig: RigText): string {
  return stringify({
    schema: 'pumpbench/rig@1',
    rig: rig.rig,
    identity: rig.identity,
    step_volume: `${rig.step_uL} uL`,
    uncertainty: `${rig.uncertainty_uL} uL`,
    coverage: Number(rig.coverage),
    encoder: `${rig.encoder_steps} step`,
    instruments: rig.instruments,
    calibrated: rig.calibrated,
    due: rig.due,
    budget: rig.budget.map(({ source, standard_uL }) => ({ source, standard: `${standard_uL} uL` })),
    note: rig.note,
  })
}
