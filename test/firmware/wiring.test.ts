/** What docs/WIRING.md says of pins is what the firmware has, and its two wires do for an encoder. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { rigFirmware } from '#hil/rig/avr/rig'
import { Rig, segment } from './rig.ts'

const text = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')

/** Pins of the chip by those printed on an Uno, as the header of the firmware states them. */
const WIRING: readonly (readonly [chip: string, board: string])[] = [
  ['PB0', '8'],
  ['PB1', '9'],
  ['PB2', '10'],
  ['PB3', '11'],
  ['PD2', '2'],
  ['PD3', '3'],
  ['ADC0', 'A0'],
]

describe('the wiring', () => {
  it('is that of the firmware', () => {
    const board = text('hil/rig/firmware/board.h')
    expect(board).toContain('PB0..PB3 [8..11]')
    expect(board).toContain('PD2, PD3 [2, 3]')
    expect(board).toContain('ADC0     [A0]')
  })

  it.each(WIRING)('%s is pin %s in the picture', (chip, board) => {
    const picture = text('docs/pictures/wiring.svg')
    const lines = [...picture.matchAll(/<text x="\d+" y="(\d+)"[^>]*>([^<]+)<\/text>/g)].map(([, y, said]) => [y, said])
    const height = lines.find(([, said]) => said === chip)?.[0]
    expect(lines.filter(([y]) => y === height).map(([, said]) => said)).toContain(board)
  })

  it('without a motor: 9 at 2 and 11 at 3 are an encoder that follows every step, forward and back', () => {
    const rig = new Rig({ flash: rigFirmware() })
    const { mcu } = rig
    // In place of the board around the chip, two wires.
    const follow = (levels: number, at: number) => {
      mcu.drive('D', 2, (levels & 0b0010) === 0 ? 'low' : 'high', at)
      mcu.drive('D', 3, (levels & 0b1000) === 0 ? 'low' : 'high', at)
    }
    follow(0, mcu.now)
    mcu.onPortChanged = ({ port, levels, cycle }) => {
      if (port === 'B') follow(levels, cycle)
    }
    rig.open()
    rig.command(segment(rig.tick() + 2000, 300, 80))
    rig.run(1.8)
    rig.command(segment(rig.tick() + 2000, 300, 30, { direction: 'R' }))
    rig.run(1)
    expect(rig.status()).toMatchObject({ forward: 80, reverse: 30, encoder: 50, lost: 0 })
  })
})
