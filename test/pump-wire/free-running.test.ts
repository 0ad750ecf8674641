/** A pump that runs by a clock of its own believes what it believes in virtual time, and does nothing twice. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { PumpInput, PumpOutput } from '#firmware-sim/messages'
import { readFaultLine } from '#hil/pump/free-running/fault-line'
import { MOST_GAP_us } from '#hil/pump/free-running/own-clock'
import { type Happening, Waiting } from '#hil/pump/free-running/waiting'
import { modelPump } from '#hil/pump/model'
import { definePump } from '#hil/pump/pump'
import { idealRig } from '#hil/rig/ideal'
import { execute } from '#hil/run/execute'
import type { Scenario } from '#hil/scenario/types'
import { as, type Time_us } from '#units/quantity'
import { compare, floor, ratio, whole } from '#units/rational'
import { draft, scenarioOf, therapy } from '../support/scenario.ts'
import { anyTherapies } from '../support/therapies.ts'
import { FreeBench, HOUR_us, MINUTE_us, SECOND_us, us } from './free.ts'

interface Input {
  readonly at_us: Time_us
  readonly input: PumpInput
}

/** What the bench says to a pump in virtual time, and what it hears, but for what is between pump and motor. */
async function onBench(scenario: Scenario): Promise<{ inputs: readonly Input[]; said: readonly string[] }> {
  const inputs: Input[] = []
  const said: PumpOutput[] = []
  const overheard = definePump({
    name: 'overheard',
    create: (setup) => {
      const pump = modelPump.create(setup)
      return {
        react: (at_us, input) => {
          if (compare(at_us, scenario.duration_us) > 0) return pump.react(at_us, input)
          if (input.kind !== 'wake' && input.kind !== 'rotor') inputs.push({ at_us, input })
          const outputs = pump.react(at_us, input)
          said.push(...outputs)
          return outputs
        },
        nextWake: () => pump.nextWake(),
      }
    },
  })
  await execute(scenario, overheard, idealRig, { keep: false })
  return { inputs, said: told(said) }
}

/** What a pump says to everybody, one line each. */
function told(outputs: readonly PumpOutput[]): string[] {
  return outputs
    .filter(({ kind }) => kind !== 'order' && kind !== 'cancel')
    .map(({ kind, at_us, ...rest }) =>
      JSON.stringify({ kind, at_us, ...rest }, (_, value) => (typeof value === 'bigint' ? `${value}` : value)),
    )
}

/** Expects the same lines, and shows no more than where they part. */
function expectSame(lines: readonly string[], expected: readonly string[]): void {
  const at = expected.findIndex((line, index) => line !== lines[index])
  const from = at === -1 ? expected.length : Math.max(0, at - 2)
  expect(lines.slice(from, from + 5)).toStrictEqual(expected.slice(from, from + 5))
  expect(lines).toHaveLength(expected.length)
}

const FAULT_INPUTS: readonly PumpInput['kind'][] = [
  'power-fails',
  'power-returns',
  'brown-out',
  'cell-resistance',
  'clock-jumps',
  'bit-flip',
  'carrier',
]

/** The same inputs at the same instants of a clock of its own, with looks in between, and faults by the back door. */
function inRealTime(
  scenario: Scenario,
  inputs: readonly Input[],
  looks_us: readonly number[] = [],
  faults: readonly { readonly at_us: number; readonly line: string }[] = [],
): string[] {
  const bench = new FreeBench()
  bench.start(scenario)
  const said: PumpOutput[] = []
  const last = inputs.length - 1
  const look = () => said.push(...bench.say({ kind: 'wake' }))
  const doings = [
    ...looks_us.map((at_us) => ({ at_us, rank: 0, act: look })),
    ...faults.map(({ at_us, line }) => ({
      at_us,
      rank: 1,
      act: () => expect(bench.served?.befall(line)).toMatch(/^done: /),
    })),
    ...inputs
      .filter(({ input }) => !FAULT_INPUTS.includes(input.kind))
      .map(({ at_us, input }, index, all) => ({
        at_us: us(at_us),
        rank: 2,
        act: () => {
          // The last question of a run comes after all that happens by itself at its end.
          if (index === Math.min(last, all.length - 1)) look()
          said.push(...bench.say(input))
        },
      })),
  ]
  for (const { at_us, act } of doings.toSorted((a, b) => a.at_us - b.at_us || a.rank - b.rank)) {
    bench.moveTo(at_us)
    act()
  }
  return told(said)
}

/** With every instant of its script in whole microseconds: a clock of its own has no others. */
function onWholeMicroseconds(scenario: Scenario): Scenario {
  const down = <T extends { readonly at_us: Time_us }>(one: T): T => ({
    ...one,
    at_us: as(ratio(floor(one.at_us), 1n)),
  })
  return { ...scenario, programming: scenario.programming.map(down), events: scenario.events.map(down) }
}

describe('what a free-running pump believes', () => {
  it('is what it believes in virtual time, however often it is asked', async () => {
    const DAYS = 2
    const looks = fc.array(fc.integer({ min: 1, max: DAYS * 24 * 3600 * 1000 }), { maxLength: 20 })
    await fc.assert(
      fc.asyncProperty(anyTherapies({ days: DAYS, limits: true }), looks, async (accepted, looks_ms) => {
        const scenario = onWholeMicroseconds(accepted.scenario)
        const { inputs, said } = await onBench(scenario)
        const looks_us = looks_ms.map((ms) => ms * 1000 + 7)
        expectSame(inRealTime(scenario, inputs, looks_us), said)
      }),
      { numRuns: 12 },
    )
  })

  it('has a command come before what begins by itself at its instant', async () => {
    const scenario = scenarioOf(
      draft({
        prescription: [
          '{ at: 0 d, therapy: { mode: flex, basal: 100 ug/d, boluses: [{ at: "12:00", dose: 100 ug, over: 1 h }] } }',
          therapy('4 h', '300 ug/d'),
        ],
        duration: '8 h',
        checks: ['{ check: tracking, within: 1 step }'],
      }),
    )
    const { inputs, said } = await onBench(scenario)
    expectSame(inRealTime(scenario, inputs), said)
  })

  it('is what it believes on the bench when faults befall it, with the same feedback of its motor', async () => {
    const faults = [
      [1.5, 'fault: motor-stall, for: 2 h'],
      // A second after a step that is lost, so that the pump hears of it when it has power again.
      [1.8, 'fault: power-cut, for: 1 min'],
      [2, 'fault: motor-stall, for: 10 min, every: 1 h, times: 2'],
      [9, 'fault: brown-out'],
      [10, 'fault: cell-resistance, by: 500 ohm, for: 3 h'],
      [12, 'fault: encoder-loss, every: 4 step, for: 1 h'],
      [14, 'fault: power-cut, for: 20 min'],
      [16, 'fault: "bit-flip", "copy": "both", "bit": 4000'],
      [18, 'fault: clock-step, forward: 10 min'],
      [20, 'fault: telemetry-carrier, for: 1 h'],
      [22, 'fault: power-cut, for: 1 min, write: 3'],
      [26, 'fault: motor-reverse, for: 30 min'],
    ] as const
    const scenario = scenarioOf(
      draft({
        prescription: [
          therapy('0 d', '500 ug/d'),
          '{ at: 3 h, bolus: { dose: 20 ug, over: 20 min } }',
          therapy('23 h', '400 ug/d'),
        ],
        events: ['{ at: 4 h, do: silence }', '{ at: 17 h, do: read-log }', '{ at: 30 h, do: clear }'],
        faults: faults.map(([h, line]) => `{ at: ${h * 3600 + 1} s, ${line} }`),
        checks: ['{ check: tracking, within: 1 step }'],
      }),
    )
    const { inputs, said } = await onBench(scenario)
    const lines = faults.map(([h, line]) => ({ at_us: h * HOUR_us + SECOND_us, line: `{ ${line} }` }))
    const free = inRealTime(scenario, inputs, [], lines)
    expectSame(free, said)
    for (const sign of ['withdrawn', 'motor-stall', 'memory-error', '"power"', 'carrier-found', 'low-battery-reset'])
      expect(free.join('\n'), sign).toContain(sign)
  })
})

const QUIET = scenarioOf(
  draft({
    prescription: [therapy('0 d', '500 ug/d')],
    checks: ['{ check: tracking, within: 1 step }'],
  }),
)

/** A pump of 1.2 mL a day that has been switched on and programmed. */
function running(): FreeBench {
  const bench = new FreeBench()
  bench.start(QUIET)
  const [entry] = QUIET.programming
  if (entry?.kind !== 'therapy') throw new Error('no therapy')
  const readback = bench.say({ kind: 'prepare', program: { kind: 'therapy', therapy: entry.therapy } }).at(-1)
  if (readback?.kind !== 'readback') throw new Error('nothing was read back')
  bench.say({ kind: 'commit', digest: readback.digest })
  return bench
}

describe('a free-running pump on its wire', () => {
  it('says so, and neither has nor takes what is done to a pump in virtual time', () => {
    const bench = running()
    const cans = bench.cans()
    expect(cans).toContain('option free-running')
    expect(cans).toContain('input CARRIER')
    for (const name of ['CUT', 'SAG', 'OHM', 'JUMP', 'FLIP']) expect(cans).not.toContain(`input ${name}`)
    const at = whole(0)
    const refused = [
      { type: 'ROTOR', at, due: at, moved: 1 },
      { type: 'CUT', at, write: 'now' },
      { type: 'RESTORE', at },
      { type: 'SAG', at },
      { type: 'OHM', at, more: at },
      { type: 'JUMP', at, forward: at },
      { type: 'FLIP', at, copy: 'both', bit: 1, part: 'any' },
    ] as const
    for (const message of refused) {
      expect(bench.session.ask(message), message.type).toMatchObject({ kind: 'nak', nak: { reason: 'LACKS' } })
    }
  })

  it('executes at once what is said for another instant, and never answers LATE', () => {
    const bench = running()
    bench.moveTo(HOUR_us + 5)
    for (const at of [whole(0), whole(1_000_000_000_000)]) {
      const { done, outputs } = bench.done({ type: 'TELL', at, to: 'bench' })
      expect(us(done.at)).toBe(HOUR_us + 5)
      const status = outputs.at(-1)
      expect(status?.type === 'STATUS' && us(status.at)).toBe(HOUR_us + 5)
    }
  })

  it('counts from START, whenever that was, and tells when something happens next', () => {
    const bench = running()
    bench.moveTo(10 * SECOND_us)
    const { done } = bench.advance()
    expect(us(done.at)).toBe(10 * SECOND_us)
    if (done.wake === 'never') throw new Error('a pump that runs has something to do')
    expect(us(done.wake)).toBeGreaterThan(10 * SECOND_us)
  })

  it('sends a reply that was lost again as it was, and does nothing twice', () => {
    const bench = running()
    bench.moveTo(HOUR_us)
    const before = bench.done({ type: 'TELL', at: whole(0), to: 'bench' }).outputs
    const replies: string[] = []
    let lost = 0
    bench.up = (bytes) => {
      replies.push(Buffer.from(bytes).toString('latin1'))
      lost += 1
      // Time goes on while the bench waits for what does not come.
      bench.clock_us += 2 * SECOND_us
      return lost <= 2 ? [] : [bytes]
    }
    const stopped = bench.done({ type: 'STOP', at: whole(0) })
    expect(lost).toBe(3)
    expect(new Set(replies).size).toBe(1)
    expect(us(stopped.done.at)).toBe(HOUR_us)
    expect(stopped.outputs.filter(({ type }) => type === 'APPLIED')).toHaveLength(1)
    bench.up = (bytes) => [bytes]
    const after = bench.done({ type: 'TELL', at: whole(0), to: 'bench' }).outputs
    expect(after.filter(({ type }) => type === 'GIVEN')).toStrictEqual(before.filter(({ type }) => type === 'GIVEN'))
  })

  it('begins every reply with what has happened, and keeps the answer for its end', () => {
    const bench = running()
    bench.served?.befall('{ fault: clock-step, forward: 1 h }')
    bench.served?.befall('{ fault: motor-stall }')
    bench.moveTo(2 * HOUR_us)
    const { outputs } = bench.done({ type: 'TELL', at: whole(0), to: 'bench' })
    expect(outputs.some(({ type }) => type === 'ALARM')).toBe(true)
    expect(outputs.at(-1)?.type).toBe('STATUS')
    const instants = outputs.flatMap((one) => ('at' in one ? [us(one.at)] : []))
    expect(instants).toStrictEqual(instants.toSorted((a, b) => a - b))
    expect(bench.advance().outputs).toStrictEqual([])
  })

  it('goes on when its wire ends, and takes up the session of whoever comes back with its nonce', () => {
    const bench = running()
    const { session } = bench
    bench.moveTo(HOUR_us)
    const given = () => bench.done({ type: 'TELL', at: whole(0), to: 'bench' }).outputs
    const before = given()
    bench.end.receive(Buffer.from('$0B04TELL,1,be'))
    bench.moveTo(3 * HOUR_us)
    bench.end.receive(Buffer.from('\n'))
    // The same session: its next number, and its pump.
    session.open()
    const after = given()
    expect(JSON.stringify(after, text)).not.toBe(JSON.stringify(before, text))
    expect(after.at(-1)).toMatchObject({ type: 'STATUS', state: expect.stringMatching(/./) })
    bench.begin(2)
    const { kind } = bench.session.ask({ type: 'TELL', at: whole(0), to: 'bench' })
    expect(kind).toBe('nak')
  })

  it('is switched off by BYE, and by whoever comes with another nonce', () => {
    const bench = running()
    expect(bench.served?.due_us).not.toBeNull()
    bench.done({ type: 'BYE' })
    expect(bench.end.isOver).toBe(true)
    expect(bench.served?.due_us).toBeNull()
    expect(bench.served?.befall('{ fault: brown-out }')).toMatch(/^refused: the pump is not switched on/)
    const first = bench.served
    bench.begin(1)
    expect(bench.served).not.toBe(first)
    expect(bench.session.ask({ type: 'TELL', at: whole(0), to: 'bench' }).kind).toBe('nak')
  })

  it('has a clock that a fault has run fast, and that stays ahead by what it has gained', () => {
    const bench = running()
    bench.moveTo(1000 * SECOND_us)
    expect(bench.served?.befall('{ fault: clock-drift, by: 100 ppm, for: 2000 s }')).toMatch(/^done: clock-drift/)
    bench.moveTo(2000 * SECOND_us)
    expect(us(bench.advance().done.at)).toBe(2000 * SECOND_us + 100_000)
    // Its two thousand seconds are over a fifth of a second sooner.
    bench.moveTo(3000 * SECOND_us)
    const gained_us = us(bench.advance().done.at) - 3000 * SECOND_us
    expect(gained_us).toBeGreaterThan(199_900)
    bench.moveTo(4000 * SECOND_us)
    expect(us(bench.advance().done.at) - 4000 * SECOND_us).toBe(gained_us)
    for (let n = 0; n < 5; n += 1) bench.served?.befall('{ fault: clock-drift, by: -100000 ppm }')
    expect(bench.served?.befall('{ fault: clock-drift, by: -100000 ppm }')).toMatch(
      /^refused: .*its clock would be off by -60 %; a half is the most$/,
    )
  })

  it('is told of no more faults than it can keep', () => {
    const bench = running()
    const line = '{ fault: motor-stall, for: 1 s, every: 10 s, times: 2000 }'
    expect(bench.served?.befall(line)).toMatch(/^done: /)
    expect(bench.served?.befall(line)).toMatch(/^done: /)
    expect(bench.served?.befall(line)).toMatch(/^refused: 8000 instants of faults are still to come, and 4000 more/)
    bench.moveTo(6 * HOUR_us)
    expect(bench.served?.befall(line)).toMatch(/^done: /)
  })

  it('makes up for a minute of a night in which it was suspended, and says so', () => {
    const bench = running()
    bench.moveTo(10 * MINUTE_us)
    bench.advance()
    bench.clock_us += 8 * HOUR_us
    const { done, outputs } = bench.advance()
    expect(us(done.at)).toBe(10 * MINUTE_us + MOST_GAP_us)
    const event = outputs.find(({ type }) => type === 'EVENT')
    expect(event).toMatchObject({ event: 'suspended', detail: expect.stringContaining('stood still for 7 h 59 min') })
    expect(bench.stood).toHaveLength(1)
    bench.clock_us += 30 * SECOND_us
    expect(us(bench.advance().done.at)).toBe(10 * MINUTE_us + MOST_GAP_us + 30 * SECOND_us)
    expect(bench.stood).toHaveLength(1)
  })
})

const text = (_: string, value: unknown) => (typeof value === 'bigint' ? `${value}` : value)

describe('what waits until it is asked for', () => {
  const power = (at: number): Happening => ({ type: 'POWER', at: whole(at), on: 1 })

  it('comes in order, and what does not fit comes next', () => {
    const waiting = new Waiting(10)
    waiting.add([1, 2, 3, 4, 5].map(power))
    expect(waiting.take(2)).toStrictEqual([power(1), power(2)])
    expect(waiting.size).toBe(3)
    expect(waiting.take(0)).toStrictEqual([])
    expect(waiting.take(9)).toStrictEqual([power(3), power(4), power(5)])
    expect(waiting.take(9)).toStrictEqual([])
  })

  it('is bounded: the oldest gives way, and how many did is told once, first', () => {
    const waiting = new Waiting(3)
    for (let at = 1; at <= 5; at += 1) waiting.add([power(at)])
    waiting.add([6, 7].map(power))
    const dropped = { type: 'EVENT', at: whole(4), event: 'outputs-dropped', detail: '4' }
    expect(waiting.take(0)).toStrictEqual([])
    expect(waiting.take(2)).toStrictEqual([dropped, power(5)])
    expect(waiting.take(9)).toStrictEqual([power(6), power(7)])
  })
})

describe('a line of the back door', () => {
  const read = (line: string) => readFaultLine(line, as(whole(5_000_000)), 0)

  it.each([
    ['{ fault: motor-stall, for: 10 min }', 'motor-stall for 10 min'],
    ['fault: brown-out', 'brown-out'],
    ['{"fault": "clock-step", "back": "1 h"}', 'clock-step back by 1 h'],
    ['{ fault: power-cut, for: 1 min, write: 3 }', 'power-cut at word write 3 for 1 min'],
  ])('%s begins at once', (line, words) => {
    const fault = read(line)
    if (!fault.ok) throw new Error(fault.problem)
    expect(fault.fault.text).toBe(words)
    expect(fault.turns[0]?.at_us).toStrictEqual(whole(5_000_000))
  })

  it.each([
    ['', 'the file is empty'],
    ['motor-stall', 'is no fault; a fault is written as in a scenario'],
    ['[1, 2]', 'is no fault'],
    ['{ fault: motor-stal }', 'motor-stall'],
    ['{ fault: motor-stall, at: 1 h }', 'begins at once; leave out "at"'],
    ['{ fault: motor-stall, for: 10 }', 'unit'],
    ['{ fault: motor-stall, every: 1 h }', 'write "for" too'],
    ['{ fault: cell-resistance }', 'missing key "by"'],
    ['{ fault: brown-out, for: 1 h }', 'unknown key "for"'],
    ['{ fault: occlusion }', 'neither reservoir nor catheter behind this pump; this pump can meet motor-stall'],
    ['{ fault: line-mute }', 'the line between a host and a rig'],
    ['{ fault: clock-setting, setting: missed }', 'your own program'],
    ['{ fault: brown-out } }', 'never opened'],
    ['{ fault: brown-out', 'not valid YAML'],
    ['\u001b[2J', ''],
    [`{ fault: ${'['.repeat(200)}`, 'nested too deeply'],
  ])('%j is refused in words, on one line', (line, words) => {
    const fault = read(line)
    expect(fault.ok).toBe(false)
    const problem = fault.ok ? '' : fault.problem
    expect(problem).toContain(words)
    expect(problem).toMatch(/^[^\p{Cc}]+$/u)
  })
})
