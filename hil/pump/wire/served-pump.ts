/** Executes what a bench asks of a pump of this process: its set-up, its programs, and all that it hears. */
import { PUMP_EVENTS, type PumpOutput } from '#firmware-sim/messages'
import type { PumpModel } from '#firmware-sim/model'
import type { Pump, PumpDefinition, PumpSetup } from '#hil/pump/pump'
import { FIGURE_NAMES, isRequired, withFigure } from '#hil/pump/wire/figures'
import { inputOf } from '#hil/pump/wire/input-messages'
import { outputMessages } from '#hil/pump/wire/output-messages'
import { isProgramMessage, type ProgramMessage, programOf } from '#hil/pump/wire/program-messages'
import { fromWire } from '#hil/pump/wire/scale'
import { type Served, Unfit } from '#hil/pump/wire/served'
import { withLimit } from '#hil/pump/wire/setup-messages'
import { messageText } from '#protocol/pump/frame'
import { PUMP_LIMITS } from '#protocol/pump/limits'
import type { ToBench, ToPump } from '#protocol/pump/message'
import { programSum } from '#protocol/pump/program-sum'
import { CHOICES, type OptionName } from '#protocol/pump/words'
import { as, type Time_us } from '#units/quantity'
import { compare, ZERO } from '#units/rational'

type Of<Type extends ToPump['type']> = Extract<ToPump, { readonly type: Type }>
type Can = Extract<ToBench, { readonly type: 'CAN' }>

/** Optional commands; RESTORE goes with CUT. */
const INPUTS = [
  'REQUEST',
  'SILENCE',
  'READLOG',
  'CLEARLOG',
  'RESIDUAL',
  'CARRIER',
  'CUT',
  'SAG',
  'OHM',
  'JUMP',
  'FLIP',
] as const satisfies readonly ToPump['type'][]

/** Everything a pump of this process can. */
const EVERYTHING: readonly (readonly [Can['what'], readonly string[]])[] = [
  ['program', CHOICES.program],
  ['input', INPUTS],
  ['figure', FIGURE_NAMES.filter((name) => !isRequired(name))],
  ['limit', CHOICES.limit],
  ['alarm', CHOICES.alarm],
  ['event', PUMP_EVENTS],
  ['option', ['fractions' satisfies OptionName]],
]

const NO_LIMITS: PumpSetup['limits'] = { dailyDose: { soft: null, hard: null }, change: { soft: null, hard: null } }

/** The pump of a session, from its set-up on, in virtual time. */
export class ServedPump implements Served {
  readonly #definition: PumpDefinition
  #model: PumpModel
  #limits = NO_LIMITS
  #holds: Of<'HOLDS'> | null = null
  #place: Of<'PLACE'> | null = null
  #pump: Pump | null = null
  #program: ProgramMessage[] = []
  now_us: Time_us = as(ZERO)

  constructor(pump: PumpDefinition, model: PumpModel) {
    this.#definition = pump
    this.#model = model
  }

  get wake_us(): Time_us | null {
    return this.#pump?.nextWake() ?? null
  }

  execute(command: ToPump): readonly ToBench[] {
    if (command.type === 'CANS') {
      return EVERYTHING.flatMap(([what, names]) => names.map((name): Can => ({ type: 'CAN', what, name })))
    }
    if (command.type === 'BYE') return []
    if (this.#pump === null) return this.#setUp(command)
    if (isProgramMessage(command)) return this.#part(command)
    if (command.type === 'PREPARE') return this.#prepare(this.#pump, command)
    const timed = inputOf(command)
    if (timed === undefined) throw new Unfit(`${command.type} is of the set-up, which is over`, { reason: 'ORDER' })
    return this.#react(timed.at_us, () => this.#running.react(timed.at_us, timed.input))
  }

  get #running(): Pump {
    if (this.#pump === null) throw new RangeError('the pump was not set up')
    return this.#pump
  }

  #setUp(command: ToPump): readonly ToBench[] {
    switch (command.type) {
      case 'FIGURE':
        this.#model = fitting(() => withFigure(this.#model, command.figure, command.value))
        return []
      case 'LIMIT': {
        const limits = withLimit(this.#limits, command)
        if (limits === undefined)
          throw new Unfit(`${command.limit} is not given as ${command.measure}`, { reason: 'RANGE' })
        this.#limits = limits
        return []
      }
      case 'HOLDS':
        this.#holds = command
        return []
      case 'PLACE':
        this.#place = command
        return []
      case 'START':
        this.#pump = fitting(() => this.#definition.create(this.#setup()))
        return []
      default:
        throw new Unfit(`${command.type} comes after START`, { reason: 'ORDER' })
    }
  }

  #setup(): PumpSetup {
    const [holds, place] = [this.#holds, this.#place]
    if (holds === null || place === null) throw new Unfit('HOLDS and PLACE come before START', { reason: 'ORDER' })
    return {
      ...{ model: this.#model, limits: this.#limits, line: place.line },
      contents: { drug: holds.drug, concentration_ug_per_uL: fromWire(holds.concentration, 'micro') },
      volume_uL: fromWire(holds.volume, 'micro'),
      clock_us: as(place.clock),
      catheter_uL: fromWire(place.catheter, 'micro'),
    }
  }

  #part(part: ProgramMessage): readonly ToBench[] {
    if (part.type === 'BEGIN') this.#program = []
    else if (this.#program.length === 0) throw new Unfit(`${part.type} comes after BEGIN`, { reason: 'ORDER' })
    if (this.#program.length > PUMP_LIMITS.parts)
      throw new Unfit(`${PUMP_LIMITS.parts} parts are possible`, { reason: 'FULL' })
    this.#program.push(part)
    return []
  }

  #prepare(pump: Pump, { at, parts, sum }: Of<'PREPARE'>): readonly ToBench[] {
    const messages = this.#program
    this.#program = []
    if (messages.length === 0) throw new Unfit('PREPARE comes after BEGIN', { reason: 'ORDER' })
    const own = programSum(messages.map((message) => messageText('to-pump', message)))
    if (parts !== messages.length - 1 || sum !== own) {
      throw new Unfit(`${messages.length - 1} parts with the sum ${own} have come`, { reason: 'SUM' })
    }
    const program = programOf(messages)
    if (program === undefined) {
      throw new Unfit(`no program: ${messages.map(({ type }) => type).join(' ')}`, { reason: 'ORDER' })
    }
    return this.#react(as(at), () => pump.react(as(at), { kind: 'prepare', program }))
  }

  #react(at_us: Time_us, react: () => readonly PumpOutput[]): readonly ToBench[] {
    if (compare(at_us, this.now_us) < 0) throw new Unfit('an instant that has passed', { reason: 'LATE' })
    const outputs = fitting(react)
    this.now_us = at_us
    return outputs.flatMap(outputMessages)
  }
}

/** What comes of it; a pump that fails over what it was told was told something unfit. */
function fitting<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (error instanceof Unfit || !(error instanceof Error)) throw error
    throw new Unfit(error.message, { reason: 'RANGE', cause: error })
  }
}
