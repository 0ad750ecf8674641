/**
 * avr8js as its own examples put it together: its peripherals, and a loop of one instruction and one tick. The tests keep
 * on record what goes wrong with it, so that we notice when it is mended there.
 */
import {
  ADCReference,
  AVRADC,
  AVRClock,
  AVREEPROM,
  AVRIOPort,
  AVRTimer,
  AVRUSART,
  AVRWatchdog,
  adcConfig,
  avrInstruction,
  CPU,
  EEPROMMemoryBackend,
  portBConfig,
  portDConfig,
  timer0Config,
  timer1Config,
  usart0Config,
  watchdogConfig,
} from 'avr8js'
import { type Byte, cycles, type Edge, type Machine, program } from './machine.ts'

export class Stock implements Machine {
  readonly cpu: CPU
  readonly sent: Byte[] = []
  readonly edges: Edge[] = []
  readonly portD: AVRIOPort
  readonly #usart: AVRUSART
  readonly #arriving: { readonly value: number; readonly cycle: number }[] = []

  constructor(name: string) {
    const cpu = new CPU(new Uint16Array(program(name).slice().buffer), 0x800)
    this.cpu = cpu
    const portB = new AVRIOPort(cpu, portBConfig)
    this.portD = new AVRIOPort(cpu, portDConfig)
    portB.addListener((value) => {
      const levels = value & (cpu.data[portBConfig.DDR] ?? 0)
      if (levels !== this.edges.at(-1)?.levels) this.edges.push({ levels, cycle: cpu.cycles })
    })
    for (const config of [timer0Config, timer1Config]) new AVRTimer(cpu, config)
    this.#usart = new AVRUSART(cpu, usart0Config, cycles(1))
    this.#usart.onByteTransmit = (value) => this.sent.push({ value, cycle: cpu.cycles })
    new AVRADC(cpu, { ...adcConfig, adcReferences: [ADCReference.AVCC, ADCReference.AVCC] })
    new AVREEPROM(cpu, new EEPROMMemoryBackend(1024))
    new AVRWatchdog(cpu, watchdogConfig, new AVRClock(cpu, cycles(1)))
  }

  arrive(value: number, cycle: number): void {
    this.#arriving.push({ value, cycle })
  }

  runTo(cycle: number): void {
    const { cpu } = this
    while (cpu.cycles < cycle) {
      avrInstruction(cpu)
      cpu.tick()
      const [next] = this.#arriving
      if (next === undefined || next.cycle > cpu.cycles) continue
      this.#arriving.shift()
      this.#usart.writeByte(next.value, true)
    }
  }
}
