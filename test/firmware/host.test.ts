/**
 * The hardware-free parts of the firmware, compiled for the host and compared with the TypeScript. Skipped where there
 * is no C compiler; the same vectors and the same arithmetic run on the emulated controller in line.test.ts and
 * motion.test.ts.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { LIMITS, TO_RIG } from '#protocol/catalogue'
import type { Frame, ToRig } from '#protocol/message'
import { stepsBefore } from '#protocol/motion'
import { Splitter } from '#protocol/splitter'
import { tickOf } from '#units/cadence'

const COMPILER = 'cc'
const SOURCES = ['crc.c', 'frame.c', 'line.c', 'received.c', 'segment.c']
const firmware = fileURLToPath(new URL('../../hil/rig/firmware/', import.meta.url))
const path = new URL('../protocol/vectors.json', import.meta.url)

interface Vector {
  readonly name: string
  readonly direction: string
  readonly hex: string
}

const { vectors } = JSON.parse(readFileSync(path, 'utf8')) as { readonly vectors: readonly Vector[] }
const toRig = vectors.filter(({ direction }) => direction === 'to-rig')

/** A frame as host.c prints it. */
function printed({ sequence, message }: Frame<ToRig>): string {
  const values: Readonly<Record<string, number | string>> = message
  const fields = Object.keys(TO_RIG[message.type].fields).map((name) => values[name])
  return [message.type, sequence, ...fields].join(' ')
}

/** What the TypeScript makes of the bytes, as host.c prints it. */
function expected(bytes: Uint8Array): string[] {
  const splitter = new Splitter('to-rig')
  const frames = splitter.push(bytes).flatMap((piece) => (piece.kind === 'frame' ? [printed(piece.frame)] : []))
  splitter.push(Uint8Array.of(0x0a))
  return [...frames, String(splitter.discarded)]
}

describe.skipIf(spawnSync(COMPILER, ['--version']).status !== 0)('the firmware on the host', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rig-host-'))
  const program = join(folder, 'host')

  beforeAll(() => {
    const host = fileURLToPath(new URL('host.c', import.meta.url))
    const sources = SOURCES.map((name) => join(firmware, name))
    const flags = ['-std=gnu11', '-O1', '-Wall', '-Wextra', '-Werror', '-fsanitize=undefined', '-fno-sanitize-recover']
    execFileSync(COMPILER, [...flags, `-I${firmware}`, host, ...sources, '-o', program])
  })

  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  function lines(bytes: Uint8Array): string[] {
    const output = execFileSync(program, ['lines'], { input: Uint8Array.of(...bytes, 0x0a), encoding: 'utf8' })
    return output.trimEnd().split('\n')
  }

  it.each(toRig)('reads the vector as the TypeScript does: $name', ({ hex }) => {
    const bytes = Buffer.from(hex, 'hex')
    expect(lines(bytes)).toEqual(expected(bytes))
  })

  it('reads vectors with a byte changed, left out or put in as the TypeScript does', () => {
    const damage = fc.record({
      vector: fc.constantFrom(...toRig),
      at: fc.nat(200),
      bytes: fc.array(fc.oneof(fc.constantFrom(0x24, 0x2a, 0x2c, 0x0a, 0x0d, 0x30, 0x9b), fc.nat(255)), {
        maxLength: 3,
      }),
      removed: fc.nat(4),
    })
    fc.assert(
      fc.property(fc.array(damage, { minLength: 1, maxLength: 20 }), (damages) => {
        const bytes = Buffer.concat(
          damages.map(({ vector, at, bytes: put, removed }) => {
            const whole = Buffer.from(vector.hex, 'hex')
            return Buffer.concat([whole.subarray(0, at), Uint8Array.from(put), whole.subarray(at + removed)])
          }),
        )
        expect(lines(bytes)).toEqual(expected(bytes))
      }),
      { numRuns: 100, seed: 9 },
    )
  })

  it('walks segments, and counts their steps, as cadences do', () => {
    const fields = fc
      .record({
        divisor: fc.oneof(fc.integer({ min: 1, max: 2 ** 31 - 1 }), fc.integer({ min: 1, max: 9 })),
        quotient: fc.oneof(fc.integer({ min: LIMITS.interval, max: 40 }), fc.integer({ min: 16, max: 2 ** 30 - 1 })),
        remainder: fc.oneof(fc.nat(2 ** 31 - 1), fc.constantFrom(0, 2 ** 31 - 2)),
        phase: fc.oneof(fc.nat(2 ** 31 - 1), fc.constantFrom(0, 2 ** 31 - 2)),
        count: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 65_535 })),
        from: fc.nat(2 ** 30),
      })
      .map((drawn) => ({
        ...drawn,
        remainder: drawn.remainder % drawn.divisor,
        phase: drawn.phase % drawn.divisor,
        count: Math.min(drawn.count, 1 + Math.floor(LIMITS.span / (drawn.quotient + 1))),
        from: 1 + drawn.from,
      }))
    fc.assert(
      fc.property(fc.array(fields, { minLength: 1, maxLength: 20 }), (all) => {
        const input = all
          .map((f) => [f.phase, f.count, f.quotient, f.remainder, f.divisor, f.from].join(' '))
          .join('\n')
        const output = execFileSync(program, ['steps'], { input, encoding: 'utf8', maxBuffer: 2 ** 26 })
        const said = output.trimEnd().split('\n')
        all.forEach(({ from, ...drawn }, k) => {
          const cadence = { ...drawn, first: 0 }
          const ticks = Array.from({ length: cadence.count }, (_, j) => tickOf(cadence, j))
          const steps = stepsBefore({ ...cadence, direction: 'F' }, from)
          expect(said[k]).toBe([...ticks, ticks.at(-1), steps].join(' '))
        })
      }),
      { numRuns: 100, seed: 10 },
    )
  })
})
