/**
 * The programmer: the clinician's device that asks a pump to store a program, and a correct one.
 *
 * It prepares, compares what the pump read back with what was meant, and commits only when they are the same. Stopping
 * needs no transaction.
 */
import type { Program, PumpOutput } from '#firmware-sim/messages'
import type { Pump } from '#hil/pump/pump'
import { exact } from '#hil/run/exact'
import type { ProgramRecord } from '#hil/run/trace'
import type { Time_us } from '#units/quantity'

export type Programmed =
  | { readonly applied: true; readonly stored: Program; readonly digest: string; readonly readback: Readback | null }
  | { readonly applied: false; readonly reason: string }

type Readback = Extract<PumpOutput, { kind: 'readback' }>

/** Programs the pump at the instant. Outputs that do not answer the programmer are handed to `others` as they come. */
export function sendProgram(
  pump: Pump,
  at_us: Time_us,
  program: Program,
  others: (outputs: readonly PumpOutput[]) => void,
): Programmed {
  if (program.kind === 'therapy' && program.therapy.mode === 'stopped') {
    return concluded(answers(pump.react(at_us, { kind: 'stop' }), others), program, null)
  }
  const prepared = answers(pump.react(at_us, { kind: 'prepare', program }), others)
  const refused = prepared.find((output) => output.kind === 'refused')
  if (refused !== undefined) return { applied: false, reason: refused.reason }
  const readback = prepared.find((output) => output.kind === 'readback')
  if (readback === undefined) return { applied: false, reason: 'the pump did not read back what it stored' }
  const [meant, stored] = [JSON.stringify(programRecord(program)), JSON.stringify(programRecord(readback.stored))]
  if (meant !== stored) {
    return { applied: false, reason: `the pump read back ${stored} where ${meant} was meant; nothing was committed` }
  }
  const committed = answers(pump.react(at_us, { kind: 'commit', digest: readback.digest }), others)
  return concluded(committed, readback.stored, readback)
}

type Answer = Extract<PumpOutput, { kind: 'readback' | 'applied' | 'refused' }>

function isAnswer(output: PumpOutput): output is Answer {
  return output.kind === 'readback' || output.kind === 'applied' || output.kind === 'refused'
}

function answers(outputs: readonly PumpOutput[], others: (outputs: readonly PumpOutput[]) => void): readonly Answer[] {
  others(outputs.filter((output) => !isAnswer(output)))
  return outputs.filter(isAnswer)
}

function concluded(outputs: readonly Answer[], stored: Program, readback: Readback | null): Programmed {
  const applied = outputs.find((output) => output.kind === 'applied')
  if (applied !== undefined) return { applied: true, stored, digest: applied.digest, readback }
  const refused = outputs.find((output) => output.kind === 'refused')
  return { applied: false, reason: refused?.reason ?? 'the pump did not answer' }
}

/** The program in base units, for the trace and for comparison. */
export function programRecord(program: Program): ProgramRecord {
  switch (program.kind) {
    case 'therapy': {
      const { therapy } = program
      if (therapy.mode !== 'simple-continuous') return { kind: 'therapy', mode: therapy.mode, dose: null, unit: null }
      const { dose } = therapy
      return dose.by === 'mass'
        ? { kind: 'therapy', mode: therapy.mode, dose: exact(dose.rate_ug_per_us), unit: 'ug/us' }
        : { kind: 'therapy', mode: therapy.mode, dose: exact(dose.rate_uL_per_us), unit: 'uL/us' }
    }
    case 'bolus': {
      const { dose, over_us } = program.bolus
      return dose.by === 'mass'
        ? { kind: 'bolus', dose: exact(dose.mass_ug), unit: 'ug', over_us: exact(over_us) }
        : { kind: 'bolus', dose: exact(dose.volume_uL), unit: 'uL', over_us: exact(over_us) }
    }
    case 'refill': {
      const { withdrawn, contents, volume_uL } = program.refill
      return {
        kind: 'refill',
        withdrawn_uL: withdrawn === 'all' ? 'all' : exact(withdrawn),
        drug: contents.drug,
        concentration_ug_per_uL: exact(contents.concentration_ug_per_uL),
        volume_uL: exact(volume_uL),
      }
    }
  }
}
