import { describe, expect, it } from 'vitest'
import { crc32, hex8Text } from '#protocol/crc32'
import { Rig, segment } from './rig.ts'

/** Where the two copies of the record lie, and how long one is. */
const COPIES = [0x20, 0x60] as const
const RECORD_bytes = 26

/** The boot id of a count of starts and a name. */
function bootId(starts: number, serial: string): string {
  const bytes = new Uint8Array(20)
  new DataView(bytes.buffer).setUint32(0, starts, true)
  bytes.set(new TextEncoder().encode(serial), 4)
  return hex8Text(crc32(bytes))
}

function startsOf(eeprom: Uint8Array, copy: number): number {
  return new DataView(eeprom.buffer, eeprom.byteOffset).getUint32((COPIES[copy] ?? 0) + 2, true)
}

function recordOf(eeprom: Uint8Array, copy: number): Uint8Array {
  return eeprom.slice(COPIES[copy], (COPIES[copy] ?? 0) + RECORD_bytes)
}

function spoiled(eeprom: Uint8Array, ...copies: readonly number[]): Uint8Array {
  const bytes = eeprom.slice()
  for (const copy of copies) {
    const address = (COPIES[copy] ?? 0) + 5
    bytes[address] = (bytes[address] ?? 0) ^ 0x10
  }
  return bytes
}

function started(eeprom?: Uint8Array): { readonly rig: Rig; readonly boot: string; readonly eeprom: Uint8Array } {
  const rig = new Rig(eeprom === undefined ? {} : { eeprom })
  const { boot } = rig.await('BOOT').frame.message
  return { rig, boot, eeprom: rig.mcu.eeprom }
}

describe('the memory of the rig', () => {
  it('counts its starts, and the boot id is made of the count and the name', () => {
    const first = started()
    const starts = startsOf(first.eeprom, 0)
    expect(first.boot).toBe(bootId(starts, 'UNNAMED'))
    const second = started(first.eeprom)
    expect(startsOf(second.eeprom, 0)).toBe(starts + 1)
    expect(second.boot).toBe(bootId(starts + 1, 'UNNAMED'))
  })

  it('holds two whole copies after every start', () => {
    const { eeprom } = started()
    expect(recordOf(eeprom, 0)).toEqual(recordOf(eeprom, 1))
    expect(eeprom.filter((byte) => byte !== 0xff).length).toBeLessThanOrEqual(2 * RECORD_bytes)
    expect(eeprom[0]).toBe(0xff)
  })

  it.each([0, 1])('goes on with the other copy, and repairs, when copy %i is bad', (copy) => {
    const { eeprom } = started()
    const starts = startsOf(eeprom, 0)
    const after = started(spoiled(eeprom, copy))
    expect(after.boot).toBe(bootId(starts + 1, 'UNNAMED'))
    expect(recordOf(after.eeprom, copy)).toEqual(recordOf(after.eeprom, 1 - copy))
    expect(startsOf(after.eeprom, copy)).toBe(starts + 1)
  })

  it('takes the newer of two whole copies', () => {
    const old = started().eeprom
    const { eeprom } = started(started(old).eeprom)
    for (const copy of [0, 1]) {
      const mixed = eeprom.slice()
      mixed.set(recordOf(old, copy), COPIES[copy])
      expect(started(mixed).boot).toBe(bootId(startsOf(eeprom, 0) + 1, 'UNNAMED'))
    }
  })

  it('is UNNAMED, with a boot id it has not had, when both copies are bad', () => {
    const rig = new Rig().open()
    rig.command({ type: 'NAME', serial: 'bench-7' })
    const boots = [rig.all('BOOT')[0]?.frame.message.boot]
    let { eeprom } = rig.mcu
    for (let k = 0; k < 5; k += 1) {
      const after = started(spoiled(eeprom, 0, 1))
      expect(after.rig.hello().frame.message.identity).toBe('UNNAMED')
      boots.push(after.boot)
      ;({ eeprom } = after)
      expect(recordOf(eeprom, 0)).toEqual(recordOf(eeprom, 1))
    }
    expect(new Set(boots).size).toBe(boots.length)
  })

  it('loses neither count nor name when power fails at any instant of a start', () => {
    const rig = new Rig().open()
    rig.command({ type: 'NAME', serial: 'bench-7' })
    const { eeprom } = rig.mcu
    const starts = startsOf(eeprom, 0)
    for (let milliseconds = 0.5; milliseconds < 60; milliseconds += 1.7) {
      const cut = new Rig({ eeprom })
      cut.run(milliseconds / 1000)
      cut.mcu.reset('power')
      const boot = cut.await('BOOT').frame.message.boot
      expect([1, 2].map((more) => bootId(starts + more, 'bench-7'))).toContain(boot)
      expect(cut.hello().frame.message.identity).toBe('bench-7')
    }
  })
})

describe('NAME', () => {
  it.each(['A', 'rig_2.b-1', 'ABCDEFGHIJKLMNOP'])('stores %s for good', (serial) => {
    const rig = new Rig().open()
    expect(rig.command({ type: 'NAME', serial }).type).toBe('ACK')
    const { eeprom } = rig.mcu
    expect(recordOf(eeprom, 0)).toEqual(recordOf(eeprom, 1))
    expect(rig.hello().frame.message.identity).toBe(serial)
    expect(started(eeprom).rig.hello().frame.message.identity).toBe(serial)
  })

  it('leaves the boot id, and the WELCOME of the session that gave it, as they were', () => {
    const rig = new Rig().open()
    const [before] = rig.all('WELCOME')
    rig.command({ type: 'NAME', serial: 'new' })
    const again = rig.hello(1).frame.message
    expect(again).toEqual({ ...before?.frame.message, tick: again.tick })
    expect(rig.hello().frame.message).toMatchObject({ identity: 'new', boot: before?.frame.message.boot })
  })

  it('does not disturb the motor', () => {
    const rig = new Rig().open()
    rig.command(segment(rig.tick() + 2000, 20, 500))
    rig.run(0.2)
    expect(rig.command({ type: 'NAME', serial: 'while-it-turns' }).type).toBe('ACK')
    rig.run(1)
    const ticks = rig.edges.map(({ cycle }) => rig.sinceStart(cycle).ticks)
    expect(ticks.map((tick) => tick - (ticks[0] ?? 0))).toEqual(Array.from({ length: 500 }, (_, j) => 20 * j))
  })
})
