/** What a pump says, as messages on its wire and back. What takes several of them is put together again. */
import type { BookedRun, LogEntry, PumpOutput } from '#firmware-sim/messages'
import { isProgramMessage, type ProgramMessage, programMessages, programOf } from '#hil/pump/wire/program-messages'
import { fromWire, toWire } from '#hil/pump/wire/scale'
import { messageText } from '#protocol/pump/frame'
import type { ToBench } from '#protocol/pump/message'
import { programSum } from '#protocol/pump/program-sum'
import { as, type Mass_ug, type Time_us, type Volume_uL } from '#units/quantity'

type Of<Type extends ToBench['type']> = Extract<ToBench, { readonly type: Type }>

/** The messages of an output, in order. */
export function outputMessages(output: PumpOutput): readonly ToBench[] {
  const at = output.at_us
  switch (output.kind) {
    case 'order':
      return [{ type: 'ORDER', at, first: output.first_us, interval: output.interval_us, count: output.count }]
    case 'cancel':
      return [{ type: 'CANCEL', at, after: output.after_us }]
    case 'booked':
      return [{ type: 'BOOKED', at, ...runFields(output.run) }]
    case 'withdrawn':
      return [{ type: 'UNBOOKED', at, ...runFields(output.run) }]
    case 'alarm':
      return [{ type: 'ALARM', at, alarm: output.alarm, priority: output.priority, change: output.state }]
    case 'tone':
      return [{ type: 'TONE', at, alarm: output.alarm ?? 'none', pattern: output.pattern }]
    case 'event':
      return [{ type: 'EVENT', at, event: output.event, detail: output.detail }]
    case 'power':
      return [{ type: 'POWER', at, on: Number(output.on) }]
    case 'applied':
      return [{ type: 'APPLIED', at, digest: output.digest }]
    case 'refused':
      return [{ type: 'REFUSED', at, reason: output.reason }]
    case 'readback':
      return readbackMessages(output)
    case 'status': {
      const { state, steps, volume_uL, dose_ug, reservoir_uL, open, clock_us } = output.status
      return [
        ...dose_ug.map(([drug, mass_ug]): ToBench => ({ type: 'GIVEN', drug, mass: toWire(mass_ug, 'micro') })),
        ...(open === null ? [] : [{ type: 'OPEN', ...runFields(open) } as const]),
        {
          ...({ type: 'STATUS', at, state, steps, clock: clock_us } as const),
          volume: toWire(volume_uL, 'micro'),
          reservoir: toWire(reservoir_uL, 'micro'),
        },
      ]
    }
    case 'log':
      return [
        ...output.entries.map(({ at_us, event, detail }): ToBench => ({ type: 'ENTRY', at: at_us, event, detail })),
        { type: 'LOG', at, entries: output.entries.length, dropped: output.dropped },
      ]
  }
}

function readbackMessages(output: Extract<PumpOutput, { kind: 'readback' }>): readonly ToBench[] {
  const { at_us, stored, digest, daily_uL, previousDaily_uL, warnings } = output
  const program = programMessages(stored)
  return [
    ...program,
    ...warnings.map((warning): ToBench => ({ type: 'WARNING', warning })),
    {
      ...({ type: 'STORED', at: at_us, digest } as const),
      sum: programSum(program.map((part) => messageText('to-bench', part))),
      daily: toWire(daily_uL, 'micro'),
      previous: previousDaily_uL === null ? 'none' : toWire(previousDaily_uL, 'micro'),
    },
  ]
}

function runFields({ first_us, interval_us, count, step_uL, drug, step_ug }: BookedRun) {
  const [volume, mass] = [toWire(step_uL, 'micro'), toWire(step_ug, 'micro')]
  return { first: first_us, interval: interval_us, count, volume, mass, drug }
}

function runOf({ first, interval, count, volume, mass, drug }: Omit<Of<'OPEN'>, 'type'>): BookedRun {
  const [step_uL, step_ug] = [fromWire<Volume_uL>(volume, 'micro'), fromWire<Mass_ug>(mass, 'micro')]
  return { first_us: as(first), interval_us: as(interval), count, step_uL, drug, step_ug }
}

/** What is wrong with a reply, to be told to a person. */
export class StrangeReply extends Error {
  override readonly name = 'StrangeReply'
}

/** The outputs of a reply. Throws {@link StrangeReply} where its messages do not go together. */
export function outputsOf(messages: readonly ToBench[]): readonly PumpOutput[] {
  const gathered = new Gathered()
  const outputs = messages.flatMap((message) => gathered.take(message) ?? [])
  gathered.mustBeEmpty('the end of the reply')
  return outputs
}

/** Messages that wait for the one that ends them: of a program, an account, a log. */
class Gathered {
  #program: ProgramMessage[] = []
  #warnings: string[] = []
  #given: (readonly [drug: string, mass_ug: Mass_ug])[] = []
  #open: BookedRun | null = null
  #entries: LogEntry[] = []

  /** The output that the message is or ends; undefined while more has to come. */
  take(message: ToBench): PumpOutput | undefined {
    if (isProgramMessage(message)) {
      if (message.type === 'BEGIN') this.mustBeEmpty('BEGIN')
      this.#program.push(message)
      return undefined
    }
    switch (message.type) {
      case 'WARNING':
        this.#warnings.push(message.warning)
        return undefined
      case 'STORED':
        return this.#readback(message)
      case 'GIVEN':
        this.#given.push([message.drug, fromWire(message.mass, 'micro')])
        return undefined
      case 'OPEN':
        if (this.#open !== null) throw new StrangeReply('the pump said OPEN twice in one account')
        this.#open = runOf(message)
        return undefined
      case 'STATUS':
        return this.#status(message)
      case 'ENTRY':
        this.#entries.push({ at_us: as(message.at), event: message.event, detail: message.detail })
        return undefined
      case 'LOG':
        return this.#log(message)
      default:
        return singleOutput(message)
    }
  }

  /** Nothing waits; throws {@link StrangeReply} where something does, naming what came instead of what ends it. */
  mustBeEmpty(came: string): void {
    const waiting = [
      this.#program.length + this.#warnings.length > 0 ? 'STORED' : null,
      this.#given.length > 0 || this.#open !== null ? 'STATUS' : null,
      this.#entries.length > 0 ? 'LOG' : null,
    ].find((ending) => ending !== null)
    if (waiting !== undefined) throw new StrangeReply(`the pump said ${came} where ${waiting} was due`)
  }

  #readback({ at, digest, sum, daily, previous }: Of<'STORED'>): PumpOutput {
    const [program, warnings] = [this.#program, this.#warnings]
    this.#program = []
    this.#warnings = []
    const stored = programOf(program)
    if (stored === undefined) {
      const parts = program.map(({ type }) => type).join(', ')
      throw new StrangeReply(`the pump read back ${parts === '' ? 'nothing' : parts}, which is no program`)
    }
    const own = programSum(program.map((part) => messageText('to-bench', part)))
    // A programmer that cannot trust what it reads commits nothing: to it this is a refusal.
    if (own !== sum) {
      const reason = `the pump read back its program with the sum ${sum}, and that of what it read back is ${own}; nothing was committed`
      return { kind: 'refused', at_us: as(at), reason }
    }
    const previousDaily_uL = previous === 'none' ? null : fromWire<Volume_uL>(previous, 'micro')
    const daily_uL = fromWire<Volume_uL>(daily, 'micro')
    return { kind: 'readback', at_us: as(at), stored, digest, daily_uL, previousDaily_uL, warnings }
  }

  #status({ at, state, steps, volume, reservoir, clock }: Of<'STATUS'>): PumpOutput {
    const [dose_ug, open] = [this.#given, this.#open]
    this.#given = []
    this.#open = null
    const volume_uL = fromWire<Volume_uL>(volume, 'micro')
    const reservoir_uL = fromWire<Volume_uL>(reservoir, 'micro')
    const status = { state, steps, volume_uL, dose_ug, reservoir_uL, open, clock_us: as<Time_us>(clock) }
    return { kind: 'status', at_us: as(at), status }
  }

  #log({ at, entries: count, dropped }: Of<'LOG'>): PumpOutput {
    const entries = this.#entries
    this.#entries = []
    if (entries.length !== count) {
      throw new StrangeReply(`the pump said that its log has ${count} entries, and gave ${entries.length}`)
    }
    return { kind: 'log', at_us: as(at), entries, dropped }
  }
}

function singleOutput(message: ToBench): PumpOutput {
  switch (message.type) {
    case 'ORDER': {
      const { at, first, interval, count } = message
      return { kind: 'order', at_us: as(at), first_us: as(first), interval_us: as(interval), count }
    }
    case 'CANCEL':
      return { kind: 'cancel', at_us: as(message.at), after_us: as(message.after) }
    case 'BOOKED':
      return { kind: 'booked', at_us: as(message.at), run: runOf(message) }
    case 'UNBOOKED':
      return { kind: 'withdrawn', at_us: as(message.at), run: runOf(message) }
    case 'ALARM': {
      const { at, alarm, priority, change } = message
      return { kind: 'alarm', at_us: as(at), alarm, priority, state: change }
    }
    case 'TONE': {
      const { at, alarm, pattern } = message
      return { kind: 'tone', at_us: as(at), alarm: alarm === 'none' ? null : alarm, pattern }
    }
    case 'EVENT':
      return { kind: 'event', at_us: as(message.at), event: message.event, detail: message.detail }
    case 'POWER':
      return { kind: 'power', at_us: as(message.at), on: message.on === 1 }
    case 'APPLIED':
      return { kind: 'applied', at_us: as(message.at), digest: message.digest }
    case 'REFUSED':
      return { kind: 'refused', at_us: as(message.at), reason: message.reason }
    default:
      throw new StrangeReply(`the pump said ${message.type} where it means nothing`)
  }
}
