/** Programming in two halves: what is prepared is read back, and only what was read back can come into force. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Program } from '#firmware-sim/messages'
import { digestOf, programText } from '#firmware-sim/transaction'
import {
  at,
  Bedside,
  bolus,
  bridge,
  continuous,
  digestIn,
  flex,
  MINIMUM_RATE,
  patientBolus,
  periodic,
  prime,
  reasonIn,
  refill,
  STOPPED,
  setClock,
  wasApplied,
} from './bedside.ts'

const PROGRAMMES: readonly (readonly [name: string, program: Program])[] = [
  ['stopped', STOPPED],
  ['minimum rate', MINIMUM_RATE],
  ['continuous by mass', continuous('100 ug/d')],
  ['continuous by volume', continuous('100 uL/d')],
  ['a bolus by mass', bolus('50 ug', '10 min')],
  ['a bolus by volume', bolus('50 uL', '10 min')],
  ['a refill', refill({ volume: '20 mL', withdrawn: '30 mL', concentration: '2000 ug/mL' })],
]

describe('PREPARE', () => {
  it.each(PROGRAMMES)('of %s reads back what it stored, and nothing else happens', (_, program) => {
    const pump = new Bedside()
    pump.program('0 s', continuous('1 mL/d'))
    const before = pump.status('1 h')
    const answers = pump.prepare('1 h', program)
    expect(answers).toHaveLength(1)
    expect(answers[0]).toMatchObject({
      kind: 'readback',
      stored: program,
      digest: expect.stringMatching(/^[0-9a-f]{8}$/),
    })
    expect(pump.status('1 h')).toEqual(before)
  })

  it('alone changes nothing that is ever given: a session that breaks off leaves the old therapy', () => {
    fc.assert(
      fc.property(fc.constantFrom(...PROGRAMMES), fc.integer({ min: 0, max: 100 }), ([, program], hour) => {
        const [left, interrupted] = [new Bedside(), new Bedside()]
        for (const pump of [left, interrupted]) pump.program('0 s', continuous('1 mL/d'))
        interrupted.prepare(`${hour} h`, program)
        for (const pump of [left, interrupted]) pump.pass('50 d')
        const flow = (pump: Bedside) => pump.said.filter(({ kind }) => kind !== 'readback')
        expect(flow(interrupted)).toEqual(flow(left))
        expect(interrupted.status('50 d')).toEqual(left.status('50 d'))
      }),
      { numRuns: 30 },
    )
  })

  it('tells the volume of a day with it, and that of the last therapy that gave any', () => {
    const pump = new Bedside({ concentration: '2000 ug/mL' })
    const read = (time: string, program: Program) => pump.prepare(time, program).find(({ kind }) => kind === 'readback')
    const day = (n: bigint, d = 1n) => ({ n, d })
    expect(read('0 s', continuous('500 ug/d'))).toMatchObject({ daily_uL: day(250n), previousDaily_uL: null })
    pump.program('0 s', continuous('500 ug/d'))
    expect(read('1 h', MINIMUM_RATE)).toMatchObject({ daily_uL: day(6n), previousDaily_uL: day(250n) })
    expect(read('1 h', bolus('100 ug', '10 min'))).toMatchObject({ daily_uL: day(300n) })
    expect(read('1 h', refill({ volume: '40 mL', concentration: '1500 ug/mL' }))).toMatchObject({
      daily_uL: day(1000n, 3n),
    })
    pump.program('2 h', continuous('1 mL/d'))
    pump.stop('3 h')
    expect(read('4 h', continuous('2 mL/d'))).toMatchObject({ daily_uL: day(2000n), previousDaily_uL: day(1000n) })
  })

  it('of anything but a therapy tells no dose of before, since it changes none', () => {
    const pump = new Bedside()
    pump.program('0 s', continuous('1 mL/d'))
    for (const program of [bolus('10 uL', '10 min'), refill({ volume: '40 mL' }), prime('10 uL')]) {
      expect(pump.prepare('1 h', program)[0]).toMatchObject({ kind: 'readback', previousDaily_uL: null })
    }
  })

  it('tells a bolus by volume on top of the therapy too', () => {
    const pump = new Bedside({ concentration: '2000 ug/mL' })
    pump.program('0 s', continuous('1 mL/d'))
    expect(pump.prepare('1 h', bolus('10 uL', '10 min'))[0]).toMatchObject({ daily_uL: { n: 1010n, d: 1n } })
  })

  it('replaces what was prepared before', () => {
    const pump = new Bedside()
    const first = digestIn(pump.prepare('0 s', continuous('1 mL/d')))
    const second = digestIn(pump.prepare('1 s', continuous('2 mL/d')))
    expect(wasApplied(pump.commit('2 s', String(first)))).toBe(false)
    expect(wasApplied(pump.commit('2 s', String(second)))).toBe(true)
    expect(pump.status('1 d 2 s').volume_uL).toEqual({ n: 2000n, d: 1n })
  })

  it('of something the pump refuses leaves nothing to commit, and the old therapy in force', () => {
    const pump = new Bedside()
    pump.program('0 s', continuous('1 mL/d'))
    const good = digestIn(pump.prepare('1 h', continuous('2 mL/d')))
    expect(reasonIn(pump.prepare('1 h', continuous('25 mL/d')))).toMatch('above the highest rate')
    expect(wasApplied(pump.commit('1 h', String(good)))).toBe(false)
    expect(pump.status('1 d').volume_uL).toEqual({ n: 1000n, d: 1n })
  })
})

describe('COMMIT', () => {
  it.each(PROGRAMMES)('brings %s into force at its own instant, and says so once', (_, program) => {
    const pump = new Bedside()
    pump.program('0 s', continuous('1 mL/d'))
    const digest = String(digestIn(pump.prepare('1 h', program)))
    const answers = pump.commit('1 h 5 min', digest)
    expect(answers.filter(({ kind }) => kind === 'applied')).toEqual([
      { kind: 'applied', at_us: { n: 3_900_000_000n, d: 1n }, digest },
    ])
    expect(reasonIn(answers)).toBeNull()
  })

  it.each([
    ['nothing', ''],
    ['a digest that was never read back', '00000000'],
    ['a digest in other letters', digestOf(continuous('2 mL/d'), 2).toUpperCase()],
    ['the digest of another program', digestOf(continuous('3 mL/d'), 2)],
  ])('of %s is refused, and what was prepared can still be committed', (_, digest) => {
    const pump = new Bedside()
    pump.program('0 s', continuous('1 mL/d'))
    const prepared = String(digestIn(pump.prepare('1 h', continuous('2 mL/d'))))
    expect(prepared).not.toBe(digest)
    expect(reasonIn(pump.commit('1 h', digest))).toBe(
      `nothing is prepared under the digest ${digest}; prepare the program again`,
    )
    expect(pump.status('1 h').volume_uL).toEqual(pump.status('1 h').volume_uL)
    expect(wasApplied(pump.commit('1 h', prepared))).toBe(true)
  })

  it('asked for again says so again, and does nothing twice', () => {
    const pump = new Bedside()
    const digest = String(digestIn(pump.prepare('0 s', bolus('10 uL', '10 min'))))
    expect(wasApplied(pump.commit('0 s', digest))).toBe(true)
    for (const time of ['0 s', '1 min', '1 d', '30 d']) {
      const { state } = pump
      const answers = pump.commit(time, digest)
      expect(answers.filter(({ kind }) => kind === 'applied' || kind === 'refused')).toMatchObject([{ digest }])
      expect(pump.state.committed).toBe(state.committed)
    }
    expect(pump.status('30 d').volume_uL).toEqual({ n: 10n, d: 1n })
  })

  it('asked for again after another program was committed is refused: only the last one is remembered', () => {
    const pump = new Bedside()
    const first = String(digestIn(pump.program('0 s', continuous('1 mL/d'))))
    pump.program('1 h', continuous('2 mL/d'))
    expect(reasonIn(pump.commit('2 h', first))).toMatch('nothing is prepared')
    expect(pump.peek().state).toBe('simple-continuous')
  })

  it('confirms the last program while another one is prepared, which can still be committed', () => {
    const pump = new Bedside()
    const first = String(digestIn(pump.program('0 s', continuous('1 mL/d'))))
    const second = String(digestIn(pump.prepare('1 h', continuous('2 mL/d'))))
    expect(wasApplied(pump.commit('1 h', first))).toBe(true)
    expect(wasApplied(pump.commit('1 h', second))).toBe(true)
    expect(pump.status('1 d 1 h').volume_uL).toEqual({ n: 4083n, d: 2n })
  })

  it('of a program that waited longer than the pump waits is refused, and of one that did not is applied', () => {
    for (const [time, said] of [
      ['1 h 5 min', null],
      ['1 h 5 min 0.000001 s', 'the program was prepared more than 5 min ago; prepare it again'],
    ] as const) {
      const pump = new Bedside()
      const digest = String(digestIn(pump.prepare('1 h', continuous('1 mL/d'))))
      expect(reasonIn(pump.commit(time, digest))).toBe(said)
      if (said !== null) expect(reasonIn(pump.commit(time, digest))).toMatch('nothing is prepared')
    }
  })

  it('is refused where the program no longer fits, and cannot be tried again', () => {
    const pump = new Bedside({ fill: '3 mL' })
    pump.program('0 s', continuous('1 mL/d'))
    const digest = String(digestIn(pump.prepare('2 d 23 h 58 min', continuous('2 mL/d'))))
    expect(reasonIn(pump.commit('3 d 1 min', digest))).toBe('the reservoir is believed empty; refill the pump first')
    pump.program('5 d', refill({ volume: '40 mL' }))
    expect(reasonIn(pump.commit('5 d', digest))).toMatch('nothing is prepared')
  })

  it('checks a bolus against what runs when it is committed, not when it was prepared', () => {
    const pump = new Bedside()
    const digest = String(digestIn(pump.prepare('0 s', bolus('100 uL', '10 min'))))
    pump.program('0 s', STOPPED)
    expect(reasonIn(pump.commit('0 s', digest))).toMatch('nothing is prepared')
    const again = String(digestIn(pump.prepare('0 s', bolus('100 uL', '10 min'))))
    expect(wasApplied(pump.commit('3 min', again))).toBe(true)
    expect(pump.stepsBy('3 min')).toEqual([])
    expect(pump.stepsBy('13 min')).toHaveLength(400)
  })
})

describe('the log', () => {
  it('tells what was brought into force, and what was refused and why', () => {
    const pump = new Bedside()
    pump.program('30 min', continuous('1 mL/d'))
    pump.program('2 h', continuous('25 mL/d'))
    pump.commit('3 h', '00000000')
    const log = pump.hear(at('4 h'), { kind: 'read-log' }).find(({ kind }) => kind === 'log')
    expect(log).toMatchObject({
      entries: [
        { at_us: at('30 min'), event: 'programmed', detail: 'simple-continuous 1/86400000 uL/us' },
        { at_us: at('2 h'), event: 'refused', detail: expect.stringMatching('^25000 uL/d is above the highest rate') },
        { at_us: at('3 h'), event: 'refused', detail: expect.stringMatching('^nothing is prepared under') },
      ],
    })
  })
})

const DAILY = ['6 h', '50 ug', '5 min'] as const

describe('the text of a program', () => {
  it.each<readonly [Program, string]>([
    [STOPPED, 'stopped'],
    [MINIMUM_RATE, 'minimum-rate'],
    [continuous('86.4 ug/d'), 'simple-continuous 1/1000000000 ug/us'],
    [
      flex('86.4 uL/d', [DAILY], ['mon', 'sun']),
      'flex 1/1000000000 uL/us, at 21600000000 us 50 ug over 300000000 us, on mon sun',
    ],
    [periodic('50 uL', '10 min', '4 h'), 'periodic-bolus 50 uL over 600000000 us every 14400000000 us on nothing'],
    [
      periodic('50 uL', '10 min', '4 h', '86.4 uL/d'),
      'periodic-bolus 50 uL over 600000000 us every 14400000000 us on 1/1000000000 uL/us',
    ],
    [bolus('50 ug', '10 min'), 'bolus 50 ug over 600000000 us'],
    [prime('auto'), 'prime auto'],
    [prime('375 uL'), 'prime 375 uL'],
    [bridge('auto'), 'bridge auto'],
    [bridge('176.4 uL'), 'bridge 882/5 uL'],
    [patientBolus('5 ug', '1 min', '30 min', 4), 'patient-bolus 5 ug over 60000000 us each 1800000000 us, 4 a day'],
    [refill({ volume: '40 mL' }), 'refill withdrew all holds 40000 uL of baclofen 1 ug/uL'],
    [refill({ volume: '40 mL', withdrawn: '3 mL' }), 'refill withdrew 3000 uL holds 40000 uL of baclofen 1 ug/uL'],
    [{ kind: 'restart' }, 'restart'],
    [setClock('1970-01-01T00:00:01'), 'set-clock 1000000 us'],
  ])('tells everything of it: %#', (program, text) => {
    expect(programText(program)).toBe(text)
  })
})

describe('the digest', () => {
  it('names the program: equal ones have the same text, and no others', () => {
    const texts = PROGRAMMES.map(([, program]) => programText(program))
    expect(new Set(texts).size).toBe(PROGRAMMES.length)
    expect(digestOf(continuous('1 mL/d'), 7)).toBe(digestOf(continuous('1000 uL/d'), 7))
    expect(digestOf(continuous('1 mL/d'), 7)).not.toBe(digestOf(continuous('1 mL/d'), 8))
    expect(programText(bolus('50 ug', '10 min'))).not.toBe(programText(bolus('100 ug', '20 min')))
    expect(programText(bolus('50 ug', '10 min'))).not.toBe(programText(bolus('50 uL', '10 min')))
  })

  it('names the transaction too: the pump counts them from one, those it refuses as well', () => {
    const pump = new Bedside()
    expect(digestIn(pump.prepare('0 s', continuous('1 mL/d')))).toBe(digestOf(continuous('1 mL/d'), 1))
    expect(digestIn(pump.prepare('0 s', continuous('25 mL/d')))).toBeNull()
    expect(digestIn(pump.prepare('0 s', continuous('1 mL/d')))).toBe(digestOf(continuous('1 mL/d'), 3))
  })

  it.each([
    ['volume', refill({ volume: '19 mL' })],
    ['withdrawal', refill({ volume: '20 mL', withdrawn: '20 mL' })],
    ['concentration', refill({ volume: '20 mL', concentration: '999 ug/mL' })],
    ['drug', refill({ volume: '20 mL', drug: 'morphine' })],
  ])('of a refill tells another %s', (_, other) => {
    expect(digestOf(other, 1)).not.toBe(digestOf(refill({ volume: '20 mL' }), 1))
  })
})
