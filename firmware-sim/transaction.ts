/**
 * Programming in two halves: PREPARE checks a program and reads back what is stored, COMMIT brings it into force.
 *
 * A programmer that compares the readback with what was meant catches a slip before any drug flows, and a session that
 * breaks off in between leaves the old therapy as it was. The digest binds the commit to the readback, and the pump
 * remembers the last one it carried out: a programmer that lost the answer asks again and nothing is done twice.
 */
import { crc32 } from 'node:zlib'
import { isJump } from '#firmware-sim/clock'
import { dailyVolume, previousDaily } from '#firmware-sim/limits'
import type { Program, PumpUtterance } from '#firmware-sim/messages'
import type { PumpModel } from '#firmware-sim/model'
import type { Stimulus } from '#firmware-sim/operating'
import type { PumpState } from '#firmware-sim/state'
import { bolusText } from '#firmware-sim/therapy/bolus'
import { therapyText } from '#firmware-sim/therapy/therapies'
import { warningsOf } from '#firmware-sim/warnings'
import { as, type Volume_uL } from '#units/quantity'
import { add, divide, toText } from '#units/rational'

const TEXTS: { readonly [K in Program['kind']]: (program: Extract<Program, { kind: K }>) => string } = {
  therapy: ({ therapy }) => therapyText(therapy),
  bolus: ({ bolus }) => `bolus ${bolusText(bolus)}`,
  prime: ({ prime }) => `prime ${volumeText(prime.volume)}`,
  bridge: ({ bridge }) => `bridge ${volumeText(bridge.volume)}`,
  'patient-bolus': ({ patientBolus }) => {
    const { lockout_us, maxPerDay } = patientBolus
    return `patient-bolus ${bolusText(patientBolus)} each ${toText(lockout_us)} us, ${maxPerDay} a day`
  },
  refill: ({ refill }) => {
    const { withdrawn, contents, volume_uL } = refill
    const holds = `${toText(volume_uL)} uL of ${contents.drug} ${toText(contents.concentration_ug_per_uL)} ug/uL`
    return `refill withdrew ${volumeText(withdrawn)} holds ${holds}`
  },
  restart: () => 'restart',
  'set-clock': ({ to_us }) => `set-clock ${toText(to_us)} us`,
}

/** The canonical text of a program: equal programs have equal texts, and no others. */
export function programText(program: Program): string {
  // The compiler cannot follow that row and program share their kind; the table's type ensures it.
  const text = TEXTS[program.kind] as (program: Program) => string
  return text(program)
}

function volumeText(volume: 'auto' | 'all' | Volume_uL): string {
  return typeof volume === 'string' ? volume : `${toText(volume)} uL`
}

/** Eight hexadecimal digits that name the program in its transaction. */
export function digestOf(program: Program, transaction: number): string {
  return crc32(`${transaction} ${programText(program)}`)
    .toString(16)
    .padStart(8, '0')
}

/** Volume in 24 h with the program in force; a single bolus counts once, on top of the therapy. */
function volumeWith(model: PumpModel, after: PumpState, program: Program): Volume_uL {
  const daily = dailyVolume(model, after, after.therapy)
  if (program.kind !== 'bolus') return daily
  const { dose } = program.bolus
  const volume = dose.by === 'volume' ? dose.volume_uL : divide(dose.mass_ug, after.contents.concentration_ug_per_uL)
  return as(add(daily, volume))
}

/** What the pump says of a program it stored; `after` is its state with the program in force. */
export function readback(
  model: PumpModel,
  before: PumpState,
  after: PumpState,
  program: Program,
  digest: string,
): PumpUtterance {
  return {
    kind: 'readback',
    stored: program,
    digest,
    daily_uL: volumeWith(model, after, program),
    previousDaily_uL: program.kind === 'therapy' ? previousDaily(model, before) : null,
    warnings: warningsOf(model, before, after, program),
  }
}

/** The row of the operating table that a program asks for; a restart has become the therapy it resumes. */
export function stimulusOf(program: Exclude<Program, { kind: 'restart' }>, state: PumpState): Stimulus {
  switch (program.kind) {
    case 'therapy':
      return `program-${program.therapy.mode}`
    case 'set-clock':
      return isJump(state.clock, state.now_us, program.to_us) ? 'clock-jumped' : 'program-set-clock'
    case 'bolus':
    case 'prime':
    case 'bridge':
    case 'patient-bolus':
    case 'refill':
      return `program-${program.kind}`
  }
}
