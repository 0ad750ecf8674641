/**
 * A pump with a clock and a motor of its own, at the end of a wire: the bench asks it now and then, puts what it says on its own axis, and ends the
 * run where the pump says what such a pump cannot mean. A rig that looks on sees the motor of that pump.
 */
import { describe, expect, it } from 'vitest'
import type { PumpDefinition } from '#hil/pump/pump'
import { wirePump } from '#hil/pump/wire/remote'
import { defineRig, PLAYOUT_ticks, type RigDefinition, TICK_us } from '#hil/rig/rig'
import { fromExact } from '#hil/run/exact'
import { decodePumpLine, encodePumpMessage, messageText, readMessage } from '#protocol/pump/frame'
import type { ToBench, ToPump } from '#protocol/pump/message'
import { programSum } from '#protocol/pump/program-sum'
import { PUMP_SCHEMA_HASH } from '#protocol/pump/schema-hash'
import { type Rational, toNumber, whole } from '#units/rational'
import { finish } from '../support/bench.ts'
import { draft, scenarioOf, therapy } from '../support/scenario.ts'
import { MemoryLink } from './links.ts'

/** 50 ug a day of 500 ug/mL are a step of 0.25 uL each 216 s, and 400 a day. */
const STEP_us = 216_000_000
const TICKS_in_step = STEP_us / TICK_us
const [STEP_pL, STEP_pg, FILLED_pL, DAILY_pL] = [250_000, 125_000, 40_000_000_000, 100_000_000]

interface Nature {
  /** What its clock shows after so many true microseconds. */
  readonly clock?: (true_us: number) => number
  /** How long after a question it answers, the next and so on, over and over: an exchange takes its time, and the bench stands meanwhile. */
  readonly late_us?: readonly number[]
  /** Changes what it says to a command. */
  readonly says?: (outputs: readonly ToBench[], asked: ToPump, present_us: number) => readonly ToBench[]
  readonly cans?: readonly Extract<ToBench, { type: 'CAN' }>[]
}

const FREE = [{ type: 'CAN', what: 'option', name: 'free-running' }] as const

/** The pump: it knows true time by what the bench says it is, and reckons by its own clock. */
class OwnMotor {
  readonly #nature: Nature
  #parts: ToPump[] = []
  /** When its therapy began by its own clock, and how many steps it has told of. */
  #begun_us = Number.POSITIVE_INFINITY
  #told = 0
  #true_us = 0
  readonly heard: ToPump[] = []

  constructor(nature: Nature) {
    this.#nature = nature
  }

  take(bytes: Uint8Array): readonly Uint8Array[] {
    const line = decodePumpLine('to-pump', bytes.subarray(0, bytes.length - 1))
    const message = typeof line === 'string' ? line : readMessage('to-pump', line.text)
    if (typeof line === 'string' || typeof message === 'string') return []
    this.heard.push(message)
    return this.#reply(message).map((said) => encodePumpMessage('to-bench', line.sequence, said))
  }

  #reply(message: ToPump): readonly ToBench[] {
    if (message.type === 'HELLO') {
      const { nonce } = message
      return [{ type: 'WELCOME', nonce, version: 1, schema: PUMP_SCHEMA_HASH, identity: 'own', build: '00000000' }]
    }
    const { late_us = [0], clock = (true_us) => true_us, says = (outputs) => outputs, cans = FREE } = this.#nature
    if (message.type === 'CANS') return [...cans, { type: 'DONE', outputs: cans.length, at: whole(0), wake: 'never' }]
    if ('at' in message || message.type === 'ADVANCE') {
      const asked_us = toNumber('at' in message ? message.at : message.to)
      this.#true_us = Math.max(this.#true_us, asked_us + (late_us[this.heard.length % late_us.length] ?? 0))
    }
    const present_us = Math.floor(clock(this.#true_us))
    const outputs = says(
      [...this.#waiting(present_us), ...this.#answer(message, whole(present_us))],
      message,
      present_us,
    )
    return [...outputs, { type: 'DONE', outputs: outputs.length, at: whole(present_us), wake: 'never' }]
  }

  #waiting(present_us: number): readonly ToBench[] {
    const made = Math.max(0, Math.floor((present_us - this.#begun_us) / STEP_us))
    const count = made - this.#told
    if (count <= 0) return []
    const [first, last] = [this.#told + 1, made].map((step) => whole(this.#begun_us + step * STEP_us))
    this.#told = made
    const run = { first: first ?? whole(0), interval: whole(STEP_us), count }
    const step = { volume: whole(STEP_pL), mass: whole(STEP_pg), drug: 'baclofen' }
    return [{ type: 'BOOKED', at: last ?? whole(0), ...run, ...step }]
  }

  #answer(message: ToPump, at: Rational): readonly ToBench[] {
    switch (message.type) {
      case 'BEGIN':
        this.#parts = [message]
        return []
      case 'RATE':
        this.#parts.push(message)
        return []
      case 'PREPARE': {
        const read = this.#parts as Extract<ToPump, { type: 'BEGIN' | 'RATE' }>[]
        const sum = programSum(read.map((part) => messageText('to-bench', part)))
        return [...read, { type: 'STORED', at, digest: 'D1', sum, daily: whole(DAILY_pL), previous: 'none' }]
      }
      case 'COMMIT':
        this.#begun_us = toNumber(at)
        return [{ type: 'APPLIED', at, digest: 'D1' }]
      case 'TELL': {
        const [volume, mass] = [this.#told * STEP_pL, this.#told * STEP_pg]
        const status = { state: 'simple', steps: this.#told, clock: at, reservoir: whole(FILLED_pL - volume) }
        return [
          { type: 'GIVEN', drug: 'baclofen', mass: whole(mass) },
          { type: 'STATUS', at, volume: whole(volume), ...status },
        ]
      }
      default:
        return []
    }
  }
}

function ownMotor(nature: Nature = {}): { readonly pump: PumpDefinition; readonly heard: () => readonly ToPump[] } {
  let last: OwnMotor | undefined
  let nonce = 0
  const pump = wirePump({
    name: 'own-motor',
    connect: () => {
      const pumping = new OwnMotor(nature)
      last = pumping
      return new MemoryLink((bytes) => pumping.take(bytes))
    },
    nonce: () => ++nonce,
    ask_us: 60_000_000,
  })
  return { pump, heard: () => last?.heard ?? [] }
}

/** Looks on while a motor turns a step each 216 s of true time. */
const onlooker: RigDefinition = defineRig({
  name: 'onlooker',
  clock: 'virtual',
  looksOn: true,
  firmware: null,
  create: () => {
    let now_tick = 0
    const through = (tick: number) => Math.max(0, Math.floor((tick - PLAYOUT_ticks) / TICKS_in_step))
    return {
      identity: 'test',
      provenance: { displaced: 'measured: in a test', uncertainty_percent: 0 },
      open: () => {},
      send: () => {
        throw new Error('nothing is to be sent to a rig that looks on')
      },
      advance: (to_tick) => {
        const [from, count] = [through(now_tick), through(to_tick) - through(now_tick)]
        now_tick = to_tick
        const first = PLAYOUT_ticks + (from + 1) * TICKS_in_step
        const cadence = { first, phase: 0, count, quotient: TICKS_in_step, remainder: 0, divisor: 1 }
        return { now_tick, motion: count === 0 ? [] : [cadence], feedback: [], lost: [] }
      },
      close: () => {},
    }
  },
})

const SCENARIO = draft({
  prescription: [therapy('0 d', '50 ug/d')],
  duration: '1 d',
  sample: '1 h',
  checks: ['{ check: tracking, within: 1 step }', '{ check: reservoir-estimate, within: 0.5 uL }'],
})

const LOGGED = SCENARIO.replace('sample:', 'events: [{ at: 12 h, do: read-log }]\nsample:')

async function run(nature: Nature, text = SCENARIO, rig = onlooker) {
  const { pump, heard } = ownMotor(nature)
  const { trace, result } = await finish(text, pump, rig)
  const end = trace.records.at(-1)
  const booked = trace.records.flatMap((record) =>
    record.kind !== 'booked'
      ? []
      : Array.from(
          { length: record.count },
          (_, k) => toNumber(fromExact(record.first_us)) + k * toNumber(fromExact(record.interval_us)),
        ),
  )
  const told = trace.records.flatMap((record) => (record.kind === 'booked' ? [record.t_us] : []))
  return { result, booked, told, heard: heard(), reason: end?.kind === 'end' && !end.complete ? end.reason : '' }
}

describe('a pump that turns its own motor', () => {
  it('is started when the run begins, asked at least once a minute, and told of no step', async () => {
    const { result, booked, heard } = await run({})
    expect(result.verdict).toBe('pass')
    expect(booked).toStrictEqual(Array.from({ length: 400 }, (_, k) => (k + 1) * STEP_us))
    const types = heard.map(({ type }) => type)
    expect(types.indexOf('START')).toBe(types.indexOf('PLACE') + 1)
    expect(types.filter((type) => type === 'ADVANCE').length).toBeGreaterThan(1400)
    expect(types).not.toContain('ROTOR')
  })

  it('may have a clock that is off by a percent: what it says is wrong by no more than that part of a minute', async () => {
    for (const pace of [0.99, 1.01]) {
      const { booked } = await run({ clock: (true_us) => true_us * pace })
      expect(booked.length).toBe(Math.floor((86_400 * pace) / 216))
      for (const [k, at_us] of booked.entries()) {
        const true_us = ((k + 1) * STEP_us) / pace
        expect(Math.abs(at_us - true_us)).toBeLessThanOrEqual(0.01 * 61_000_000)
      }
    }
  })

  it('has its event log on the axis of the bench, by how long ago each entry was noted', async () => {
    const cans = [...FREE, { type: 'CAN', what: 'input', name: 'READLOG' }] as const
    const says = (outputs: readonly ToBench[], { type }: ToPump, present_us: number): readonly ToBench[] =>
      type !== 'READLOG'
        ? outputs
        : [
            { type: 'ENTRY', at: whole(0), event: 'started', detail: '' },
            { type: 'ENTRY', at: whole(present_us - 1_000_000), event: 'x-noted', detail: 'a second ago' },
            { type: 'LOG', at: whole(present_us), entries: 2, dropped: 0 },
          ]
    // A clock that is an hour ahead at 12 h, and one that is behind: no entry is of before the start.
    const logsOf = async (clock: (true_us: number) => number) => (await run({ clock, says, cans }, LOGGED)).result.logs
    const [hour_us, noted_s] = [3_600_000_000, 12 * 3600 - 1]
    expect((await logsOf((true_us) => true_us * (13 / 12)))?.[0]?.entries.map(({ t_s }) => t_s)).toEqual([0, noted_s])
    const behind = await logsOf((true_us) => true_us - Math.min(true_us / 12, hour_us))
    expect(behind?.[0]?.entries.map(({ t_s }) => t_s)).toEqual([3600, noted_s])
  })

  it('that is late is never taken to speak of what comes after a question, and never of what it said before', async () => {
    const { booked, told } = await run({ late_us: [300_000, 0, 0, 90_000_000, 0, 0, 250_000_000] })
    expect(booked).toStrictEqual(booked.toSorted((a, b) => a - b))
    expect(told).toStrictEqual(told.toSorted((a, b) => a - b))
    expect(Math.max(...booked, ...told)).toBeLessThanOrEqual(86_400_000_000)
    expect(booked.length).toBeGreaterThanOrEqual(398)
  })
})

describe('what a pump that turns its own motor cannot mean ends the run', () => {
  const order = (at: number): ToBench => ({
    type: 'ORDER',
    at: whole(at),
    first: whole(at),
    interval: whole(1),
    count: 1,
  })
  it.each<readonly [what: string, says: NonNullable<Nature['says']>, reason: string]>([
    ['steps for a rig to make', (outputs, _, at) => [...outputs, order(at)], 'the pump ordered steps of a rig'],
    [
      'steps taken back from a rig',
      (outputs, _, at) => [...outputs, { type: 'CANCEL', at: whole(at), after: whole(at) }],
      'the pump took back steps of a rig',
    ],
    [
      'that it could not keep what it had to say',
      (outputs, _, at) => [{ type: 'EVENT', at: whole(at), event: 'outputs-dropped', detail: '7' }, ...outputs],
      '7 outputs are lost',
    ],
    [
      'what is to come',
      (outputs, _, at) => [...outputs, { type: 'EVENT', at: whole(at + 1), event: 'x-soon', detail: '' }],
      'the pump said "event" of 1 us in answer to BEGIN, and it is 0 s by its clock',
    ],
    [
      'steps that are to come as if they were made',
      (outputs, { type }, at) =>
        type !== 'ADVANCE'
          ? outputs
          : outputs.map((one) => (one.type === 'BOOKED' ? { ...one, at: whole(at), first: whole(at + 1) } : one)),
      'the pump said "booked" of',
    ],
  ])('%s', async (_, says, reason) => {
    const started = (outputs: readonly ToBench[], asked: ToPump, at: number) =>
      ['BEGIN', 'ADVANCE'].includes(asked.type) ? says(outputs, asked, at) : outputs
    const { result, reason: found } = await run({ says: started })
    expect(found).toContain(reason)
    expect(result.verdict).toBe('inconclusive')
  })

  it('a clock that goes back', async () => {
    const { reason, result } = await run({ clock: (true_us) => (true_us > 3_600_000_000 ? 0 : true_us) })
    expect(reason).toContain('the pump went back to')
    expect(result.verdict).toBe('inconclusive')
  })
})

describe('a run with a pump that turns its own motor does not begin', () => {
  it('on a rig that turns the motor itself', async () => {
    const { reason, result } = await run({}, SCENARIO, defineRig({ ...onlooker, looksOn: false }))
    expect(reason).toContain('the pump turns its own motor (option free-running) and orders no steps')
    expect(result.verdict).toBe('inconclusive')
  })

  it.each([
    '{ at: 1 h, fault: motor-stall, for: 1 h }',
    '{ at: 1 h, fault: motor-reverse, for: 1 h }',
    '{ at: 1 h, fault: encoder-loss, for: 1 h }',
    '{ at: 1 h, fault: clock-drift, by: 100 ppm, for: 1 h }',
  ])('with a fault of a motor or a clock that is not the bench’s: %s', async (fault) => {
    const text = draft({ prescription: [therapy('0 d', '50 ug/d')], duration: '1 d', faults: [fault] })
    const { reason, result } = await run({}, text)
    expect(reason).toContain('cannot be carried: motor and clock are those of the pump under test')
    expect(result.verdict).toBe('inconclusive')
  })
})

it('a scenario is skipped for it where nothing looks on', () => {
  const { pump } = ownMotor()
  expect(pump.turnsMotor?.()).toBe(true)
  expect(pump.lacks?.(scenarioOf(SCENARIO))).toContain('the pump is free-running')
  expect(pump.lacks?.(scenarioOf(SCENARIO), true)).toBeNull()
})
