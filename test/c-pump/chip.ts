/** The pump in C as machine code on the emulated ATmega328P: bytes go in and out of its UART at 115200 baud, in virtual time. */
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseHex } from '#hil/rig/avr/hex'
import { Mcu } from '#hil/rig/avr/mcu'
import { CLOCK_Hz, FLASH_BYTES } from '#hil/rig/avr/registers'
import { C_PUMP } from './c-pump.ts'

/** With PUMPBENCH_TOOLS=required the absence of a compiler is an error and not a reason to skip. */
export const HAS_AVR_GCC =
  process.env['PUMPBENCH_TOOLS'] === 'required' || spawnSync('avr-gcc', ['--version']).status === 0

/** An image, and how many bytes of flash and of memory avr-size says that it takes. */
export interface Image {
  readonly flash: Uint8Array
  readonly flash_bytes: number
  readonly memory_bytes: number
  /** Intel HEX. */
  readonly hex: string
}

/** A mistake put into a file of the pump, where `find` stands exactly once. */
export interface Mistake {
  readonly file: string
  readonly find: string
  readonly replace: string
}

function makeMistake(folder: string, { file, find, replace }: Mistake): void {
  const path = join(folder, file)
  const parts = readFileSync(path, 'utf8').split(find)
  if (parts.length !== 2) throw new Error(`${file} has ${parts.length - 1} times: ${find}`)
  writeFileSync(path, parts.join(replace))
}

/** Built by the makefile of the pump, in a folder of its own. */
export function imageOf(defines: readonly string[] = [], mistake?: Mistake): Image {
  const folder = mkdtempSync(join(tmpdir(), 'c-pump-avr-'))
  try {
    cpSync(C_PUMP, folder, { recursive: true })
    if (mistake !== undefined) makeMistake(folder, mistake)
    const DEFINES = [...defines, 'Werror'].map((define) => (define === 'Werror' ? '-Werror' : `-D${define}`)).join(' ')
    const said = execFileSync('make', ['-s', 'clean', 'avr', `DEFINES=${DEFINES}`], { cwd: folder, encoding: 'utf8' })
    const [, flash_bytes = 'NaN'] = /Program:\s+(\d+)/.exec(said) ?? []
    const [, memory_bytes = 'NaN'] = /Data:\s+(\d+)/.exec(said) ?? []
    const hex = readFileSync(join(folder, 'c-pump.hex'), 'utf8')
    const image = parseHex(hex, FLASH_BYTES)
    if (!image.ok) throw new Error(JSON.stringify(image.problems))
    return { flash: image.bytes, flash_bytes: Number(flash_bytes), memory_bytes: Number(memory_bytes), hex }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const LONGEST_ANSWER_s = 2
const SLICE_cycles = 16_000

export class Chip {
  readonly #mcu: Mcu
  #heard = ''
  /** When the coil lines at PB0 to PB3 changed, in microseconds of its own time. */
  readonly turned_us: number[] = []

  constructor(flash: Uint8Array) {
    this.#mcu = new Mcu({ flash })
    this.#mcu.onTransmitted = ({ value, legible }) => {
      if (!legible) throw new Error('the pump sends at a wrong speed')
      this.#heard += String.fromCharCode(value)
    }
    this.#mcu.onPortChanged = ({ port, cycle }) => {
      if (port === 'B') this.turned_us.push((cycle / CLOCK_Hz) * 1e6)
    }
    this.#mcu.runTo(SLICE_cycles)
  }

  /** How long it has had power, in milliseconds of its own time. */
  get now_ms(): number {
    return (this.#mcu.now / CLOCK_Hz) * 1000
  }

  /** Lets so much time go by. */
  pass(time_s: number): void {
    this.#mcu.runTo(this.#mcu.now + Math.round(time_s * CLOCK_Hz))
  }

  /** Sends a line and waits until the pump has ended an answer: WELCOME, DONE or NAK, and `more` lines. */
  ask(line: string, more = 0): string[] {
    this.#heard = ''
    const end = this.#mcu.now + LONGEST_ANSWER_s * CLOCK_Hz
    this.#mcu.send(Buffer.from(`${line}\n`, 'latin1'))
    while (this.#mcu.now < end) {
      this.#mcu.runTo(this.#mcu.now + SLICE_cycles)
      const lines = this.#heard.split('\n').slice(0, -1)
      const last = lines.findIndex((text) => /^\$....(?:WELCOME|DONE|NAK),/.test(text))
      if (last !== -1 && lines.length > last + more) return lines
    }
    throw new Error(`${line}: no answer within ${LONGEST_ANSWER_s} s, but ${JSON.stringify(this.#heard)}`)
  }
}
