/** A program in base units, for the trace and for comparison: equal programs have equal records, and no others. */
import type { Dose, DoseRate, Program, Therapy } from '#firmware-sim/messages'
import { exact } from '#hil/run/exact'
import type { DoseRecord, ProgramRecord, RateRecord } from '#hil/run/trace'
import type { Volume_uL } from '#units/quantity'

export function programRecord(program: Program): ProgramRecord {
  switch (program.kind) {
    case 'therapy':
      return therapyRecord(program.therapy)
    case 'bolus':
      return { kind: 'bolus', ...doseRecord(program.bolus.dose), over_us: exact(program.bolus.over_us) }
    case 'prime':
      return { kind: 'prime', volume_uL: volumeRecord(program.prime.volume) }
    case 'bridge':
      return { kind: 'bridge', volume_uL: volumeRecord(program.bridge.volume) }
    case 'patient-bolus': {
      const { dose, over_us, lockout_us, maxPerDay } = program.patientBolus
      const rest = { over_us: exact(over_us), lockout_us: exact(lockout_us), max_per_day: maxPerDay }
      return { kind: 'patient-bolus', ...doseRecord(dose), ...rest }
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
    case 'restart':
      return { kind: 'restart' }
    case 'set-clock':
      return { kind: 'set-clock', to_us: exact(program.to_us) }
  }
}

function therapyRecord(therapy: Therapy): ProgramRecord {
  const { mode } = therapy
  switch (mode) {
    case 'stopped':
    case 'minimum-rate':
      return { kind: 'therapy', mode, dose: null, unit: null }
    case 'simple-continuous':
      return { kind: 'therapy', mode, ...rateRecord(therapy.dose) }
    case 'flex': {
      const boluses = therapy.boluses.map(({ at_us, dose, over_us }) => {
        return { at_us: exact(at_us), ...doseRecord(dose), over_us: exact(over_us) }
      })
      return { kind: 'therapy', mode, basal: rateRecord(therapy.basal), boluses, days: [...therapy.days] }
    }
    case 'periodic-bolus': {
      const { basal, dose, over_us, every_us } = therapy
      const bolus = { ...doseRecord(dose), over_us: exact(over_us), every_us: exact(every_us) }
      return { kind: 'therapy', mode, basal: basal === null ? null : rateRecord(basal), ...bolus }
    }
  }
}

function doseRecord(dose: Dose): DoseRecord {
  return dose.by === 'mass' ? { dose: exact(dose.mass_ug), unit: 'ug' } : { dose: exact(dose.volume_uL), unit: 'uL' }
}

function rateRecord(rate: DoseRate): RateRecord {
  return rate.by === 'mass'
    ? { dose: exact(rate.rate_ug_per_us), unit: 'ug/us' }
    : { dose: exact(rate.rate_uL_per_us), unit: 'uL/us' }
}

function volumeRecord(volume: 'auto' | Volume_uL): string {
  return volume === 'auto' ? 'auto' : exact(volume)
}
