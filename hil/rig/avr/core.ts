/**
 * The processor: executes instructions, serves interrupts and sleeps, in virtual cycles.
 *
 * avr8js decodes and executes the instructions; the order of things around them is ours (DS40002061, sections 7.7 and
 * 10.2): alarms up to this cycle, then a requested interrupt, then one instruction. After SEI, RETI or a write of SREG one
 * more instruction is executed before an interrupt is served, which is what makes `sei; sleep` and gcc's function
 * epilogues safe. SLEEP is a state that lasts until an enabled interrupt: time is skipped to the next alarm, so cutting a
 * run into slices changes nothing.
 */
import { avrInstruction, avrInterrupt, CPU } from 'avr8js'
import { Agenda } from '#hil/rig/avr/agenda'
import { Interrupts } from '#hil/rig/avr/interrupts'
import { SMCR, SRAM_BYTES, SREG, SREG_I, VECTOR_WORDS } from '#hil/rig/avr/registers'
import { UnmodelledError } from '#hil/rig/avr/unmodelled'

/** Sleeping processors need so much longer to serve an interrupt. */
const WAKE_cycles = 4
/** Of the four cycles of the interrupt response, avr8js counts two. */
const UNCOUNTED_RESPONSE_cycles = 2

const ORDINARY = 0
const SHIELDS_NEXT = 1
const RETURNS = 2
const SLEEPS = 3
const PROGRAMS_FLASH = 4

const SLEEP_ENABLE = 0x01
const SLEEP_MODE = 0x0e

/** What is special about an instruction, for every word of flash. */
function traitsOf(flash: Uint16Array): Uint8Array {
  return Uint8Array.from(flash, (opcode) => {
    const writesSreg = (opcode & 0xfe0f) === 0xbe0f
    if (opcode === 0x9478 || writesSreg) return SHIELDS_NEXT
    if (opcode === 0x9518) return RETURNS
    if (opcode === 0x9588) return SLEEPS
    return opcode === 0x95e8 || opcode === 0x95f8 ? PROGRAMS_FLASH : ORDINARY
  })
}

/** What the processor is at: its program, an interrupt by its vector, or nothing. */
export type Activity = number | 'program' | 'asleep'

export class Core {
  /** Called when the processor turns to something else. An interrupt lasts from its response to the first RETI. */
  onActivity: (activity: Activity) => void = () => {}
  readonly agenda = new Agenda()
  readonly interrupts = new Interrupts()
  readonly #cpu: CPU
  readonly #traits: Uint8Array
  #shielded = false
  #asleep = false

  /** A processor fresh out of reset at this cycle, executing this flash. */
  constructor(flash: Uint16Array, now: number) {
    this.#cpu = new CPU(flash, SRAM_BYTES)
    this.#cpu.cycles = now
    this.#traits = traitsOf(flash)
  }

  /** The cycle at which the instruction under way began, or the next one will. */
  get now(): number {
    return this.#cpu.cycles
  }

  /** The cycle before which nothing happens by itself: a later one than the present only while the processor sleeps. */
  get quietUntil(): number {
    const { requested } = this.interrupts
    const served = requested !== 0 && (this.load(SREG) & SREG_I) !== 0
    return this.#asleep && !served ? Math.max(this.now, this.agenda.next) : this.now
  }

  /** General registers, I/O space and SRAM, by address. */
  get data(): Uint8Array {
    return this.#cpu.data
  }

  load(register: number): number {
    return this.#cpu.data[register] ?? 0
  }

  store(register: number, value: number): void {
    this.#cpu.data[register] = value
  }

  /** Lets a peripheral take writes to a register: it stores what it wants kept. `mask` has the bits of an SBI or CBI. */
  onWrite(register: number, take: (value: number, mask: number) => void): void {
    this.#cpu.writeHooks[register] = (value, _old, _address, mask) => {
      take(value, mask)
      return true
    }
  }

  onRead(register: number, give: () => number): void {
    this.#cpu.readHooks[register] = give
  }

  onWatchdogReset(restart: () => void): void {
    this.#cpu.onWatchdogReset = restart
  }

  /** The processor stops for so long while a peripheral works. */
  stall(cycles: number): void {
    this.#cpu.cycles += cycles
  }

  /**
   * Executes everything before the cycle and nothing that begins at it; an instruction may end a few cycles later.
   * Returns early when an alarm interrupted the agenda.
   */
  runTo(until: number): void {
    const cpu = this.#cpu
    const { agenda, interrupts } = this
    const { data } = cpu
    const traits = this.#traits
    while (cpu.cycles < until) {
      if (agenda.next <= cpu.cycles) agenda.run(cpu.cycles)
      if (agenda.interrupted) return
      if (interrupts.requested !== 0 && !this.#shielded && ((data[SREG] ?? 0) & SREG_I) !== 0) {
        this.#serve()
      } else if (this.#asleep) {
        cpu.cycles = Math.min(agenda.next, until)
      } else {
        const trait = traits[cpu.pc]
        avrInstruction(cpu)
        this.#shielded = false
        if (trait !== ORDINARY) this.#special(trait)
      }
    }
    if (agenda.next < until) agenda.run(until - 1)
  }

  #serve(): void {
    const vector = this.interrupts.first()
    this.onActivity(vector)
    if (this.#asleep) {
      this.#asleep = false
      this.#cpu.cycles += WAKE_cycles
    }
    this.interrupts.enter(vector)
    avrInterrupt(this.#cpu, vector * VECTOR_WORDS)
    this.#cpu.cycles += UNCOUNTED_RESPONSE_cycles
  }

  #special(trait: number | undefined): void {
    switch (trait) {
      case RETURNS:
        this.#shielded = true
        this.onActivity('program')
        break
      case SHIELDS_NEXT:
        this.#shielded = true
        break
      case SLEEPS:
        this.#sleep()
        break
      case PROGRAMS_FLASH:
        throw new UnmodelledError('self-programming of flash')
    }
  }

  #sleep(): void {
    const control = this.load(SMCR)
    if ((control & SLEEP_ENABLE) === 0) return
    if ((control & SLEEP_MODE) !== 0) throw new UnmodelledError('sleep mode but idle')
    this.#asleep = true
    this.onActivity('asleep')
  }
}
