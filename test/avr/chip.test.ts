/** The peripherals of the emulated controller, each by a program that uses it the way firmware does. */
import { describe, expect, it } from 'vitest'
import { Mcu, type PortChange } from '#hil/rig/avr/mcu'
import { cycles, Ours, program, textOf } from './support/machine.ts'

const POWER = 1
const EXTERNAL = 2
const BROWN_OUT = 4
const WATCHDOG = 8

describe('faults on the line', () => {
  const received = (fault: 'framing' | 'parity' | 'overrun') => {
    const ours = new Ours('status')
    ours.mcu.send([0x31])
    ours.mcu.send([0x41], undefined, fault)
    ours.mcu.send([0x42])
    return ours.hear(0.02)
  }
  it('a missing stop bit travels with its byte', () => expect(received('framing')).toBe('9041 8042 \n'))
  it('a lost byte is reported with the next that is read', () => expect(received('overrun')).toBe('8842 \n'))
  it('a wrong parity bit is not seen by a receiver without parity', () =>
    expect(received('parity')).toBe('8041 8042 \n'))
})

describe('the receiver', () => {
  it('holds three bytes as long as no fourth begins', () => {
    const ours = new Ours('status')
    ours.mcu.send([0x31, 0x41, 0x42, 0x43])
    expect(ours.hear(0.02)).toBe('8041 8042 8043 \n')
  })

  it('loses those that come after, and says so once', () => {
    const ours = new Ours('status')
    ours.say('1ABCDEFG')
    expect(ours.hear(0.02)).toBe('8841 8042 8047 \n')
  })
})

describe('the reason of a reset', () => {
  it('adds up what the program does not clear; its memory lasts until power fails', () => {
    const ours = new Ours('reboot')
    expect(ours.hear(0.01)).toBe(`${POWER}1\n`)
    ours.mcu.reset('external')
    expect(ours.hear(0.01)).toBe(`${EXTERNAL}2\n`)
    ours.mcu.reset('brown-out')
    expect(ours.hear(0.01)).toBe(`${BROWN_OUT}3\n`)
    ours.say('h')
    expect(ours.hear(0.3)).toBe(`${WATCHDOG}4\n`)
    ours.mcu.reset('power')
    expect(ours.hear(0.01)).toBe(`${POWER}1\n`)
  })

  it('comes with its cycle, the outputs let go and time going on', () => {
    const { mcu } = new Ours('reboot')
    const seen: unknown[] = []
    mcu.onPortChanged = ({ port, levels, outputs, cycle }: PortChange) =>
      seen.push([port, levels, outputs, cycle > 50_000])
    mcu.onReset = ({ cause, cycle }) => seen.push([cause, cycle - 50_000 < 4])
    mcu.reset('external', 50_000)
    mcu.runTo(100_000)
    expect(seen).toEqual([
      ['B', 0, 1, false],
      ['B', 1, 1, false],
      ['B', 0, 0, true],
      ['external', true],
      ['B', 0, 1, true],
      ['B', 1, 1, true],
    ])
  })
})

describe('the watchdog', () => {
  const NOMINAL_s = 2 ** 15 / 128_000
  const bites = (ours: Ours) => {
    const at: number[] = []
    ours.mcu.onReset = ({ cycle }) => at.push(cycle)
    return at
  }
  it('bites 2^15 of its ticks after it was last fed', () => {
    const ours = new Ours('reboot')
    const at = bites(ours)
    ours.mcu.send([0x68], 1_000_000)
    ours.runTo(cycles(2))
    expect(at).toHaveLength(1)
    const wait = (at[0] ?? 0) - 1_000_000 - 1360
    expect(wait).toBeGreaterThan(cycles(NOMINAL_s) - 100)
    expect(wait).toBeLessThan(cycles(NOMINAL_s) + 100)
  })

  it('bites again and again until the program clears the flag of the reset', () => {
    const ours = new Ours('forgetful')
    const at = bites(ours)
    ours.runTo(cycles(0.2))
    const gaps = at.slice(1).map((cycle, index) => cycle - (at[index] ?? 0))
    expect(gaps.length).toBeGreaterThan(4)
    for (const gap of gaps) expect(Math.abs(gap - 2048 * 125)).toBeLessThan(300)
    expect(textOf(ours)).toMatch(/^19+$/)
  })
})

describe('the watchdog as an interrupt', () => {
  it('comes once, and the next time the chip is reset', () => {
    const ours = new Ours('bark')
    const PERIOD_s = 4096 / 128_000
    ours.runTo(cycles(5.5 * PERIOD_s))
    expect(textOf(ours)).toBe('1w8w8w')
    const at = (index: number) => ours.sent[index]?.cycle ?? 0
    expect(at(1) - at(0)).toBeGreaterThan(cycles(PERIOD_s) - 2000)
    expect(at(3) - at(1)).toBeLessThan(cycles(2 * PERIOD_s) + 2000)
  })
})

describe('the EEPROM', () => {
  it('keeps what was written over a reset and a loss of power', () => {
    const ours = new Ours('memory')
    expect(ours.hear(0.1)).toBe('0000\xff\n')
    ours.say('x')
    expect(ours.hear(0.1)).toBe('k')
    ours.mcu.reset('external')
    expect(ours.hear(0.1)).toBe('0001x\n')
    ours.mcu.reset('power')
    expect(ours.hear(0.1)).toBe('0002x\n')
    const { eeprom } = ours.mcu
    expect(eeprom[7]).toBe(0xff)
    expect([eeprom[0x100], eeprom[0x101], eeprom[1023], eeprom.length]).toEqual([2, 0, 0x78, 1024])
    const again = new Mcu({ flash: program('memory'), eeprom })
    again.runTo(cycles(0.1))
    expect(again.eeprom[0x100]).toBe(3)
  })

  it('takes 3.4 ms for a byte: a reset meanwhile does no harm, a loss of power leaves the cell erased', () => {
    const keptAfter = (cause: 'external' | 'power', wait_cycles: number) => {
      const ours = new Ours('memory')
      ours.hear(0.1)
      ours.say('x')
      ours.hear(0.1)
      const arrived = ours.mcu.send([0x79])
      ours.mcu.reset(cause, arrived + wait_cycles)
      return ours.hear(0.1).slice(-2, -1)
    }
    const WRITE_cycles = 54_400
    expect(keptAfter('external', 1000)).toBe('y')
    expect(keptAfter('power', 1000)).toBe('\xff')
    expect(keptAfter('power', WRITE_cycles - 100)).toBe('\xff')
    expect(keptAfter('power', WRITE_cycles + 200)).toBe('y')
  })

  it('asks for the next byte by interrupt when it is ready', () => {
    const ours = new Ours('ready')
    expect(ours.hear(0.1)).toBe('.')
    expect(String.fromCharCode(...ours.mcu.eeprom.subarray(0, 4))).toBe('pump')
    expect(ours.sent[0]?.cycle).toBeGreaterThan(4 * 54_400)
  })
})

describe('the converter', () => {
  it('reads a voltage in 1024ths of the supply, rounded down', () => {
    const ours = new Ours('voltage')
    const read = (asked: string) => {
      ours.say(asked)
      return Number.parseInt(ours.hear(0.01), 16)
    }
    ours.mcu.apply(0, 2800)
    ours.mcu.apply(7, 5000)
    ours.mcu.apply(3, 2500)
    expect([read('0'), read('7'), read('3'), read('1')]).toEqual([573, 1023, 512, 0])
    expect(read('b')).toBe(225)
    ours.mcu.apply(0, -100)
    expect(read('0')).toBe(0)
  })

  it('keeps a result of which the low byte was read', () => {
    const ours = new Ours('voltage')
    ours.mcu.apply(0, 2800)
    ours.mcu.apply(7, 5000)
    ours.say('l7')
    expect(ours.hear(0.01)).toBe('023d\n03ff\n')
  })

  it('takes 25 of its clocks for the first conversion and 13 for the next, sampling at 13.5 and 1.5', () => {
    const ours = new Ours('voltage')
    const CLOCK_cycles = 128
    ours.mcu.apply(0, 1000)
    ours.mcu.send([0x30])
    ours.runTo(cycles(0.01))
    const start = ours.mcu.send([0x30])
    ours.mcu.apply(0, 2000, start + 1.5 * CLOCK_cycles + 100)
    ours.runTo(cycles(0.02))
    expect(textOf(ours)).toBe('00cc\n00cc\n')
    const [, first = 0, firstDone = 0, second = 0, secondDone = 0] = ours.edges.map(({ cycle }) => cycle)
    expect(Math.round((firstDone - first) / CLOCK_cycles)).toBe(25)
    expect(Math.round((secondDone - second) / CLOCK_cycles)).toBe(13)
  })
})

describe('a pin', () => {
  it('is what drives it, and reads high when it is open with its pull-up on', () => {
    const answers = (prepare: (mcu: Mcu) => void) => {
      const ours = new Ours('respond')
      prepare(ours.mcu)
      ours.mcu.drive('D', 2, 'high', 10_000)
      ours.mcu.drive('D', 2, 'high', 11_000)
      ours.mcu.drive('D', 2, 'open', 12_000)
      ours.runTo(20_000)
      return ours.edges.length - 1
    }
    expect(answers(() => {})).toBe(2)
    expect(answers((mcu) => mcu.drive('D', 2, 'high'))).toBe(1)
    expect(answers((mcu) => mcu.drive('D', 2, 'low', 11_500))).toBe(2)
    const orderly = (mcu: Mcu) => {
      mcu.drive('D', 2, 'low', 9000)
      mcu.drive('D', 2, 'high', 9000)
      mcu.drive('D', 2, 'low', 9500)
    }
    expect(answers(orderly)).toBe(4)
  })
})

describe('an interrupt', () => {
  const sent = new Ours('pins').hear(0.01)
  it('that was off when its pin changed comes when it is switched on', () => expect(sent.slice(0, 8)).toBe('01040101'))
  it('by level comes again and again and leaves no flag', () => expect(sent.slice(8, 12)).toBe('0500'))
  it('between the halves of a 16-bit register changes what is written', () => expect(sent.slice(12, 16)).toBe('ab34'))
  it('that is off does not come', () => expect(sent.slice(16)).toBe('0601'))
})

describe('a timer that is clocked by its pin', () => {
  /** What the program has counted when it is asked a tenth of a second later. */
  const counted = (pulses: (mcu: Mcu) => void) => {
    const ours = new Ours('pulses')
    ours.mcu.drive('D', 4, 'low')
    ours.mcu.drive('D', 5, 'low')
    ours.runTo(1000)
    pulses(ours.mcu)
    ours.runTo(cycles(0.1))
    ours.arrive(0x3f, cycles(0.101))
    ours.runTo(cycles(0.11))
    return textOf(ours)
  }
  const pulse = (mcu: Mcu, bit: number, cycle: number) => {
    mcu.drive('D', bit, 'high', cycle)
    mcu.drive('D', bit, 'low', cycle + 4)
  }

  it('stands while the pin does', () => expect(counted(() => {})).toBe('00000000'))
  it('counts the edges it is set to, however short the pulse', () => {
    const some = (mcu: Mcu) => {
      for (let k = 0; k < 5; k += 1) pulse(mcu, 4, 1000 + 100 * k)
      mcu.drive('D', 4, 'high', 2000)
      mcu.drive('D', 5, 'high', 2000)
    }
    expect(counted(some)).toBe('06000000')
    expect(counted((mcu) => pulse(mcu, 5, 1000))).toBe('00000001')
  })
  it('overflows like any other', () => {
    const many = (mcu: Mcu) => {
      for (let k = 0; k < 300; k += 1) {
        pulse(mcu, 4, 1000 + 100 * k)
        pulse(mcu, 5, 1050 + 100 * k)
      }
    }
    expect(counted(many)).toBe('2c01012c')
  })
})

describe('the controller', () => {
  it('refuses a program that does not fit', () => {
    expect(() => new Mcu({ flash: new Uint8Array(0x8001) })).toThrow('32769 bytes do not fit a flash of 32768')
  })

  it.each([
    ['SPI', 0x4c, 0x40],
    ['two-wire interface', 0xbc, 0x04],
    ['clock prescaler', 0x61, 0x01],
    ['output pin of a timer', 0x80, 0x80],
    ['waveform mode 1 of a timer', 0x80, 0x01],
    ['synchronous serial mode', 0xc2, 0x40],
    ['serial frames of nine bits', 0xc1, 0x04],
  ])('says that it has no %s', (what, register, value) => {
    const LDI_R24 = 0xe080 | ((value & 0xf0) << 4) | (value & 0x0f)
    const STS_R24 = 0x9380
    const flash = new Uint8Array(new Uint16Array([LDI_R24, STS_R24, register]).buffer)
    expect(() => new Mcu({ flash }).runTo(100)).toThrow(`the emulated ATmega328P has no ${what}`)
  })
})
