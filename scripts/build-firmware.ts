/**
 * Builds the rig firmware: hil/rig/firmware/rig.hex, and rig.json with what it was made from and how much of the chip it
 * takes. Fails when less memory is left than the firmware needs to keep.
 *
 *   tsx scripts/build-firmware.ts            needs gcc-avr, binutils-avr and avr-libc
 *   tsx scripts/build-firmware.ts --check    builds elsewhere and compares with the committed files, byte for byte
 *
 * The same sources give the same bytes in any folder: nothing of the time, the place or the order of files goes in.
 */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseHex } from '#hil/rig/avr/hex'
import { FLASH_BYTES, SRAM_BYTES } from '#hil/rig/avr/registers'
import { untouchedBytes } from '#hil/rig/firmware/stack'
import { stackBound_bytes } from '#hil/rig/firmware/stack-bound'
import { crc32, hex8Text } from '#protocol/crc32'
import { FIRMWARE_FLAGS } from '#scripts/firmware-flags'

/** Memory that must never be touched, whatever the firmware does. */
const FREE_LEAST_bytes = 512

/** The image that reports, in place of the cell's voltage, how much memory was never touched. */
const PAINTED = ['measure/paint.c', '-Wl,--wrap=cell_mV']

const folder = fileURLToPath(new URL('../hil/rig/firmware/', import.meta.url))

interface Built {
  readonly hex: string
  readonly json: string
  readonly free_bytes: number
}

function sourceNames(): string[] {
  return readdirSync(folder)
    .filter((name) => /\.[ch]$/.test(name))
    .sort()
}

/** Names and texts of all sources as one run of bytes: what the hashes are of. */
function sourceText(): Uint8Array {
  return new TextEncoder().encode(
    sourceNames()
      .map((name) => `${name}\n${readFileSync(join(folder, name), 'utf8')}\n`)
      .join(''),
  )
}

function tool(name: string, args: readonly string[]): string {
  return execFileSync(name, args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
}

/** Compiles and links; answers with the text of the hex file. */
function image(scratch: string, name: string, build: string, more: readonly string[]): string {
  const elf = join(scratch, `${name}.elf`)
  const hex = join(scratch, `${name}.hex`)
  const sources = sourceNames().filter((source) => source.endsWith('.c'))
  tool('avr-gcc', [...FIRMWARE_FLAGS, `-DBUILD=0x${build}UL`, ...sources, ...more, '-o', elf])
  tool('avr-objcopy', ['-O', 'ihex', '-R', '.eeprom', elf, hex])
  return readFileSync(hex, 'utf8').replaceAll('\r\n', '\n')
}

/** Sizes of the sections of an image. */
function sectionSizes(elf: string): (section: string) => number {
  const table = tool('avr-size', ['-A', elf])
  return (section) => Number(new RegExp(`^\\${section}\\s+(\\d+)`, 'm').exec(table)?.[1] ?? 0)
}

function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex')
}

function build(): Built {
  const scratch = mkdtempSync(join(tmpdir(), 'rig-firmware-'))
  try {
    const sources = sourceText()
    const id = hex8Text(crc32(sources))
    const hex = image(scratch, 'rig', id, [])
    const size = sectionSizes(join(scratch, 'rig.elf'))
    const painted = parseHex(image(scratch, 'painted', id, PAINTED), FLASH_BYTES)
    if (!painted.ok) throw new Error(JSON.stringify(painted.problems))
    const variables_bytes = size('.data') + size('.bss') + size('.noinit')
    const stack_measured_bytes = SRAM_BYTES - variables_bytes - untouchedBytes(painted.bytes)
    const disassembly = tool('avr-objdump', ['-d', '--no-show-raw-insn', join(scratch, 'painted.elf')])
    const stack_worst_bytes = stackBound_bytes(disassembly)
    if (stack_measured_bytes > stack_worst_bytes)
      throw new Error('the stack got deeper than it can: the bound is wrong')
    const free_bytes = SRAM_BYTES - variables_bytes - stack_worst_bytes
    const figures = {
      build: id,
      sources_sha256: sha256(sources),
      hex_sha256: sha256(hex),
      compiler: `avr-gcc ${tool('avr-gcc', ['-dumpversion']).trim()}`,
      flash_bytes: size('.text') + size('.data'),
      variables_bytes,
      stack_measured_bytes,
      stack_worst_bytes,
      free_bytes,
    }
    return { hex, json: `${JSON.stringify(figures, null, 2)}\n`, free_bytes }
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

function stale({ hex, json }: Built): string[] {
  return Object.entries({ 'rig.hex': hex, 'rig.json': json }).flatMap(([name, text]) =>
    readFileSync(join(folder, name), 'utf8') === text ? [] : [name],
  )
}

const built = build()
console.log(built.json.trimEnd())
if (built.free_bytes < FREE_LEAST_bytes) {
  console.error(`${built.free_bytes} bytes of memory are free at worst; it must be ${FREE_LEAST_bytes}`)
  process.exitCode = 1
} else if (process.argv.includes('--check')) {
  const names = stale(built)
  for (const name of names) console.error(`hil/rig/firmware/${name} is not what the sources give`)
  process.exitCode = names.length === 0 ? 0 : 1
} else {
  writeFileSync(join(folder, 'rig.hex'), built.hex)
  writeFileSync(join(folder, 'rig.json'), built.json)
}
