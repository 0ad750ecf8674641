/**
 * The rig firmware with a mistake in one file, compiled by avr-gcc as scripts/build-firmware.ts does and put into the
 * emulated chip. Sound objects are made once; of a mistake only its own file is compiled, or all where it is in a header.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { parseHex } from '#hil/rig/avr/hex'
import { FLASH_BYTES } from '#hil/rig/avr/registers'
import { emulatedRig } from '#hil/rig/avr/rig'
import type { RigDefinition } from '#hil/rig/rig'
import { FIRMWARE_FLAGS } from '#scripts/firmware-flags'
import { type Defect, seeded } from './defect.ts'
import { ROOT } from './seeded-pump.ts'

const SOURCES = join(ROOT, 'hil/rig/firmware')

/** With PUMPBENCH_TOOLS=required the absence of the compiler is an error and not a reason to skip. */
export const HAS_COMPILER =
  process.env['PUMPBENCH_TOOLS'] === 'required' || spawnSync('avr-gcc', ['--version']).status === 0

/** A folder in which rigs are compiled, to be removed when all are. */
export class Workshop {
  readonly #folder = mkdtempSync(join(tmpdir(), 'seeded-rig-'))
  readonly #modules: readonly string[]
  readonly #sound: string

  constructor() {
    this.#sound = this.#copied('sound')
    this.#modules = readdirSync(this.#sound).filter((name) => name.endsWith('.c'))
    for (const name of this.#modules) compile(this.#sound, name)
  }

  /** The emulated rig with the defect in its firmware. */
  rigOf(defect: Defect): RigDefinition {
    const folder = this.#copied(defect.id)
    const name = basename(defect.file)
    writeFileSync(join(folder, name), seeded(defect, readFileSync(join(SOURCES, name), 'utf8')))
    const changed = name.endsWith('.h') ? this.#modules : [name]
    for (const one of changed) compile(folder, one)
    const objects = this.#modules.map((one) => join(changed.includes(one) ? folder : this.#sound, objectOf(one)))
    return emulatedRig({ flash: linked(folder, objects) })
  }

  close(): void {
    rmSync(this.#folder, { recursive: true, force: true })
  }

  #copied(name: string): string {
    const folder = join(this.#folder, name)
    cpSync(SOURCES, folder, { recursive: true, filter: (path) => !/\.(ts|hex|json|md)$|measure/.test(path) })
    return folder
  }
}

function compile(folder: string, name: string): void {
  // A mistake may leave something unused, which only the sound firmware must not.
  tool(folder, 'avr-gcc', [...FIRMWARE_FLAGS, '-Wno-error', '-w', '-DBUILD=0x0UL', '-c', name, '-o', objectOf(name)])
}

function linked(folder: string, objects: readonly string[]): Uint8Array {
  tool(folder, 'avr-gcc', [...FIRMWARE_FLAGS, ...objects, '-o', 'rig.elf'])
  tool(folder, 'avr-objcopy', ['-O', 'ihex', '-R', '.eeprom', 'rig.elf', 'rig.hex'])
  const image = parseHex(readFileSync(join(folder, 'rig.hex'), 'utf8'), FLASH_BYTES)
  if (!image.ok) throw new Error(JSON.stringify(image.problems))
  return image.bytes
}

function objectOf(name: string): string {
  return name.replace(/\.c$/, '.o')
}

function tool(folder: string, name: string, args: readonly string[]): void {
  execFileSync(name, args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] })
}
