/** A program as the messages it crosses the pump's wire in, and back. They are the same when it is read back. */
import type {
  Contents,
  DailyBolus,
  Dose,
  DoseRate,
  PatientBolus,
  Program,
  Therapy,
  Weekday,
} from '#firmware-sim/messages'
import { fromWire, toWire } from '#hil/pump/wire/scale'
import type { ToPump } from '#protocol/pump/message'
import { PROGRAM_PARTS } from '#protocol/pump/program-parts'
import type { Mass_ug, Time_us, Volume_uL } from '#units/quantity'

/** BEGIN or a part of a program. */
export type ProgramMessage = Extract<ToPump, { readonly type: keyof typeof PROGRAM_PARTS }>
type Of<Type extends ProgramMessage['type']> = Extract<ProgramMessage, { readonly type: Type }>

const WEEK: readonly Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']

export function isProgramMessage(message: { readonly type: string }): message is ProgramMessage {
  return Object.hasOwn(PROGRAM_PARTS, message.type)
}

/** BEGIN and the parts, in the order of the wire. */
export function programMessages(program: Program): readonly ProgramMessage[] {
  switch (program.kind) {
    case 'therapy':
      return [{ type: 'BEGIN', program: program.therapy.mode }, ...therapyParts(program.therapy)]
    case 'bolus':
      return [{ type: 'BEGIN', program: 'bolus' }, dosePart(program.bolus.dose, program.bolus.over_us)]
    case 'prime':
      return [{ type: 'BEGIN', program: 'prime' }, spacePart(program.prime.volume)]
    case 'bridge':
      return [{ type: 'BEGIN', program: 'bridge' }, spacePart(program.bridge.volume)]
    case 'patient-bolus': {
      const { dose, over_us, lockout_us, maxPerDay } = program.patientBolus
      const leave: Of<'LEAVE'> = { type: 'LEAVE', lockout: lockout_us, most: maxPerDay }
      return [{ type: 'BEGIN', program: 'patient-bolus' }, dosePart(dose, over_us), leave]
    }
    case 'refill': {
      const { withdrawn, contents, volume_uL } = program.refill
      return [
        { type: 'BEGIN', program: 'refill' },
        { type: 'DRAWN', volume: withdrawn === 'all' ? 'all' : toWire(withdrawn, 'micro') },
        {
          type: 'FILL',
          drug: contents.drug,
          concentration: toWire(contents.concentration_ug_per_uL, 'micro'),
          volume: toWire(volume_uL, 'micro'),
        },
      ]
    }
    case 'restart':
      return [{ type: 'BEGIN', program: 'restart' }]
    case 'set-clock':
      return [
        { type: 'BEGIN', program: 'set-clock' },
        { type: 'SHOW', clock: program.to_us },
      ]
  }
}

function therapyParts(therapy: Therapy): ProgramMessage[] {
  switch (therapy.mode) {
    case 'stopped':
    case 'minimum-rate':
      return []
    case 'simple-continuous':
      return [ratePart(therapy.dose)]
    case 'flex': {
      const days = WEEK.reduce((sum, day, index) => sum + (therapy.days.includes(day) ? 2 ** index : 0), 0)
      return [ratePart(therapy.basal), ...therapy.boluses.map(dailyPart), { type: 'DAYS', days }]
    }
    case 'periodic-bolus': {
      const { basal, dose, over_us, every_us } = therapy
      const rest: ProgramMessage[] = [dosePart(dose, over_us), { type: 'EVERY', interval: every_us }]
      return basal === null ? rest : [ratePart(basal), ...rest]
    }
  }
}

function ratePart(rate: DoseRate): Of<'RATE'> {
  const value = rate.by === 'mass' ? rate.rate_ug_per_us : rate.rate_uL_per_us
  return { type: 'RATE', by: rate.by, amount: toWire(value, 'daily') }
}

function amountOf(dose: Dose) {
  return { by: dose.by, amount: toWire(dose.by === 'mass' ? dose.mass_ug : dose.volume_uL, 'micro') }
}

function dosePart(dose: Dose, over_us: Time_us): Of<'DOSE'> {
  return { type: 'DOSE', ...amountOf(dose), over: over_us }
}

function dailyPart({ at_us, dose, over_us }: DailyBolus): Of<'DAILY'> {
  return { type: 'DAILY', time: at_us, ...amountOf(dose), over: over_us }
}

function spacePart(volume: 'auto' | Volume_uL): Of<'SPACE'> {
  return { type: 'SPACE', volume: volume === 'auto' ? 'auto' : toWire(volume, 'micro') }
}

/** The program that the messages are; undefined where they are none. */
export function programOf(messages: readonly ProgramMessage[]): Program | undefined {
  const parts = new Parts(messages)
  const begin = parts.take('BEGIN')
  if (begin === undefined) return undefined
  const program = programFrom(begin.program, parts)
  return parts.left === 0 ? program : undefined
}

/** The parts of a program, taken one after another. */
class Parts {
  readonly #messages: ProgramMessage[]

  constructor(messages: readonly ProgramMessage[]) {
    this.#messages = [...messages]
  }

  get left(): number {
    return this.#messages.length
  }

  /** The next part if it is of that type; undefined otherwise. */
  take<Type extends ProgramMessage['type']>(type: Type): Of<Type> | undefined {
    const [next] = this.#messages
    if (next?.type !== type) return undefined
    this.#messages.shift()
    return next as Of<Type>
  }
}

function programFrom(kind: Of<'BEGIN'>['program'], parts: Parts): Program | undefined {
  switch (kind) {
    case 'stopped':
    case 'minimum-rate':
      return { kind: 'therapy', therapy: { mode: kind } }
    case 'simple-continuous': {
      const dose = rateFrom(parts)
      return dose && { kind: 'therapy', therapy: { mode: kind, dose } }
    }
    case 'flex':
      return flexFrom(parts)
    case 'periodic-bolus':
      return periodicFrom(parts)
    case 'bolus': {
      const bolus = doseFrom(parts)
      return bolus && { kind, bolus }
    }
    case 'prime': {
      const volume = spaceFrom(parts)
      return volume && { kind, prime: { volume } }
    }
    case 'bridge': {
      const volume = spaceFrom(parts)
      return volume && { kind, bridge: { volume } }
    }
    case 'patient-bolus': {
      const [bolus, leave] = [doseFrom(parts), parts.take('LEAVE')]
      if (bolus === undefined || leave === undefined) return undefined
      const { lockout, most } = leave
      const patientBolus: PatientBolus = { ...bolus, lockout_us: fromWire(lockout, 'same'), maxPerDay: most }
      return { kind, patientBolus }
    }
    case 'refill':
      return refillFrom(parts)
    case 'restart':
      return { kind }
    case 'set-clock': {
      const show = parts.take('SHOW')
      return show && { kind, to_us: fromWire(show.clock, 'same') }
    }
  }
}

function flexFrom(parts: Parts): Program | undefined {
  const basal = rateFrom(parts)
  const boluses: DailyBolus[] = []
  for (let daily = parts.take('DAILY'); daily !== undefined; daily = parts.take('DAILY')) {
    boluses.push({ at_us: fromWire(daily.time, 'same'), ...bolusFrom(daily) })
  }
  const mask = parts.take('DAYS')?.days
  if (basal === undefined || mask === undefined) return undefined
  const days = WEEK.filter((_, index) => (mask & (2 ** index)) !== 0)
  return { kind: 'therapy', therapy: { mode: 'flex', basal, boluses, days } }
}

function periodicFrom(parts: Parts): Program | undefined {
  const basal = rateFrom(parts) ?? null
  const [bolus, every] = [doseFrom(parts), parts.take('EVERY')]
  if (bolus === undefined || every === undefined) return undefined
  const therapy: Therapy = { mode: 'periodic-bolus', basal, ...bolus, every_us: fromWire(every.interval, 'same') }
  return { kind: 'therapy', therapy }
}

function refillFrom(parts: Parts): Program | undefined {
  const [drawn, fill] = [parts.take('DRAWN'), parts.take('FILL')]
  if (drawn === undefined || fill === undefined) return undefined
  const { drug, concentration, volume } = fill
  const withdrawn = drawn.volume === 'all' ? 'all' : fromWire<Volume_uL>(drawn.volume, 'micro')
  const contents: Contents = { drug, concentration_ug_per_uL: fromWire(concentration, 'micro') }
  return { kind: 'refill', refill: { withdrawn, contents, volume_uL: fromWire(volume, 'micro') } }
}

function rateFrom(parts: Parts): DoseRate | undefined {
  const rate = parts.take('RATE')
  if (rate === undefined) return undefined
  return rate.by === 'mass'
    ? { by: 'mass', rate_ug_per_us: fromWire(rate.amount, 'daily') }
    : { by: 'volume', rate_uL_per_us: fromWire(rate.amount, 'daily') }
}

function doseFrom(parts: Parts) {
  const dose = parts.take('DOSE')
  return dose && bolusFrom(dose)
}

function bolusFrom({ by, amount, over }: Pick<Of<'DOSE'>, 'by' | 'amount' | 'over'>) {
  const dose: Dose =
    by === 'mass'
      ? { by, mass_ug: fromWire<Mass_ug>(amount, 'micro') }
      : { by, volume_uL: fromWire<Volume_uL>(amount, 'micro') }
  return { dose, over_us: fromWire<Time_us>(over, 'same') }
}

function spaceFrom(parts: Parts): 'auto' | Volume_uL | undefined {
  const space = parts.take('SPACE')
  if (space === undefined) return undefined
  return space.volume === 'auto' ? 'auto' : fromWire<Volume_uL>(space.volume, 'micro')
}
