/** Frames whose checksum is right and whose shape is not: what exactly is wrong with each. */
import { crc32 } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { decodeFrame, encodeFrame, LONGEST } from '#protocol/frame'

const hex = (value: number, digits: number) => value.toString(16).toUpperCase().padStart(digits, '0')

/** A frame of this body with the length and checksum that belong to it. */
function framed(body: string, length = body.length): Uint8Array {
  const summed = `${hex(length, 2)}${body}`
  return Buffer.from(`$${summed}*${hex(crc32(summed), 8)}`, 'latin1')
}

describe('a frame with a right checksum', () => {
  it('is read where it is well formed', () => {
    expect(decodeFrame('to-rig', framed('00HELLO,7'))).toEqual({ sequence: 0, message: { type: 'HELLO', nonce: 7 } })
  })

  it.each([
    ['a length that is not its own', framed('00HELLO,7', 8), 'length'],
    ['no room for a length', Buffer.from(`$0*${hex(crc32('0'), 8)}`), 'length'],
    ['no length at all', Buffer.from(`$*${hex(crc32(''), 8)}`), 'length'],
    ['no sequence number', framed(''), 'sequence'],
    ['half a sequence number', framed('0'), 'sequence'],
    ['a sequence number that is no number', framed('0xHELLO,7'), 'sequence'],
    ['a sequence number on a message of the session', framed('01HELLO,7'), 'sequence'],
    ['a sequence number on a heartbeat', framed('01BEAT,7'), 'sequence'],
    ['no type', framed('00'), 'type'],
    ['another first letter', framed('00XELLO,7'), 'type'],
    ['another last letter', framed('00HELLX,7'), 'type'],
    ['half a type', framed('00HEL,7'), 'type'],
    ['a type of the other direction', framed('00BOOT,7'), 'type'],
    ['a field too few', framed('00HELLO'), 'field-count'],
    ['a field too many', framed('00HELLO,7,7'), 'field-count'],
    ['an empty field', framed('00HELLO,'), 'field'],
    ['a field with a leading zero', framed('00HELLO,07'), 'field'],
  ])('is refused for %s', (_, line, flaw) => {
    expect(decodeFrame('to-rig', line)).toBe(flaw)
  })

  it.each(['to-rig', 'to-host'] as const)(
    'is refused for its length alone where no frame %s is so long',
    (direction) => {
      const line = new Uint8Array(LONGEST[direction] + 1).fill(0x24)
      expect(decodeFrame(direction, line)).toBe('too-long')
      expect(decodeFrame(direction, line, 1)).toBe('too-long')
      // With its newline, which is not part of the line, this one is as long as a frame may be.
      expect(decodeFrame(direction, line, 2)).toBe('length')
    },
  )

  it('is read from within a longer line', () => {
    const noise = Buffer.from('noise')
    const line = Buffer.concat([noise, framed('00HELLO,7'), noise])
    expect(decodeFrame('to-rig', line, noise.length, line.length - noise.length)).toMatchObject({ sequence: 0 })
  })
})

describe('the encoder', () => {
  it.each([
    { type: 'HELLO', nonce: 7 },
    { type: 'BEAT', token: 7 },
  ] as const)('numbers no $type', (message) => {
    expect(() => encodeFrame(1, message)).toThrow(`${message.type} cannot have the sequence number 1`)
  })

  it('names a message that there is none of', () => {
    const message = { type: 'NONE' } as never
    expect(() => encodeFrame(0, message)).toThrow('there is no message NONE')
  })
})
