/**
 * The pump in C that turns its own motor by its own clock, as docs/PROTOCOL.md, section 21, has it: on an emulated ATmega328P, with nothing at its
 * pins but a look at the coil lines.
 */
import { beforeAll, describe, expect, it } from 'vitest'
import { digestOf, frameOf, programmed, SET_UP, textOf } from './c-pump.ts'
import { Chip, HAS_AVR_GCC, type Image, imageOf } from './chip.ts'

const [FLASH_bytes, FREE_LEAST_bytes] = [32_768, 100]
/** A step of 0.25 uL each second. */
const EACH_SECOND = ['BEGIN,simple-continuous', 'RATE,volume,21600000000']
const STEP_us = 1_000_000
/** A count of its timer. */
const CLOCK_us = 16

/** A conversation with a pump that has been set up and started. */
class Talk {
  readonly chip: Chip
  readonly #more: number
  #sequence = 0
  #transaction = 0
  /** The log line after each answer. */
  readonly logged: string[] = []

  constructor({ flash }: Image, more = 0) {
    this.chip = new Chip(flash)
    this.#more = more
    this.chip.ask(frameOf(0, 'HELLO,1'), more)
    for (const text of SET_UP) this.ask(text)
  }

  /** Asks again what was asked last. */
  again(text: string): string[] {
    return this.chip.ask(frameOf(this.#sequence - 1, text))
  }

  ask(text: string): string[] {
    const lines = this.chip.ask(frameOf(this.#sequence++, text), this.#more)
    const said = lines.filter((line) => line.startsWith('$'))
    this.logged.push(...lines.filter((line) => !line.startsWith('$')))
    for (const line of said) textOf(line)
    return said
  }

  texts(text: string): string[] {
    return this.ask(text).map(textOf)
  }

  program(parts: readonly string[]): string[] {
    this.prepare(parts)
    return this.commit(parts)
  }

  prepare(parts: readonly string[]): void {
    for (const text of programmed(0, parts)) this.ask(text)
    this.#transaction += 1
  }

  commit(parts: readonly string[]): string[] {
    return this.texts(`COMMIT,0,${digestOf(this.#transaction, parts)}`)
  }
}

const fieldsOf = (text: string) => text.split(',').slice(1)
const presentOf = (texts: readonly string[]) => Number(fieldsOf(texts.at(-1) ?? '')[1])

describe.skipIf(!HAS_AVR_GCC)('the pump in C that runs free', () => {
  let image: Image
  beforeAll(() => {
    image = imageOf(['FREE_RUNNING'])
  }, 60_000)

  it('fits, and leaves memory that the stack never touches', () => {
    expect(image.flash_bytes).toBeLessThanOrEqual(FLASH_bytes)
    const talk = new Talk(imageOf(['FREE_RUNNING', 'REPORT_STACK']), 1)
    const daily = (index: number) => `DAILY,${28_810_000_000 + 45_000_000 * index},mass,5000001,39999999`
    talk.program(['BEGIN,flex', 'RATE,mass,350000000', ...[0, 1, 2, 3].map(daily), 'DAYS,127'])
    expect(talk.program(['BEGIN,bolus', 'DOSE,mass,1000000,599999999'])[0]).toMatch(/^APPLIED/)
    talk.chip.pass(3)
    talk.ask('TELL,0,bench')
    talk.program(['BEGIN,refill', 'DRAWN,all', `FILL,${'x'.repeat(40)},500003,20000000000`])
    talk.chip.pass(1)
    talk.ask('STOP,0')
    const untouched = talk.logged.map(Number)
    expect(Math.min(...untouched)).toBeGreaterThanOrEqual(FREE_LEAST_bytes)
    expect(new Set(untouched).size).toBeGreaterThan(1)
  })

  it('makes each step when it is due, however much it is asked meanwhile, and books what it made', () => {
    const talk = new Talk(image)
    const [applied = ''] = talk.program(EACH_SECOND)
    const before = talk.chip.turned_us.length
    const booked: string[] = []
    for (let n = 0; n < 60; n += 1)
      booked.push(...talk.texts('TELL,0,bench').filter((text) => text.startsWith('BOOKED')))
    const turned_us = talk.chip.turned_us.slice(before)
    expect(turned_us.length).toBeGreaterThan(2)
    for (const [k, at_us] of turned_us.entries()) {
      const late_us = at_us - (turned_us[0] ?? 0) - k * STEP_us
      expect(Math.abs(late_us)).toBeLessThanOrEqual(2 * CLOCK_us)
    }
    const steps = booked.map((text) => Number(fieldsOf(text)[3]))
    expect(steps.reduce((sum, count) => sum + count, 0)).toBe(turned_us.length)
    const first_us = Number(fieldsOf(booked[0] ?? '')[1])
    expect(first_us - Number(fieldsOf(applied)[0])).toBe(STEP_us)
  })

  it('counts every step that it made, also one that is due while flow changes', () => {
    const talk = new Talk(image)
    talk.program(EACH_SECOND)
    const before = talk.chip.turned_us.length
    talk.chip.pass(1.5)
    for (let n = 0; n < 10; n += 1) {
      const parts = ['BEGIN,simple-continuous', `RATE,volume,${21_600_000_001 + n}`]
      talk.prepare(parts)
      // So that the step is due while COMMIT comes in, is looked at, or is carried out.
      const due_us = (talk.chip.turned_us.at(-1) ?? 0) + STEP_us
      talk.chip.pass((due_us - 1000 - 2000 * n) / 1e6 - talk.chip.now_ms / 1000)
      expect(talk.commit(parts).at(-2)).toMatch(/^APPLIED/)
    }
    talk.ask('STOP,0')
    const made = talk.chip.turned_us.length - before
    expect(made).toBeGreaterThanOrEqual(10)
    const status = talk.texts('TELL,0,bench').find((text) => text.startsWith('STATUS')) ?? ''
    expect(Number(fieldsOf(status)[2])).toBe(made)
  })

  it('goes by its own clock, and never by what the bench says that it is', () => {
    const talk = new Talk(image)
    talk.chip.pass(10)
    const late = talk.texts('ADVANCE,1')
    talk.chip.pass(10)
    const early = talk.texts('TELL,999000000,bench')
    expect(presentOf(late)).toBeGreaterThan(10_000_000)
    expect(presentOf(late)).toBeLessThan(10_500_000)
    expect(presentOf(early) - presentOf(late)).toBeGreaterThan(10_000_000)
    expect(presentOf(early) - presentOf(late)).toBeLessThan(10_500_000)
  })

  it.each(['TELL,0,bench', 'ADVANCE,0'])(
    'says its reply to %s again as it was, though time has passed and steps were made',
    (text) => {
      const talk = new Talk(image)
      // An interval that is no whole number of us, so that it books by itself, too.
      talk.program(['BEGIN,simple-continuous', 'RATE,volume,23000000000'])
      talk.chip.pass(5)
      const once = talk.ask(text)
      talk.chip.pass(20)
      expect(talk.again(text)).toStrictEqual(once)
      const [before = '', after = ''] = [once.map(textOf), talk.texts('ADVANCE,0')].map(([first]) => first)
      const [, from = 0, interval = 0, count = 0] = fieldsOf(before).map(Number)
      expect(after).toMatch(/^BOOKED,/)
      expect(Math.abs(Number(fieldsOf(after)[1]) - (from + interval * count))).toBeLessThan(1000)
    },
  )

  it('says what it can, and lacks what only a bench that holds its time could ask', () => {
    const talk = new Talk(image)
    const cans = talk.texts('CANS')
    expect(cans).toContain('CAN,option,free-running')
    for (const lacked of ['motor-stall', 'JUMP', 'RESIDUAL', 'set-clock', 'stall_detection'])
      expect(cans.filter((text) => text.includes(lacked))).toStrictEqual([])
    expect(talk.texts('ROTOR,5,1,0')).toStrictEqual(['NAK,LACKS,ROTOR'])
    expect(talk.texts('JUMP,5,1')).toStrictEqual(['NAK,LACKS,JUMP'])
    expect(talk.texts('BEGIN,set-clock')[0]).toMatch(/^NAK,LACKS/)
  })

  it('goes on through a command that it refuses, and keeps what it had to say', () => {
    const talk = new Talk(image)
    talk.program(EACH_SECOND)
    talk.chip.pass(3)
    expect(talk.texts('ROTOR,5,1,0')).toStrictEqual(['NAK,LACKS,ROTOR'])
    expect(talk.texts('ADVANCE,0')[0]).toMatch(/^BOOKED,/)
  })

  it.each([
    ['STOP', (talk: Talk) => talk.ask('STOP,0')],
    ['BYE', (talk: Talk) => talk.ask('BYE')],
    ['another HELLO', (talk: Talk) => talk.chip.ask(frameOf(0, 'HELLO,2'))],
  ])('stands still after %s', (_, end) => {
    const talk = new Talk(image)
    talk.program(EACH_SECOND)
    talk.chip.pass(3)
    end(talk)
    const before = talk.chip.turned_us.length
    expect(before).toBeGreaterThan(2)
    talk.chip.pass(5)
    expect(talk.chip.turned_us.length).toBe(before)
  })

  it('says how many outputs gave way where nobody asks for long, and what it gave all the same', () => {
    const boluses = [
      [1_000_000, 4_000_000],
      [500_000, 4_000_000],
      [1_250_000, 5_000_000],
      [500_000, 6_000_000],
    ] as const
    const dailies = boluses.map(
      ([volume, over], index) => `DAILY,${28_803_000_000 + 8_000_000 * index},volume,${volume},${over}`,
    )
    // Room for four: what was said last and is kept, and three that wait.
    const talk = new Talk(imageOf(['FREE_RUNNING', 'REPLY_OUTPUTS=4', 'REPLY_WAITING=3']))
    expect(talk.program(['BEGIN,flex', 'RATE,volume,0', ...dailies, 'DAYS,127'])[0]).toMatch(/^APPLIED/)
    talk.chip.pass(40)
    const texts = talk.texts('ADVANCE,0')
    const [dropped = '', ...rest] = texts.slice(0, -1)
    const [at, name, count] = fieldsOf(dropped)
    expect(name).toBe('outputs-dropped')
    expect(Number(count)).toBeGreaterThanOrEqual(2)
    expect(rest.length).toBeGreaterThan(0)
    for (const text of rest) expect(Number(fieldsOf(text)[0])).toBeGreaterThan(Number(at))
    expect(talk.texts('ADVANCE,0').length).toBe(1)
    const status = talk.texts('TELL,0,bench').find((text) => text.startsWith('STATUS')) ?? ''
    expect(fieldsOf(status)[2]).toBe('13')
  })
})
