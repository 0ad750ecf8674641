/**
 * What avr8js 0.21.1 does wrong and our controller does right, each shown by a program on both: when one of the tests of the
 * stock emulator fails, it was mended there.
 */
import { CPU } from 'avr8js'
import { describe, expect, it } from 'vitest'
import { Agenda } from '#hil/rig/avr/agenda'
import { cycles, Ours, textOf } from './support/machine.ts'
import { Stock } from './support/stock.ts'

const OURS = (name: string) => new Ours(name)
const STOCK = (name: string) => new Stock(name)

describe('one instruction is executed after SEI, RETI or a write of SREG', () => {
  const stackAfter = (machine: Ours | Stock) => {
    machine.runTo(cycles(0.5))
    return textOf(machine)
  }
  it('so an interrupt never uses half a stack pointer', () => expect(stackAfter(OURS('stack'))).toBe('G'))
  it('stock: the stack is corrupted', () => expect(stackAfter(STOCK('stack'))).toBe('B'))

  /** A byte that comes between the look for it and the sleep; nothing else would wake the processor. */
  const race = (machine: Ours | Stock) => {
    machine.arrive(0x41, cycles(0.002))
    machine.arrive(0x42, cycles(0.002) + 1380)
    machine.runTo(cycles(0.1))
    return textOf(machine)
  }
  it('so SLEEP right after SEI never sleeps over a byte', () => expect(race(OURS('sleep-race'))).toBe('AB'))
})

describe('the transmitter asks for a byte as long as it is ready', () => {
  const lazily = (machine: Ours | Stock) => {
    machine.arrive(0x21, cycles(0.01))
    machine.runTo(cycles(0.02))
    return textOf(machine)
  }
  it('so an interrupt switched off while it is ready comes when it is switched on', () =>
    expect(lazily(OURS('lazy-send'))).toBe('abab'))
  it('stock: nothing is ever sent again', () => expect(lazily(STOCK('lazy-send'))).toBe('ab'))
})

describe('the serial port', () => {
  const received = (machine: Ours | Stock) => {
    machine.arrive(0x31, 1360 * 4)
    for (const [index, byte] of [0x41, 0x42, 0x43, 0x44].entries()) machine.arrive(byte, 1360 * (5 + index))
    machine.runTo(cycles(0.02))
    return textOf(machine)
  }
  it('keeps two bytes and a third, says that the next was lost, and loses nothing by a write of its status', () =>
    expect(received(OURS('status'))).toBe('8841 8042 8044 \n'))
  it('stock: loses its flags and cannot even say so', () => expect(received(STOCK('status'))).toBe(''))

  const twice = (machine: Ours | Stock) => {
    machine.runTo(cycles(0.01))
    return machine.sent.map(({ cycle }) => cycle)
  }
  it('has sent a byte when its stop bit ends, and the next follows without a gap', () => {
    const [a = 0, b = 0] = twice(OURS('reboot'))
    expect(a).toBeGreaterThan(1360)
    expect(b - a).toBe(1360)
  })
  it('stock: has sent a byte when it begins', () => expect(twice(STOCK('reboot'))[0]).toBeLessThan(1360))
})

describe('a watchdog reset', () => {
  const hung = (machine: Ours | Stock) => {
    machine.arrive(0x68, cycles(0.01))
    machine.runTo(cycles(0.5))
    return textOf(machine)
  }
  it('starts the program anew with its memory and the reason', () => expect(hung(OURS('reboot'))).toBe('11\n82\n'))
  it('stock: the program does not come back as it should', () => expect(hung(STOCK('reboot'))).not.toContain('82\n'))
})

describe('what is planned may be planned anew while it happens', () => {
  it('and everything else still happens', () => {
    const agenda = new Agenda()
    const happened: string[] = []
    const first = agenda.alarm(() => {
      happened.push('first')
      if (happened.length > 1) return
      agenda.set(first, Number.POSITIVE_INFINITY)
      agenda.set(first, 30)
      agenda.set(second, 20)
    })
    const second = agenda.alarm(() => happened.push('second'))
    const third = agenda.alarm(() => happened.push('third'))
    agenda.set(first, 10)
    agenda.set(third, 20)
    agenda.run(20)
    expect(happened).toEqual(['first', 'second', 'third'])
    agenda.run(30)
    expect(happened).toEqual(['first', 'second', 'third', 'first'])
  })
  it('stock: an event is lost', () => {
    const cpu = new CPU(new Uint16Array(16), 0x800)
    const happened: string[] = []
    const first = () => {
      happened.push('first')
      cpu.clearClockEvent(first)
      cpu.addClockEvent(() => happened.push('second'), 1)
    }
    cpu.addClockEvent(first, 10)
    cpu.addClockEvent(() => happened.push('third'), 20)
    for (cpu.cycles = 0; cpu.cycles < 100; cpu.cycles += 1) cpu.tick()
    expect(happened).not.toEqual(['first', 'second', 'third'])
  })
})

describe('the response to an interrupt', () => {
  const ENTRY_cycles = 4
  const JUMP_cycles = 3
  /** Cycles from the change of PD2 to the answer, the instruction under way and its own included. */
  const waited = (edge: number | undefined, stimulus: number) => (edge ?? 0) - stimulus
  it('takes four cycles and the jump, after the instruction under way', () => {
    for (let offset = 0; offset < 8; offset += 1) {
      const ours = OURS('respond')
      const at = 5000 + offset
      ours.mcu.drive('D', 2, 'high', at)
      ours.runTo(6000)
      const delay = waited(ours.edges.at(-1)?.cycle, at)
      expect(delay).toBeGreaterThanOrEqual(ENTRY_cycles + JUMP_cycles)
      expect(delay).toBeLessThan(ENTRY_cycles + JUMP_cycles + 4)
    }
  })
  it('takes four more to wake a sleeping processor', () => {
    const ours = OURS('respond')
    const WAKE_cycles = 4
    const LOAD_cycles = 1
    ours.mcu.drive('D', 4, 'low')
    ours.mcu.drive('D', 2, 'high', 5000)
    ours.runTo(6000)
    expect(waited(ours.edges.at(-1)?.cycle, 5000)).toBe(WAKE_cycles + ENTRY_cycles + JUMP_cycles + LOAD_cycles)
  })
  it('stock: takes two', () => {
    const stock = STOCK('respond')
    stock.runTo(5000)
    const at = stock.cpu.cycles
    stock.portD.setPin(2, true)
    stock.runTo(6000)
    expect(waited(stock.edges.at(-1)?.cycle, at)).toBeLessThan(ENTRY_cycles + JUMP_cycles + 2)
  })
})

describe('the converter', () => {
  const CONVERSION_cycles = 208
  it('refuses to run by itself, which is not modelled', () =>
    expect(() => OURS('free-running').runTo(cycles(0.1))).toThrow('no automatic trigger of the converter'))
  it('stock: claims results without converting', () => {
    const stock = STOCK('free-running')
    stock.runTo(cycles(0.1))
    const [, first = 0, second = 0] = stock.edges.map(({ cycle }) => cycle)
    expect(second - first).toBeLessThan(CONVERSION_cycles / 2)
  })
})

describe('a compare match', () => {
  const firstStep_tick = (machine: Ours | Stock) => {
    machine.runTo(cycles(0.1))
    return Math.floor((machine.edges.find(({ levels }) => levels === 6)?.cycle ?? 0) / 1024)
  }
  it('sets its flag with the clock after it', () => expect(firstStep_tick(OURS('stepper'))).toBe(1000))
  it('stock: sets its flag a clock early', () => expect(firstStep_tick(STOCK('stepper'))).toBe(999))
})
