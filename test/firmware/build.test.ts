/** The committed image belongs to the committed sources. CI builds it anew and compares it byte for byte. */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { stackBound_bytes } from '#hil/rig/firmware/stack-bound'
import { crc32, hex8Text } from '#protocol/crc32'
import { Rig } from './rig.ts'

const folder = fileURLToPath(new URL('../../hil/rig/firmware/', import.meta.url))
const figures = JSON.parse(readFileSync(join(folder, 'rig.json'), 'utf8')) as Readonly<Record<string, unknown>>

/** Names and texts of the sources, as scripts/build-firmware.ts puts them together. */
function sources(): string {
  const names = readdirSync(folder).filter((name) => /\.[ch]$/.test(name))
  return names
    .sort()
    .map((name) => `${name}\n${readFileSync(join(folder, name), 'utf8').replaceAll('\r\n', '\n')}\n`)
    .join('')
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

it('was made from these sources: if not, run `npx tsx scripts/build-firmware.ts`', () => {
  expect(figures['sources_sha256']).toBe(sha256(sources()))
  const hex = readFileSync(join(folder, 'rig.hex'), 'utf8').replaceAll('\r\n', '\n')
  expect(figures['hex_sha256']).toBe(sha256(hex))
})

it('says in its WELCOME which sources it was made from', () => {
  const rig = new Rig()
  rig.await('BOOT')
  const { build } = rig.hello().frame.message
  expect(build).toBe(figures['build'])
  expect(build).toBe(hex8Text(crc32(new TextEncoder().encode(sources()))))
})

it('takes what its README says', () => {
  const readme = readFileSync(join(folder, 'README.md'), 'utf8')
  for (const name of ['flash', 'variables', 'stack_worst', 'stack_measured', 'free']) {
    expect(readme).toContain(`| ${figures[`${name}_bytes`]}`)
  }
})

it('leaves at least 512 bytes of memory free at worst', () => {
  expect(figures['free_bytes']).toBeGreaterThanOrEqual(512)
})

/** A made-up image: main calls `work`, which pushes, lays out a frame and goes on in `rest`; one interrupt pushes. */
const disassembly = (work: string) => `
00000010 <main>:
      10:\tcall\t0x20\t; 0x20 <work>
      14:\trjmp\t.-2\t; 0x14 <main+0x4>
00000020 <work>:
      20:\tpush\tr28
      22:\tpush\tr29
      24:\tin\tr28, 0x3d\t; 61
      26:\tsbiw\tr28, 0x0a\t; 10
      28:\tout\t0x3d, r28\t; 61
      2a:\t${work}
      2c:\tjmp\t0x40\t; 0x40 <rest>
00000040 <rest>:
      40:\tpush\tr16
      42:\tret
00000050 <__vector_5>:
      50:\tpush\tr0
      52:\treti
`

it.each([
  ['nothing more', 'nop', 2 + (2 + 12 + 1) + (2 + 1)],
  ['a call from within its frame', 'call\t0x40\t; 0x40 <rest>', 2 + (2 + 12 + 1 + 2 + 1) + (2 + 1)],
  ['two bytes laid out by a call of the next word', 'rcall\t.+0\t; 0x2c <work+0xc>', 2 + (2 + 14 + 1) + (2 + 1)],
])('bounds the stack by the deepest chain of calls and an interrupt: %s', (_, work, bytes) => {
  expect(stackBound_bytes(disassembly(work))).toBe(bytes)
})

it('gives no bound where there is none', () => {
  expect(() => stackBound_bytes(disassembly('call\t0x20\t; 0x20 <work>'))).toThrow('recursion')
  expect(() => stackBound_bytes(disassembly('icall'))).toThrow('calls what only it knows')
})
