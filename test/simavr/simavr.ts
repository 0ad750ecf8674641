/**
 * A second emulator for the same image: the harness in C around simavr, built when it is needed, and what it says.
 *
 * simavr (libsimavr-dev) and a C compiler are what it takes. Where either is missing these tests are skipped, and the
 * reporter says so; CI installs both and skips nothing.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { FRAME_cycles } from '#hil/rig/avr/serial-line'
import { RIG_HEX } from '#hil/rig/firmware/image'

/** The library, and that of the ELF files it also reads. */
const LIBRARIES = ['-lsimavr', '-lelf']
const MOST_OUTPUT_bytes = 2 ** 28
/** A replay takes well under a second; one that goes on for ever is broken off. */
const REPLAY_ms = 60_000

export const HAS_SIMAVR =
  process.env['PUMPBENCH_TOOLS'] === 'required' ||
  spawnSync('gcc', ['-x', 'c', '-', '-o', '/dev/null', ...LIBRARIES], {
    input: '#include <simavr/sim_avr.h>\nint main(void) { return 0; }\n',
  }).status === 0

/** A byte on the line to the chip, by the end of its stop bit. */
export interface LineByte {
  readonly value: number
  readonly cycle: number
}

/** A tick of the firmware's clock. */
const TICK_cycles = 1024

/** The four coils as a number, from this cycle on. */
export interface Coils {
  readonly coils: number
  readonly cycle: number
}

/** What a chip did: its coils, and the bytes it sent. */
export interface Deeds {
  readonly coils: readonly Coils[]
  readonly said: Uint8Array
  /** The cycle at which the clock of the firmware began to run: tick 0. */
  readonly zero: number
}

/** Every change of the coils: its tick by the clock of the chip that made it, and the coils. */
export function edgesOf({ coils, zero }: Deeds): (readonly [tick: number, coils: number])[] {
  return coils.map((edge) => [Math.floor((edge.cycle - zero) / TICK_cycles), edge.coils])
}

/** What the harness wrote down. */
export function deedsIn(output: string): Deeds {
  const lines = output.split('\n').map((line) => line.split(' '))
  const of = (kind: string) => lines.filter(([first]) => first === kind)
  return {
    coils: of('C').map(([, cycle, coils]) => ({ cycle: Number(cycle), coils: Number(coils) })),
    said: Uint8Array.from(of('T'), ([, , byte]) => Number(byte)),
    zero: Number(of('Z')[0]?.[1]),
  }
}

/** The harness and the image of the firmware, in a folder of their own. */
export class Simavr {
  readonly folder = mkdtempSync(join(tmpdir(), 'pumpbench-simavr-'))
  readonly program = join(this.folder, 'rig')
  readonly image = join(this.folder, 'rig.hex')

  constructor() {
    const source = fileURLToPath(new URL('rig.c', import.meta.url))
    const flags = ['-std=gnu11', '-O2', '-Wall', '-Wextra', '-Werror']
    execFileSync('gcc', [...flags, source, '-o', this.program, ...LIBRARIES])
    writeFileSync(this.image, RIG_HEX)
  }

  /** Runs the image in virtual time up to the cycle, with each byte on the line when it was on that of another chip. */
  replay(bytes: readonly LineByte[], end: number): Deeds {
    const script = bytes.map(({ value, cycle }) => `U ${cycle - FRAME_cycles} ${value}`)
    const input = [...script, `E ${end}`, ''].join('\n')
    const output = execFileSync(this.program, ['script', this.image], {
      input,
      encoding: 'utf8',
      maxBuffer: MOST_OUTPUT_bytes,
      timeout: REPLAY_ms,
    })
    return deedsIn(output)
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}
