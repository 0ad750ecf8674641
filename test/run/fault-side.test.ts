/** Which faults are at work, and when each was seen to have its effect: to the tick, to the byte, once. */
import { describe, expect, it } from 'vitest'
import { FaultSide } from '#hil/run/fault-side'
import { Recorder } from '#hil/run/recorder'
import { as, type Time_us } from '#units/quantity'
import { ratio, whole } from '#units/rational'
import { draft, scenarioOf, therapy } from '../support/scenario.ts'

const HOUR_us = 3_600_000_000
const at = (us: number): Time_us => as(whole(us))

function sideOf(...faults: readonly string[]) {
  const recorder = new Recorder(true)
  const events = faults.some((fault) => fault.includes('clock-setting'))
    ? { events: ['{ at: 3 h, do: set-clock, to: 2026-01-05T12:00 }'] }
    : {}
  const scenario = scenarioOf(draft({ prescription: [therapy('0 d', '50 ug/d')], faults, ...events }))
  const side = new FaultSide(scenario, recorder)
  const told = () =>
    recorder
      .trace()
      .records.flatMap((one) => (one.kind === 'fault' ? [[one.number, one.state, one.t_us, one.detail]] : []))
  /** Lets all that turns up to an hour turn. */
  const play = (hours: number) => {
    for (const turn of side.turns) if (turn.at_us.n <= BigInt(hours * HOUR_us) * turn.at_us.d) side.turned(turn)
  }
  return { side, told, play }
}

describe('a rotor that is held', () => {
  it('has its effect with the first step after its instant that does not move, and not with one on either side', () => {
    const { side, told, play } = sideOf('{ at: 1 h, fault: motor-stall, for: 1 h }')
    expect([side.needsHold, side.needsCrossing, side.held]).toEqual([true, false, false])
    play(1)
    expect([side.held, side.crossed]).toEqual([true, false])
    side.stepLost(at(HOUR_us))
    expect(told()).toEqual([[1, 'begun', HOUR_us, expect.stringContaining('motor-stall')]])
    side.stepLost(at(HOUR_us + 1))
    side.stepLost(at(HOUR_us + 100))
    expect(told().slice(1)).toEqual([[1, 'fired', HOUR_us + 1, 'the step due at 1 h 1 us did not move the rotor']])
  })

  it('no longer has it once it was let go, but for a step of that very tick', () => {
    const { side, told, play } = sideOf(
      '{ at: 1 h, fault: motor-stall, for: 1 h }',
      '{ at: 3 h, fault: motor-reverse, for: 1 h }',
    )
    play(2)
    expect([side.needsCrossing, side.held, side.crossed]).toEqual([true, false, false])
    side.stepLost(at(2 * HOUR_us + 1))
    expect(told().filter(([, state]) => state === 'fired')).toEqual([])
    side.stepLost(as(ratio(BigInt(4 * HOUR_us) - 1n, 2n)))
    expect(told().filter(([, state]) => state === 'fired')).toEqual([
      [1, 'fired', 2 * HOUR_us, 'the step due at 1 h 59 min 59.9999995 s did not move the rotor'],
    ])
  })

  it('is one of two things, which do not stand for each other', () => {
    const { side, play } = sideOf('{ at: 1 h, fault: motor-reverse }')
    play(1)
    expect([side.needsHold, side.needsCrossing, side.held, side.crossed]).toEqual([false, true, false, true])
  })
})

describe('an encoder that shows nothing', () => {
  it('has its effect with a step due after its instant and by its end', () => {
    const { side, told, play } = sideOf('{ at: 1 h, fault: encoder-loss, for: 1 h }')
    play(1)
    side.stepUnseen(at(HOUR_us))
    play(0)
    expect(told().map(([, state]) => state)).toEqual(['begun'])
    side.stepUnseen(at(HOUR_us + 1))
    side.stepUnseen(at(HOUR_us + 2))
    const fired = told().filter(([, state]) => state === 'fired')
    expect(fired).toEqual([
      [1, 'fired', HOUR_us + 1, 'the step due at 1 h 1 us was made, and the encoder did not show it'],
    ])
  })

  it('has none after its end, and at its end it has', () => {
    const late = sideOf('{ at: 1 h, fault: encoder-loss, for: 1 h }')
    late.play(2)
    late.side.stepUnseen(at(2 * HOUR_us + 1))
    expect(late.told().filter(([, state]) => state === 'fired')).toEqual([])
    late.side.stepUnseen(at(2 * HOUR_us))
    expect(late.told().filter(([, state]) => state === 'fired')).toHaveLength(1)
  })
})

describe('a line that is disturbed', () => {
  const NOISE = '{ at: 1 h, fault: line-noise, kind: drop, share: 10 %, for: 1 h }'

  it('has its effect with the first bytes it touches, and tells of all of them at its end', () => {
    const { side, told, play } = sideOf(NOISE)
    play(1)
    expect(told().map(([, state]) => state)).toEqual(['begun'])
    side.lineTouched({ number: 1, at_us: HOUR_us + 0.9, bytes: 1 })
    side.lineTouched({ number: 1, at_us: HOUR_us + 5, bytes: 2 })
    expect(told().slice(1)).toEqual([[1, 'fired', HOUR_us, '1 byte touched']])
    for (const turn of side.turns) if (turn.state === 'ended') side.turned(turn)
    expect(told().slice(2)).toEqual([[1, 'ended', 2 * HOUR_us, expect.stringMatching(/: 3 bytes touched$/)]])
  })

  it('that was touched by a rig ahead of the bench is told of once it has begun, and not before the run', () => {
    const { side, told, play } = sideOf(NOISE)
    side.lineTouched({ number: 1, at_us: -3, bytes: 7 })
    expect(told()).toEqual([])
    play(1)
    expect(told().map(([, ...rest]) => rest)).toEqual([
      ['begun', HOUR_us, expect.not.stringContaining('touched')],
      ['fired', 0, '7 bytes touched'],
    ])
  })

  it('that touched nothing says nothing of bytes at its end', () => {
    const { side, told } = sideOf(NOISE)
    for (const turn of side.turns) side.turned(turn)
    expect(told().map(([, state, , detail]) => [state, String(detail).includes('touched')])).toEqual([
      ['begun', false],
      ['ended', false],
    ])
  })

  it('whose cable is out was cut, and no bytes are counted', () => {
    const { side, told, play } = sideOf('{ at: 1 h, fault: line-unplug, for: 1 min }')
    play(1)
    side.lineTouched({ number: 1, at_us: HOUR_us, bytes: 0 })
    expect(told().at(-1)).toEqual([1, 'fired', HOUR_us, 'the line was cut'])
  })

  it('of a number that no fault has says nothing', () => {
    const { side, told, play } = sideOf(NOISE)
    play(1)
    side.lineTouched({ number: 2, at_us: HOUR_us, bytes: 5 })
    expect(told().map(([, state]) => state)).toEqual(['begun'])
  })
})

describe('a supply that is cut', () => {
  it('has its effect when power goes, oldest first, what comes at once before what waits for its write', () => {
    const { side, told, play } = sideOf(
      '{ at: 1 h, fault: power-cut, write: 5, for: 3 min }',
      '{ at: 1 h, fault: power-cut, for: 2 min }',
    )
    play(1)
    const first = side.powerLost(at(HOUR_us))
    expect([first?.number, first?.at_us]).toEqual([2, at(HOUR_us + 120_000_000)])
    const second = side.powerLost(at(HOUR_us + 7))
    expect([second?.number, second?.at_us]).toEqual([1, at(HOUR_us + 180_000_007)])
    expect(side.powerLost(at(HOUR_us + 9))).toBeNull()
    if (first === null) throw new Error('no cut')
    side.powerReturned(first, at(HOUR_us + 120_000_000))
    expect(told().slice(2)).toEqual([
      [2, 'fired', HOUR_us, 'the pump has lost its power'],
      [1, 'fired', HOUR_us + 7, 'the pump has lost its power'],
      [2, 'ended', HOUR_us + 120_000_000, expect.stringContaining('power-cut')],
    ])
  })

  it('that was met by a pump that had none already never comes, and one that waits for its write still may', () => {
    const { side, play } = sideOf('{ at: 1 h, fault: power-cut, write: 5 }', '{ at: 1 h, fault: power-cut }')
    play(1)
    for (const turn of side.turns) side.met(turn, false)
    expect(side.powerLost(at(HOUR_us + 1))?.number).toBe(1)
    expect(side.powerLost(at(HOUR_us + 2))).toBeNull()
  })
})

describe('what has its effect at once', () => {
  it('has it where the pump has power, in these words', () => {
    const { side, told } = sideOf('{ at: 1 h, fault: brown-out }', '{ at: 2 h, fault: clock-step, forward: 1 h }')
    for (const turn of side.turns) side.met(turn, true)
    expect(told()).toEqual([
      [1, 'fired', HOUR_us, 'the supply of the pump sagged and reset it'],
      [2, 'fired', 2 * HOUR_us, 'the clock of the pump shows another time than before'],
    ])
  })

  it('has none where it has not, and nothing else has', () => {
    const { side, told } = sideOf('{ at: 1 h, fault: brown-out }')
    for (const turn of side.turns) side.met(turn, false)
    const stalled = sideOf('{ at: 1 h, fault: motor-stall }')
    for (const turn of stalled.side.turns) stalled.side.met(turn, true)
    expect([told(), stalled.told()]).toEqual([[], []])
  })
})

it('a setting of the clock goes wrong once', () => {
  const { side, told, play } = sideOf('{ at: 1 h, fault: clock-setting, setting: missed }')
  expect(side.clockToBeSet(at(HOUR_us))).toBeNull()
  play(1)
  expect(side.clockToBeSet(at(3 * HOUR_us))).toBe('missed')
  expect(side.clockToBeSet(at(3 * HOUR_us))).toBeNull()
  expect(told().at(-1)).toEqual([1, 'fired', 3 * HOUR_us, 'the setting of the clock was missed'])
})
