import { describe, expect, it } from 'vitest'
import { hungFirmware, Rig, segment } from './rig.ts'

describe('the watchdog', () => {
  it('resets a rig whose main loop does not come round, and the host sees a new boot id', () => {
    const rig = new Rig({ flash: hungFirmware(), eeprom: new Rig().open().mcu.eeprom }).open()
    const boot = rig.all('BOOT')[0]?.frame.message.boot
    rig.command(segment(rig.tick() + 1000, 5000, 100))
    rig.run(7)
    expect(rig.resets).toEqual([])
    expect(rig.all('HALTED').length).toBe(1)
    rig.run(1.2)
    expect(rig.resets.map(({ cause }) => cause)).toEqual(['watchdog'])
    const again = rig.all('BOOT').at(-1)?.frame.message
    expect(again?.cause).toBe('WATCHDOG')
    expect(again?.boot).not.toBe(boot)
  })

  it('says that it was the watchdog', () => {
    const rig = new Rig().open()
    const boot = rig.all('BOOT')[0]?.frame.message.boot
    rig.mcu.reset('watchdog')
    const { message } = rig.await('BOOT').frame
    expect(message.cause).toBe('WATCHDOG')
    expect(message.boot).not.toBe(boot)
    expect(rig.hello().frame.message).toMatchObject({ state: 'IDLE', halts: 0 })
  })

  it('leaves a rig alone that has nothing to do', () => {
    const rig = new Rig().open()
    rig.run(86_400)
    expect(rig.resets).toEqual([])
    expect(rig.heard.length).toBe(3)
  })
})

describe('a reset in the middle of a segment', () => {
  it('stops the motor, and the field goes on from where the rotor is', () => {
    const rig = new Rig().open()
    for (const steps of [5, 6, 7]) {
      rig.command(segment(rig.tick() + 2000, 500, steps))
      rig.run(0.2 + (500 * steps) / 15_625)
      rig.mcu.reset('watchdog')
      rig.run(0.001)
      expect(rig.coils).toBe(0)
      rig.await('BOOT')
      rig.hello()
      rig.await('TEL')
      rig.sequence = 0
    }
    expect(rig.edges.every(({ direction }) => direction === 'F')).toBe(true)
    expect(rig.board.rotor.lost).toBe(0)
    expect(rig.board.rotor.forward).toBe(rig.edges.length)
  })
})
