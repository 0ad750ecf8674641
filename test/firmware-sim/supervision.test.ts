/** Supervision: the rotor, the time it stands, the cell, the tube and the alarms, none of which the others may hide. */
import { describe, expect, it } from 'vitest'
import { LOG_CAPACITY } from '#firmware-sim/event-log'
import type { PumpAlarm } from '#firmware-sim/messages'
import { as, type Time_us } from '#units/quantity'
import { add, compare, subtract, toText, whole } from '#units/rational'
import { at, Bedside, bolus, continuous, flex, MINIMUM_RATE, prime, reasonIn, refill, wasApplied } from './bedside.ts'

/** What comes back of a step takes two seconds and more. */
const FEEDBACK_us = whole(4_000_000)
const events = (pump: Bedside) => pump.said.flatMap((output) => (output.kind === 'event' ? [output.event] : []))
const raised = (pump: Bedside, alarm: PumpAlarm) =>
  pump.said.find((output) => output.kind === 'alarm' && output.alarm === alarm && output.state === 'raised')?.at_us

/** Runs a pump whose rotor does not move from a step on, for so many steps. */
function stall(pump: Bedside, from: number, count: number): void {
  for (let step = from; step < from + count; step += 1) turn(pump, step, false)
}

function turn(pump: Bedside, step: number, moved: boolean): void {
  const due_us = pump.dueOf(step)
  if (due_us === undefined) throw new Error(`step ${step} was not ordered`)
  const told_us = as<Time_us>(add(due_us, FEEDBACK_us))
  pump.passTo(told_us)
  pump.hear(told_us, { kind: 'rotor', due_us, moved })
}

describe('a stall', () => {
  it.each([
    ['24 mL/d', '1 step'],
    ['1 mL/d', '1 step'],
    ['0.048 mL/d', '1 step'],
    ['1 mL/d', '3 steps'],
    [null, '1 step'],
    [null, '3 steps'],
  ])('at %s is detected after %s without motion, as soon as the last of them is told', (dose, detection) => {
    const pump = new Bedside({ figures: { stall_detection: detection } })
    pump.program('0 s', dose === null ? MINIMUM_RATE : continuous(dose))
    const count = Number(detection.split(' ')[0])
    stall(pump, 5, count - 1)
    expect(raised(pump, 'motor-stall')).toBeUndefined()
    stall(pump, 4 + count, 1)
    const due_us = pump.dueOf(4 + count)
    expect(raised(pump, 'motor-stall')).toEqual(due_us === undefined ? null : add(due_us, FEEDBACK_us))
  })

  it('is told as over with the first step that moves, and logged; what was lost is neither believed nor caught up', () => {
    const [pump, sound] = [new Bedside(), new Bedside()]
    for (const one of [pump, sound]) one.program('0 s', continuous('1 mL/d'))
    stall(pump, 100, 7)
    turn(pump, 107, true)
    expect(pump.state.log.entries.slice(-2)).toMatchObject([
      { event: 'motor-recovered', detail: 'the rotor moves again after 7 steps without motion' },
      { event: 'alarm-cleared' },
    ])
    for (const one of [pump, sound]) one.pass('10 d')
    expect(pump.stepsBy('10 d')).toEqual(sound.stepsBy('10 d'))
    const [lost, whole_] = [pump.peek(), sound.peek()]
    expect(whole_.steps - lost.steps).toBe(7)
    expect(subtract(whole_.volume_uL, lost.volume_uL)).toEqual({ n: 7n, d: 4n })
    expect(subtract(lost.reservoir_uL, whole_.reservoir_uL)).toEqual({ n: 7n, d: 4n })
    expect(subtract(whole_.dose_ug[0]?.[1] ?? whole(0), lost.dose_ug[0]?.[1] ?? whole(0))).toEqual({ n: 7n, d: 4n })
  })

  it('does not count steps that moved in between', () => {
    const pump = new Bedside({ figures: { stall_detection: '3 steps' } })
    pump.program('0 s', continuous('1 mL/d'))
    for (const [step, moved] of [
      [3, false],
      [4, false],
      [5, true],
      [6, false],
      [7, false],
    ] as const)
      turn(pump, step, moved)
    expect(raised(pump, 'motor-stall')).toBeUndefined()
    turn(pump, 8, false)
    expect(raised(pump, 'motor-stall')).toBeDefined()
  })

  it('of the mass of a step withdraws what the pump held when it was due', () => {
    const pump = new Bedside()
    pump.program('0 s', continuous('1 mL/d'))
    pump.program('6 h', refill({ volume: '40 mL', concentration: '500 ug/mL', drug: 'morphine' }))
    const before = pump.peek().dose_ug
    pump.hear(at('6 h'), { kind: 'rotor', due_us: at('6 h'), moved: false })
    expect(pump.peek().dose_ug).toEqual([['baclofen', subtract(before[0]?.[1] ?? whole(0), { n: 1n, d: 4n })]])
  })

  it('lets the reservoir last as many steps longer', () => {
    const pump = new Bedside({ fill: '100 uL', figures: { step_volume: '1 uL' } })
    pump.program('0 s', continuous('24 uL/h'))
    stall(pump, 10, 5)
    turn(pump, 15, true)
    pump.pass('1 d')
    expect(pump.stepCount).toBe(105)
    expect(pump.peek()).toMatchObject({ state: 'empty', steps: 100 })
  })
})

describe('a pump stopped on command', () => {
  it('warns after its hour, alarms after 48 h, and is quiet again when it runs', () => {
    const pump = new Bedside()
    pump.program('0 s', continuous('1 mL/d'))
    pump.stop('10 h')
    pump.pass('10 h 59 min 59.999999 s')
    expect(events(pump)).toEqual([])
    pump.pass('11 h')
    expect(events(pump)).toEqual(['stopped-warning'])
    pump.pass('57 h 59 min 59.999999 s')
    expect(pump.alarms()).toEqual([])
    pump.pass('58 h')
    expect(pump.state.alarms).toEqual(['stopped-pump'])
    pump.stop('60 h')
    pump.pass('90 d')
    expect([events(pump), pump.state.alarms]).toEqual([['stopped-warning'], ['stopped-pump']])
    pump.program('91 d', { kind: 'restart' })
    expect(pump.state.alarms).toEqual([])
  })
})

describe('a pump that stands', () => {
  /** Stopped since 10 h, with steps of 1 uL, 0.9 of the next one made. */
  function standing(): Bedside {
    const pump = new Bedside({ figures: { step_volume: '1 uL' } })
    pump.program('0 s', continuous('240 uL/d'))
    pump.stop('9 h 59 min 24 s')
    return pump
  }

  it('does so still after a bolus that makes no step', () => {
    const pump = standing()
    for (const hour of [20, 40, 50]) pump.program(`${hour} h`, bolus('0.03 uL', '40 s'))
    pump.pass('57 h 59 min 23 s')
    expect([events(pump), pump.alarms()]).toEqual([['stopped-warning'], []])
    pump.pass('57 h 59 min 24 s')
    expect(pump.state.alarms).toEqual(['stopped-pump'])
    expect(pump.stepCount).toBe(99)
  })

  it('alarms while a bolus runs that has made no step yet, and is quiet with the step', () => {
    const pump = standing()
    // A tenth of a step is due half an hour after 57 h 30 min.
    pump.program('57 h 30 min', bolus('2 uL', '20 min'))
    pump.pass('57 h 30 min')
    expect(pump.state.standing.since_us).toEqual(at('9 h 59 min 24 s'))
    const slow = standing()
    slow.program('57 h 59 min', bolus('2 uL', '20 min'))
    // A tenth of a step takes a minute.
    slow.pass('57 h 59 min 30 s')
    expect(slow.state.alarms).toEqual(['stopped-pump'])
    slow.pass('57 h 59 min 59 s')
    expect(slow.state.alarms).toEqual(['stopped-pump'])
    slow.pass('58 h')
    expect([slow.state.alarms, slow.stepsBy('58 h').length]).toEqual([[], 100])
    pump.pass('60 h')
    expect(pump.alarms()).toEqual([])
  })

  it('counts anew from the end of a bolus that made one', () => {
    const pump = standing()
    pump.program('40 h', bolus('2 uL', '20 min'))
    pump.pass('88 h 19 min 59 s')
    expect(pump.alarms()).toEqual([])
    pump.pass('88 h 20 min')
    expect(pump.state.alarms).toEqual(['stopped-pump'])
  })

  it('counts on over a power cut', () => {
    const pump = standing()
    pump.program('20 h', bolus('0.03 uL', '40 s'))
    pump.hear(at('30 h'), { kind: 'power-fails', atWrite: null })
    pump.hear(at('30 h'), { kind: 'power-returns' })
    pump.pass('57 h 59 min 24 s')
    expect(pump.state.alarms).toContain('stopped-pump')
  })
})

describe('steps lost in a row that are too few for the alarm', () => {
  const logged = (pump: Bedside) => pump.state.log.entries.filter(({ event }) => /lost|recovered|alarm/.test(event))

  it('are in the log with the first of them and with how many there were, once a run', () => {
    const pump = new Bedside({ figures: { stall_detection: '4 steps' } })
    pump.program('0 s', continuous('1 mL/d'))
    stall(pump, 5, 3)
    turn(pump, 8, true)
    stall(pump, 20, 1)
    turn(pump, 21, true)
    turn(pump, 22, true)
    expect(logged(pump).map(({ event, detail }) => [event, detail])).toEqual([
      ['step-lost', 'a step did not move the rotor'],
      ['motor-recovered', 'the rotor moves again after 3 steps without motion'],
      ['step-lost', 'a step did not move the rotor'],
      ['motor-recovered', 'the rotor moves again after 1 steps without motion'],
    ])
    expect([events(pump), pump.alarms()]).toEqual([[], []])
  })

  it('are followed by the alarm where more are lost, and the log says of each once', () => {
    const pump = new Bedside({ figures: { stall_detection: '2 steps' } })
    pump.program('0 s', continuous('1 mL/d'))
    stall(pump, 5, 4)
    turn(pump, 9, true)
    expect(logged(pump).map(({ event }) => event)).toEqual([
      'step-lost',
      'alarm-raised',
      'motor-recovered',
      'alarm-cleared',
    ])
    const first = new Bedside()
    first.program('0 s', continuous('1 mL/d'))
    stall(first, 5, 2)
    expect(logged(first).map(({ event }) => event)).toEqual(['alarm-raised'])
  })
})

describe('a telemetry carrier', () => {
  it.each([
    ['while an alarm sounds', '1 mL'],
    ['while none sounds', '40 mL'],
  ])('%s neither stops nor shifts delivery', (_, fill) => {
    const [pump, alone] = [new Bedside({ fill }), new Bedside({ fill })]
    for (const one of [pump, alone]) one.program('0 s', flex('1 mL/d', [['3 h', '20 uL', '1 h']]))
    pump.hear(at('2 h'), { kind: 'carrier', present: true })
    pump.hear(at('3 h'), { kind: 'carrier', present: true })
    pump.pass('9 h')
    pump.hear(at('9 h'), { kind: 'carrier', present: false })
    for (const one of [pump, alone]) one.pass('20 h')
    expect(pump.stepsBy('20 h')).toEqual(alone.stepsBy('20 h'))
    expect([pump.peek(), pump.alarms()]).toEqual([alone.peek(), alone.alarms()])
    // 50 uA for seven hours on top of everything else.
    const spent = subtract(pump.state.battery.used_pC, alone.state.battery.used_pC)
    expect(pump.state.battery.current_uA).toEqual(alone.state.battery.current_uA)
    expect(compare(spent, whole(0))).toBeGreaterThanOrEqual(0)
  })
})

describe('the end of the cell', () => {
  const OLD = { service_life: '3 d', replacement_period: '90 d' }

  it('by age calls for replacement on the day, stops for good 90 days later, and takes no therapy any more', () => {
    const pump = new Bedside({ figures: OLD })
    pump.program('0 s', continuous('0.1 mL/d'))
    pump.pass('92 d 23 h 59 min')
    expect(toText(raised(pump, 'elective-replacement') ?? whole(0))).toBe(toText(at('3 d')))
    expect(pump.peek().state).toBe('simple-continuous')
    pump.pass('93 d')
    const { steps } = pump.peek()
    expect([pump.peek().state, pump.state.alarms]).toEqual([
      'end-of-service',
      ['elective-replacement', 'end-of-service'],
    ])
    for (const program of [continuous('1 mL/d'), MINIMUM_RATE, prime('auto'), { kind: 'restart' } as const]) {
      expect(wasApplied(pump.program('94 d', program))).toBe(false)
    }
    expect(wasApplied(pump.program('94 d', refill({ volume: '40 mL' })))).toBe(true)
    pump.hear(at('95 d'), { kind: 'power-fails', atWrite: null })
    pump.hear(at('95 d'), { kind: 'power-returns' })
    pump.pass('200 d')
    expect([pump.peek().state, pump.peek().steps, pump.stepCount]).toEqual(['end-of-service', steps, steps])
    expect(pump.state.alarms).toContain('end-of-service')
  })

  it('by voltage calls for replacement when the mean of ten readings says so, and resets the pump when it sags', () => {
    const pump = new Bedside({ figures: { cell_capacity: '10 mAh' } })
    pump.program('0 s', continuous('1 mL/d'))
    pump.pass('30 d')
    expect(raised(pump, 'elective-replacement')).toBeDefined()
    const reset_us = raised(pump, 'low-battery-reset')
    expect(reset_us).toBeDefined()
    expect(compare(raised(pump, 'elective-replacement') ?? whole(0), at('10 d'))).toBeGreaterThanOrEqual(0)
    expect(pump.peek().state).toBe('safe-state')
    const resets = pump.alarms().filter((alarm) => alarm.startsWith('low-battery-reset'))
    expect(resets).toHaveLength(1)
  })

  it('that sags a stopped pump starts nothing', () => {
    const pump = new Bedside({ figures: { cell_capacity: '1 mAh' } })
    pump.pass('30 d')
    expect([pump.peek().state, pump.stepCount]).toEqual(['stopped', 0])
    expect(pump.state.alarms).toContain('low-battery-reset')
  })
})

describe('the tube set', () => {
  it('is worn with the step that makes up its volume, and replacement is due with it', () => {
    const pump = new Bedside({ figures: { tube_life: '2 mL', step_volume: '1 uL' } })
    pump.program('0 s', continuous('1 mL/d'))
    pump.pass('3 d')
    expect(pump.alarms()).toEqual([
      `tube-set-end-of-life raised at ${toText(at('2 d'))}`,
      `elective-replacement raised at ${toText(at('2 d'))}`,
    ])
    expect(pump.peek().state).toBe('simple-continuous')
  })
})

describe('several alarms', () => {
  const tones = (pump: Bedside) => pump.said.flatMap((output) => (output.kind === 'tone' ? [output.alarm] : []))

  it('are all on, the most urgent is heard, and each is heard when what hid it is over', () => {
    const pump = new Bedside({ fill: '3 mL', figures: { service_life: '2 d', step_volume: '1 uL' } })
    pump.program('0 s', continuous('1 mL/d'))
    pump.pass('2 d 1 h')
    turn(pump, 2100, false)
    pump.pass('4 d')
    expect(pump.state.alarms).toEqual(['low-reservoir', 'elective-replacement', 'motor-stall', 'empty-reservoir'])
    expect(tones(pump)).toEqual(['low-reservoir', 'motor-stall'])
    pump.hear(at('5 d'), { kind: 'rotor', due_us: at('5 d'), moved: true })
    pump.program('6 d', refill({ volume: '40 mL' }))
    expect(tones(pump)).toEqual(['low-reservoir', 'motor-stall', 'empty-reservoir', 'elective-replacement'])
    expect(pump.state.alarms).toEqual(['elective-replacement'])
  })

  it('are silent for ten minutes and no longer, and one more urgent breaks the silence', () => {
    const pump = new Bedside({ fill: '1 mL' })
    pump.program('0 s', continuous('1 mL/d'))
    pump.pass('1 min')
    pump.hear(at('1 h'), { kind: 'silence' })
    pump.hear(at('1 h 5 min'), { kind: 'silence' })
    pump.pass('1 h 10 min')
    expect(tones(pump)).toEqual(['low-reservoir', null, 'low-reservoir'])
    pump.hear(at('2 h'), { kind: 'silence' })
    pump.hear(at('2 h 1 min'), { kind: 'rotor', due_us: at('2 h'), moved: false })
    expect(tones(pump).slice(3)).toEqual([null, 'motor-stall'])
    expect(pump.state.alarms).toEqual(['low-reservoir', 'motor-stall'])
  })
})

describe('the event log', () => {
  it('stays bounded, counts what it lost, and outlives a loss of power', () => {
    const pump = new Bedside()
    for (let minute = 0; minute < 300; minute += 1) pump.stop(`${minute} min`)
    pump.hear(at('6 h'), { kind: 'power-fails', atWrite: null })
    pump.hear(at('7 h'), { kind: 'power-returns' })
    const answer = pump.hear(at('8 h'), { kind: 'read-log' }).find((output) => output.kind === 'log')
    expect(answer?.entries).toHaveLength(LOG_CAPACITY)
    // 300 stops, the warning of an hour, and the alarm of the reset.
    expect(answer?.dropped).toBe(302 - LOG_CAPACITY)
    expect(answer?.entries.map(({ event }) => event)).toContain('programmed')
  })

  it('is emptied on demand, and says how much it held', () => {
    const pump = new Bedside()
    pump.stop('1 min')
    pump.hear(at('2 min'), { kind: 'clear' })
    expect(pump.state.log).toEqual({
      entries: [{ at_us: at('2 min'), event: 'log-cleared', detail: '1 entries' }],
      dropped: 0,
    })
    expect(reasonIn(pump.program('3 min', continuous('99 mL/d')))).toMatch('above')
    expect(pump.state.log.entries.at(-1)?.event).toBe('refused')
  })
})
