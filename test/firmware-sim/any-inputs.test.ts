/**
 * Any sequence of inputs: after each of them the pump has booked what exact arithmetic says, has ordered exactly the
 * steps it books, and has sounded exactly the alarms that were due.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Program } from '#firmware-sim/messages'
import { as, type Time_us } from '#units/quantity'
import { add, equal, type Rational, times } from '#units/rational'
import { fromReference, reference } from '../units/arbitraries.ts'
import { Bedside, digestIn, reasonIn, STOPPED, wasApplied } from './bedside.ts'
import { ReferencePump } from './reference-pump.ts'
import { boluses, programs, refills, SMALL_PUMP, therapies, waits_us } from './sessions.ts'

/** A pump with what is expected of it. */
interface Ward {
  readonly pump: Bedside
  readonly expected: ReferencePump
  /** Steps whose due times were compared already. */
  compared: number
  prepared: Program | null
  /** The digest that was read back last, whatever became of it. */
  digest: string
}

function ward(): Ward {
  const pump = new Bedside(SMALL_PUMP)
  const { contents, reservoir } = pump.state
  const expected = new ReferencePump(pump.model, contents, reference(reservoir.volume_uL))
  return { pump, expected, compared: 0, prepared: null, digest: '00000000' }
}

function expectBooks({ pump, expected }: Ward): void {
  const status = pump.peek()
  expect(status.state).toBe(expected.state)
  expect(status.steps).toBe(Number(expected.exact_uL.div(reference(pump.model.step_uL)).floor()))
  expect(status.volume_uL).toEqual(fromReference(expected.volume_uL))
  expect(status.reservoir_uL).toEqual(fromReference(expected.reservoir_uL))
  expect(status.dose_ug).toEqual([...expected.masses].map(([drug, mass]) => [drug, fromReference(mass)]))
  const runs = pump.said.flatMap((output) => (output.kind === 'booked' ? [output.run] : []))
  const booked = [...runs, ...(status.open === null ? [] : [status.open])]
  expect(booked.reduce((sum, { count }) => sum + count, 0)).toBe(status.steps)
  expect(booked.at(-1) ? lastDue(booked.at(-1)!) : undefined).toEqual(pump.dueOf(status.steps))
}

function lastDue({ first_us, interval_us, count }: Record<'first_us' | 'interval_us', Rational> & { count: number }) {
  return add(first_us, times(interval_us, count - 1))
}

/** What was ordered up to now is what was booked; what is ordered beyond is what will be, if nothing is done. */
function expectMotion(ward: Ward): void {
  const { pump, expected } = ward
  for (; ward.compared < expected.steps; ward.compared += 1) {
    expect(pump.dueOf(ward.compared + 1)).toEqual(fromReference(expected.due_us(ward.compared + 1)))
  }
  const ahead = expected.ahead()
  const last_us = pump.dueOf(pump.stepCount)
  if (pump.stepCount > expected.steps && last_us !== undefined) {
    expect(expected.isResting).toBe(false)
    ahead.advance(reference(last_us))
    expect(ahead.steps).toBe(pump.stepCount)
    expect(fromReference(ahead.due_us(ahead.steps))).toEqual(last_us)
  } else {
    expect(pump.stepCount).toBe(expected.steps)
  }
  const wake_us = pump.nextWake()
  if (wake_us === null) {
    expect(expected.isResting).toBe(true)
  } else {
    if (ahead.now_us.lt(reference(wake_us))) ahead.advance(reference(wake_us))
    expect(ahead.steps).toBe(pump.stepCount)
  }
}

/** A refill with nothing makes the pump empty at that instant: it asks to be woken for it. */
function settle({ pump, expected }: Ward, at_us: Time_us): void {
  const wake_us = pump.nextWake()
  if (wake_us !== null && equal(wake_us, at_us)) pump.hear(at_us, { kind: 'wake' })
  expected.advance(reference(at_us))
}

abstract class Input implements fc.Command<object, Ward> {
  readonly #wait_us: Rational

  constructor(wait_us: Rational) {
    this.#wait_us = wait_us
  }

  check(): boolean {
    return true
  }

  run(_: object, ward: Ward): void {
    const at_us = as<Time_us>(add(ward.pump.state.now_us, this.#wait_us))
    ward.expected.advance(reference(at_us))
    this.give(ward, at_us)
    settle(ward, at_us)
    expectBooks(ward)
    expectMotion(ward)
    expect(ward.pump.alarms()).toEqual(ward.expected.alarms)
  }

  toString(): string {
    return `${this.constructor.name} after ${reference(this.#wait_us).toFraction()} us`
  }

  protected abstract give(ward: Ward, at_us: Time_us): void
}

class Wake extends Input {
  give({ pump }: Ward, at_us: Time_us): void {
    pump.hear(at_us, { kind: 'wake' })
  }
}

class Interrogate extends Input {
  give({ pump }: Ward, at_us: Time_us): void {
    pump.hear(at_us, { kind: 'interrogate' })
  }
}

class Stop extends Input {
  give(ward: Ward, at_us: Time_us): void {
    const { pump, expected } = ward
    const answers = pump.hear(at_us, { kind: 'stop' })
    expect(wasApplied(answers)).toBe(true)
    expected.apply(STOPPED)
    ward.prepared = null
  }
}

class Prepare extends Input {
  readonly program: Program

  constructor(wait_us: Rational, program: Program) {
    super(wait_us)
    this.program = program
  }

  give(ward: Ward, at_us: Time_us): void {
    const accepted = ward.expected.accepts(this.program)
    const answers = ward.pump.hear(at_us, { kind: 'prepare', program: this.program })
    expect(reasonIn(answers) === null).toBe(accepted)
    ward.prepared = accepted ? this.program : null
    ward.digest = digestIn(answers) ?? ward.digest
  }

  override toString(): string {
    const plain = (_: string, value: unknown) => (typeof value === 'bigint' ? String(value) : value)
    return `${super.toString()}: ${JSON.stringify(this.program, plain)}`
  }
}

class Commit extends Input {
  give(ward: Ward, at_us: Time_us): void {
    const { prepared, digest, pump, expected } = ward
    const accepted = prepared !== null && expected.accepts(prepared)
    const answers = pump.hear(at_us, { kind: 'commit', digest })
    expect([wasApplied(answers), reasonIn(answers) === null]).toEqual([accepted, accepted])
    if (accepted) expected.apply(prepared)
    ward.prepared = null
  }
}

class Programming extends Prepare {
  override give(ward: Ward, at_us: Time_us): void {
    super.give(ward, at_us)
    if (ward.prepared !== null) new Commit(at_us).give(ward, at_us)
  }
}

const inputs = fc.commands<object, Ward>(
  [
    waits_us.map((wait_us) => new Wake(wait_us)),
    waits_us.map((wait_us) => new Interrogate(wait_us)),
    waits_us.map((wait_us) => new Stop(wait_us)),
    waits_us.map((wait_us) => new Commit(wait_us)),
    fc.tuple(waits_us, programs).map((args) => new Prepare(...args)),
    fc.tuple(waits_us, therapies).map((args) => new Programming(...args)),
    fc.tuple(waits_us, boluses).map((args) => new Programming(...args)),
    fc.tuple(waits_us, refills).map((args) => new Programming(...args)),
  ],
  { maxCommands: 200, size: 'max' },
)

describe('any sequence of inputs', () => {
  it('leaves the pump with exactly the books, the motion and the alarms it has to have', () => {
    fc.assert(
      fc.property(inputs, (commands) => {
        fc.modelRun(() => ({ model: {}, real: ward() }), commands)
      }),
      { numRuns: 60 },
    )
  }, 60_000)
})
