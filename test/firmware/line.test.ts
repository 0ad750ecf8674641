import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeFrame } from '#protocol/frame'
import type { Frame, ToRig } from '#protocol/message'
import { Rig, segment } from './rig.ts'

interface Vector {
  readonly name: string
  readonly direction: string
  readonly hex: string
  readonly frames: readonly Frame<ToRig>[]
  readonly halts: number
  readonly discarded: number
}

const path = new URL('../protocol/vectors.json', import.meta.url)
const { vectors } = JSON.parse(readFileSync(path, 'utf8')) as { readonly vectors: readonly Vector[] }

describe('the golden vectors on the controller', () => {
  const rig = new Rig().open()

  it.each(vectors.filter(({ direction }) => direction === 'to-rig'))('$name', (vector) => {
    rig.hello()
    rig.await('TEL')
    rig.sequence = 0
    const before = rig.status().discarded
    const halts = rig.hello().frame.message.halts
    rig.await('TEL')
    rig.write(Buffer.from(vector.hex, 'hex'))
    rig.run(0.1)
    for (const { message } of vector.frames) {
      if (message.type !== 'HELLO') continue
      expect(rig.all('WELCOME').at(-1)?.frame.message.nonce).toBe(message.nonce)
    }
    const after = rig.hello().frame.message.halts
    rig.await('TEL')
    rig.sequence = 0
    expect({ discarded: rig.status().discarded - before, halts: after - halts }).toEqual({
      discarded: vector.discarded,
      halts: vector.halts,
    })
  })
})

describe('the receiver', () => {
  it('finds its way back after any garbage, and counts every byte of it', () => {
    const rig = new Rig().open()
    const noise = fc.uint8Array({ maxLength: 300 }).filter((bytes) => {
      const text = Buffer.from(bytes).toString('latin1')
      return !text.includes('\x9b\x9b') && !text.endsWith('\x9b')
    })
    fc.assert(
      fc.property(noise, (bytes) => {
        const before = rig.status().discarded
        rig.write(bytes)
        rig.write('\n')
        const after = rig.status().discarded
        expect(after - before).toBe(bytes.filter((byte) => byte !== 0x0a).length)
      }),
      { numRuns: 100, seed: 8 },
    )
  })

  it('decodes a frame that follows half of another on the same line', () => {
    const rig = new Rig().open()
    const frame = encodeFrame(0, { type: 'STAT', token: rig.token })
    rig.write([...frame.subarray(0, 12), ...frame])
    expect(rig.answer(0).type).toBe('ACK')
    expect(rig.await('TEL').frame.message.discarded).toBe(12)
  })

  it('takes no frame of which a byte had a framing error, and takes its repetition', () => {
    const rig = new Rig().open()
    const frame = encodeFrame(0, { type: 'STAT', token: rig.token })
    for (let broken = 0; broken < frame.length; broken += 1) {
      rig.write(frame.subarray(0, broken))
      rig.mcu.send(frame.subarray(broken, broken + 1), undefined, 'framing')
      rig.write(frame.subarray(broken + 1))
      expect(rig.listen(0.1)).toBeUndefined()
    }
    rig.write('\n')
    rig.write(frame)
    expect(rig.answer(0).type).toBe('ACK')
  })

  it('counts bytes that the receiver lost, and the line they were in is no frame', () => {
    const rig = new Rig().open()
    const frame = encodeFrame(0, { type: 'STAT', token: rig.token })
    rig.write(frame.subarray(0, 10))
    rig.mcu.send(frame.subarray(10, 11), undefined, 'overrun')
    rig.write(frame.subarray(11))
    expect(rig.listen(0.2)).toBeUndefined()
    expect(rig.status()).toMatchObject({ overruns: 1, discarded: frame.length - 2 })
  })

  it('takes in a full line without a pause while it turns the motor and talks', () => {
    const rig = new Rig().open()
    rig.board.hold(true)
    rig.command(segment(rig.tick() + 2000, 16, 1000))
    for (let k = 0; k < 60; k += 1) rig.beat()
    rig.run(2)
    const { overruns, discarded, lost } = rig.status()
    expect({ overruns, discarded, lost }).toEqual({ overruns: 0, discarded: 0, lost: 1000 })
  })

  it('has room for what comes while a name is stored, and counts what it has none for', () => {
    const rig = new Rig().open()
    rig.request({ type: 'NAME', serial: 'A-NAME-THAT-FITS' })
    const filling = rig.write(' '.repeat(2000))
    rig.mcu.runTo(filling)
    rig.write('\n')
    rig.run(0.5)
    const { overruns, discarded } = rig.status()
    expect(overruns).toBeGreaterThan(0)
    expect(overruns + discarded).toBe(2000)
  })
})
