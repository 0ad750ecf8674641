/** The same sources on an ATmega328P: they fit, leave room for the stack, and hold the worked session byte for byte. */
import { beforeAll, describe, expect, it } from 'vitest'
import { alike, digestOf, frameOf, programmed, SET_UP, workedSession } from './c-pump.ts'
import { Chip, HAS_AVR_GCC, type Image, imageOf } from './chip.ts'

const FLASH_bytes = 32_768
const MEMORY_bytes = 2_048
const FREE_LEAST_bytes = 100

/** Thirteen boluses of as many bytes as any may have, which is the most that is read back, and a bolus on top. */
const FLEX = [
  'BEGIN,flex',
  'RATE,mass,350000000',
  ...Array.from(
    { length: 13 },
    (_, index) => `DAILY,${57_600_000_000 + 1_999_999_999 * index},mass,50000001,299999999`,
  ),
  'DAYS,127',
]
const BOLUS = ['BEGIN,bolus', 'DOSE,mass,25000000,599999999']
const REFILL = ['BEGIN,refill', 'DRAWN,all', `FILL,${'x'.repeat(40)},500003,20000000000`]

describe.skipIf(!HAS_AVR_GCC)('the pump in C on an ATmega328P', () => {
  let stepwise: Image

  beforeAll(() => {
    stepwise = imageOf(['RUN_MOST=1'])
  }, 60_000)

  it('fits', () => {
    expect(stepwise.flash_bytes).toBeLessThanOrEqual(FLASH_bytes)
    expect(stepwise.memory_bytes).toBeLessThan(MEMORY_bytes)
  })

  it('holds the worked session byte for byte, beside what it can and is called', () => {
    const chip = new Chip(stepwise.flash)
    const answered = workedSession('>').flatMap((line) => chip.ask(line))
    expect(alike(answered)).toStrictEqual(alike(workedSession('<')))
  })

  it('leaves memory that the stack never touches', () => {
    const chip = new Chip(imageOf(['REPORT_STACK']).flash)
    const untouched: number[] = []
    let sequence = 0
    let wake = 0
    const ask = (text: string) => {
      const lines = chip.ask(frameOf(sequence++, text), 1)
      untouched.push(Number(lines.at(-1)))
      const [, next = '0'] = /DONE,\d+,\d+,(\d+)\*/.exec(lines.at(-2) ?? '') ?? []
      wake = Number(next)
    }
    chip.ask(frameOf(0, 'HELLO,1'), 1)
    let transaction = 0
    const program = (at: number, parts: readonly string[]) => {
      for (const text of programmed(at, parts)) ask(text)
      ask(`COMMIT,${at},${digestOf(++transaction, parts)}`)
    }
    for (const text of SET_UP) ask(text)
    program(0, FLEX)
    program(0, BOLUS)
    for (let count = 0; count < 12; count++) ask(`ADVANCE,${wake}`)
    const at = wake - 1
    ask(`TELL,${at},bench`)
    ask(`ROTOR,${at},100,0`)
    program(at, REFILL)
    program(at, BOLUS)
    for (let count = 0; count < 12; count++) ask(`ADVANCE,${wake}`)
    ask(`STOP,${wake}`)
    expect(Math.min(...untouched)).toBeGreaterThanOrEqual(FREE_LEAST_bytes)
    expect(new Set(untouched).size).toBeGreaterThan(1)
  })
})
