/**
 * Programming in two halves: PREPARE checks a program and reads back what is stored, COMMIT brings it into force.
 *
 * A programmer that compares the readback with what was meant catches a slip before any drug flows, and a session that
 * breaks off in between leaves the old therapy as it was. The digest binds the commit to the readback.
 */
import { crc32 } from 'node:zlib'
import type { Contents, Program, PumpOutput } from '#firmware-sim/messages'
import type { PumpModel } from '#firmware-sim/model'
import type { Stimulus } from '#firmware-sim/operating'
import type { PumpState } from '#firmware-sim/state'
import { bolusRate, bolusText, started } from '#firmware-sim/therapy/bolus'
import { therapyRate, therapyText } from '#firmware-sim/therapy/therapies'
import { as, DAY_us, type Time_us, type Volume_uL } from '#units/quantity'
import { add, multiply, toText } from '#units/rational'

/** The canonical text of a program: equal programs have equal texts, and no others. */
export function programText(program: Program): string {
  switch (program.kind) {
    case 'therapy':
      return therapyText(program.therapy)
    case 'bolus':
      return bolusText(program.bolus)
    case 'refill': {
      const { withdrawn, contents, volume_uL } = program.refill
      const drawn = withdrawn === 'all' ? 'all' : `${toText(withdrawn)} uL`
      const holds = `${toText(volume_uL)} uL of ${contents.drug} ${toText(contents.concentration_ug_per_uL)} ug/uL`
      return `refill withdrew ${drawn} holds ${holds}`
    }
  }
}

/** Eight hexadecimal digits that name the program. */
export function digestOf(program: Program): string {
  return crc32(programText(program)).toString(16).padStart(8, '0')
}

/** Volume a day with the program in force; a bolus counts once, on top of the therapy. */
function dailyVolume(model: PumpModel, state: PumpState, program: Program): Volume_uL {
  const daily = (therapy: PumpState['therapy'], contents: Contents) =>
    multiply(therapyRate(therapy, contents, model), DAY_us)
  switch (program.kind) {
    case 'therapy':
      return as(daily(program.therapy, state.contents))
    case 'bolus': {
      const { over_us } = program.bolus
      const volume = multiply(bolusRate(started(program.bolus, state.now_us), state.contents), over_us)
      return as(add(daily(state.therapy, state.contents), volume))
    }
    case 'refill':
      return as(daily(state.therapy, program.refill.contents))
  }
}

/**
 * Volume a day of the last therapy that gave anything, at the concentration the pump holds now, so that a change of the
 * dose is not mixed up with one of the drug; null where there is none, or where the program changes no dose.
 */
function previousDaily(model: PumpModel, state: PumpState, program: Program): Volume_uL | null {
  if (program.kind !== 'therapy' || state.lastGiving === null) return null
  return as(multiply(therapyRate(state.lastGiving, state.contents, model), DAY_us))
}

export function readback(model: PumpModel, state: PumpState, at_us: Time_us, program: Program): PumpOutput {
  return {
    kind: 'readback',
    at_us,
    stored: program,
    digest: digestOf(program),
    daily_uL: dailyVolume(model, state, program),
    previousDaily_uL: previousDaily(model, state, program),
  }
}

/** The row of the operating table that a program asks for. */
export function stimulusOf(program: Program): Stimulus {
  switch (program.kind) {
    case 'therapy':
      return `program-${program.therapy.mode}`
    case 'bolus':
      return 'program-bolus'
    case 'refill':
      return 'program-refill'
  }
}
