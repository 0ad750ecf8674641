/**
 * The analog-to-digital converter of the ATmega328P, single conversions (DS40002061, section 24).
 *
 * A conversion takes 25 clocks of the converter when it is the first after switching on and 13 afterwards; the input is
 * sampled at 13.5 and 1.5 of them, counted from the cycle of the start rather than from the next clock edge. Reading ADCL
 * keeps the result until ADCH is read. Automatic triggers are refused; the temperature sensor reads as 25 degC.
 */
import type { Alarm } from '#hil/rig/avr/agenda'
import type { Core } from '#hil/rig/avr/core'
import { ADCH, ADCL, ADCSRA, ADMUX, VECTOR } from '#hil/rig/avr/registers'
import { UnmodelledError } from '#hil/rig/avr/unmodelled'

const ADEN = 0x80
const ADSC = 0x40
const ADATE = 0x20
const ADIF = 0x10
const ADIE = 0x08
const PRESCALER = 0x07

const ADLAR = 0x20
const CHANNEL = 0x0f
const REFERENCE_SHIFT = 6

const FIRST = { sample_clocks: 13.5, clocks: 25 }
const LATER = { sample_clocks: 1.5, clocks: 13 }

/** By reference select: the AREF pin (wired to the supply), the supply, reserved, the internal reference. */
const REFERENCES_mV: readonly (number | undefined)[] = [5000, 5000, undefined, 1100]
const INTERNAL_mV: ReadonlyMap<number, number> = new Map([
  [8, 314],
  [14, 1100],
  [15, 0],
])
const STEPS = 1024

export class Adc {
  readonly #core: Core
  readonly #voltages_mV: readonly number[]
  readonly #sample: Alarm
  readonly #complete: Alarm
  #control = 0
  #next = FIRST
  #sampled = 0
  #result = 0
  #locked = false

  /** The voltages of the eight pins are read when they are sampled. */
  constructor(core: Core, voltages_mV: readonly number[]) {
    this.#core = core
    this.#voltages_mV = voltages_mV
    this.#sample = core.agenda.alarm(() => {
      this.#sampled = this.#measure()
    })
    this.#complete = core.agenda.alarm(() => this.#finish())
    core.onRead(ADCSRA, () => this.#control)
    core.onWrite(ADCSRA, (value) => this.#write(value))
    core.onRead(ADCL, () => {
      this.#locked = true
      return this.#presented() & 0xff
    })
    core.onRead(ADCH, () => {
      this.#locked = false
      return this.#presented() >> 8
    })
    core.interrupts.onEntry(VECTOR.ADC, () => {
      this.#control &= ~ADIF
      this.#request()
    })
  }

  #write(value: number): void {
    if ((value & ADATE) !== 0) throw new UnmodelledError('automatic trigger of the converter')
    const running = this.#control & ADSC
    const flag = this.#control & ADIF & ~value
    const enabled = (value & ADEN) !== 0
    this.#control = (value & ~(ADIF | ADSC)) | flag | (enabled ? running : 0)
    if (!enabled) {
      this.#next = FIRST
      this.#core.agenda.set(this.#sample, Number.POSITIVE_INFINITY)
      this.#core.agenda.set(this.#complete, Number.POSITIVE_INFINITY)
    } else if ((value & ADSC) !== 0 && running === 0) {
      this.#start()
    }
    this.#request()
  }

  #start(): void {
    const { agenda, now } = this.#core
    const clock_cycles = 2 ** Math.max(1, this.#control & PRESCALER)
    this.#control |= ADSC
    agenda.set(this.#sample, now + this.#next.sample_clocks * clock_cycles)
    agenda.set(this.#complete, now + this.#next.clocks * clock_cycles)
    this.#next = LATER
  }

  #measure(): number {
    const select = this.#core.load(ADMUX)
    const channel = select & CHANNEL
    const reference_mV = REFERENCES_mV[select >> REFERENCE_SHIFT]
    if (reference_mV === undefined) throw new UnmodelledError('reserved reference of the converter')
    const voltage_mV = this.#voltages_mV[channel] ?? INTERNAL_mV.get(channel) ?? 0
    return Math.min(STEPS - 1, Math.max(0, Math.floor((voltage_mV * STEPS) / reference_mV)))
  }

  #finish(): void {
    if (!this.#locked) this.#result = this.#sampled
    this.#control = (this.#control & ~ADSC) | ADIF
    this.#request()
  }

  #presented(): number {
    return (this.#core.load(ADMUX) & ADLAR) !== 0 ? this.#result << 6 : this.#result
  }

  #request(): void {
    this.#core.interrupts.request(VECTOR.ADC, (this.#control & ADIE) !== 0 && (this.#control & ADIF) !== 0)
  }
}
