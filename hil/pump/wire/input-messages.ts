/** What a pump hears as commands on its wire, and back. A program crosses in parts and is not here. */
import type { PumpInput } from '#firmware-sim/messages'
import { fromWire, toWire } from '#hil/pump/wire/scale'
import type { ToPump } from '#protocol/pump/message'
import { as, type Time_us } from '#units/quantity'
import { type Rational, toSafeInteger, whole } from '#units/rational'

/** Everything a pump hears but programs. */
export type PlainInput = Exclude<PumpInput, { readonly kind: 'prepare' }>

/** The command that an input is at an instant. */
export function inputMessage(at: Time_us, input: PlainInput): ToPump {
  switch (input.kind) {
    case 'wake':
      return { type: 'ADVANCE', to: at }
    case 'commit':
      return { type: 'COMMIT', at, digest: input.digest }
    case 'stop':
      return { type: 'STOP', at }
    case 'interrogate':
      return { type: 'TELL', at, to: 'programmer' }
    case 'observe':
      return { type: 'TELL', at, to: 'bench' }
    case 'request-bolus':
      return { type: 'REQUEST', at }
    case 'silence':
      return { type: 'SILENCE', at }
    case 'read-log':
      return { type: 'READLOG', at }
    case 'clear':
      return { type: 'CLEARLOG', at }
    case 'rotor':
      return { type: 'ROTOR', at, due: input.due_us, moved: Number(input.moved) }
    case 'residual':
      return { type: 'RESIDUAL', at, volume: toWire(input.measured_uL, 'micro') }
    case 'carrier':
      return { type: 'CARRIER', at, present: Number(input.present) }
    case 'power-fails':
      return { type: 'CUT', at, write: input.atWrite === null ? 'now' : whole(input.atWrite) }
    case 'power-returns':
      return { type: 'RESTORE', at }
    case 'brown-out':
      return { type: 'SAG', at }
    case 'cell-resistance':
      return { type: 'OHM', at, more: input.by_ohm }
    case 'clock-jumps':
      return { type: 'JUMP', at, forward: input.by_us }
    case 'bit-flip':
      return { type: 'FLIP', at, copy: input.copy, bit: input.bit, part: input.part ?? 'any' }
  }
}

/** An input and when it comes. */
export interface Timed {
  readonly at_us: Time_us
  readonly input: PlainInput
}

/** The input that a command is; undefined for what is none, such as set-up and programs. */
export function inputOf(message: ToPump): Timed | undefined {
  const timed = (at: Rational, input: PlainInput): Timed => ({ at_us: as(at), input })
  switch (message.type) {
    case 'ADVANCE':
      return timed(message.to, { kind: 'wake' })
    case 'COMMIT':
      return timed(message.at, { kind: 'commit', digest: message.digest })
    case 'STOP':
      return timed(message.at, { kind: 'stop' })
    case 'TELL':
      return timed(message.at, { kind: message.to === 'programmer' ? 'interrogate' : 'observe' })
    case 'REQUEST':
      return timed(message.at, { kind: 'request-bolus' })
    case 'SILENCE':
      return timed(message.at, { kind: 'silence' })
    case 'READLOG':
      return timed(message.at, { kind: 'read-log' })
    case 'CLEARLOG':
      return timed(message.at, { kind: 'clear' })
    case 'ROTOR':
      return timed(message.at, { kind: 'rotor', due_us: as(message.due), moved: message.moved === 1 })
    case 'RESIDUAL':
      return timed(message.at, { kind: 'residual', measured_uL: fromWire(message.volume, 'micro') })
    case 'CARRIER':
      return timed(message.at, { kind: 'carrier', present: message.present === 1 })
    case 'CUT':
      return timed(message.at, {
        kind: 'power-fails',
        atWrite: message.write === 'now' ? null : toSafeInteger(message.write.n),
      })
    case 'RESTORE':
      return timed(message.at, { kind: 'power-returns' })
    case 'SAG':
      return timed(message.at, { kind: 'brown-out' })
    case 'OHM':
      return timed(message.at, { kind: 'cell-resistance', by_ohm: as(message.more) })
    case 'JUMP':
      return timed(message.at, { kind: 'clock-jumps', by_us: as(message.forward) })
    case 'FLIP': {
      const { copy, bit, part } = message
      return timed(message.at, { kind: 'bit-flip', copy, bit, ...(part === 'any' ? {} : { part }) })
    }
    default:
      return undefined
  }
}
