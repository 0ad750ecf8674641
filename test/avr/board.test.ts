/** The loop through the machine code is physical: what is done to the motor changes what the controller sees. */
import { describe, expect, it, vi } from 'vitest'
import { SOUND_WIRING, stepOf } from '#hil/plant/rotor'
import { Board } from '#hil/rig/avr/board'
import { cycles, Ours } from './support/machine.ts'

/** The program steps the motor 312.5 times a second; answers with the encoder count that it sees and the rotor's. */
function turned(befall: (board: Board) => void) {
  const ours = new Ours('everything')
  const board = new Board(ours.mcu, 2800)
  ours.hear(0.0005)
  befall(board)
  ours.hear(0.2)
  ours.say('?')
  const answer = ours.hear(0.005)
  const byte = Number.parseInt(answer.slice(1, 3), 16)
  return { seen: byte > 127 ? byte - 256 : byte, step: stepOf(board.rotor), rotor: board.rotor, answer }
}

describe('the board', () => {
  it('turns the rotor, and the controller sees every step of it', () => {
    const { seen, step, rotor, answer } = turned(() => {})
    expect(rotor).toMatchObject({ reverse: 0, lost: 0 })
    expect(rotor.forward).toBeGreaterThan(60)
    expect(step - seen).toBeLessThanOrEqual(2)
    expect(answer.slice(3)).toBe('3d0200\n')
  })

  it('with a broken coil wire goes nowhere, and the controller sees that', () => {
    const { seen, step, rotor } = turned((board) => board.rewire({ ...SOUND_WIRING, broken: 1 }))
    expect(Math.abs(step)).toBeLessThanOrEqual(3)
    expect(Math.abs(seen)).toBeLessThanOrEqual(3)
    expect(rotor.lost).toBeGreaterThan(10)
  })

  it('with crossed wires turns backwards, and the controller sees that', () => {
    const { seen, step } = turned((board) => board.rewire({ broken: 0, crossed: [2, 3] }))
    expect(step).toBeLessThan(-60)
    expect(seen).toBeLessThan(-58)
  })

  it('with a held rotor reports every lost step when it happens', () => {
    const ours = new Ours('everything')
    const board = new Board(ours.mcu, 2800)
    const lost: number[] = []
    board.onTurned = ({ rotor, steps, cycle }) => {
      expect(steps).toBe(0)
      expect(rotor.lost).toBe(lost.length + 1)
      lost.push(cycle)
    }
    board.hold(true)
    ours.runTo(cycles(0.1))
    const STEP_cycles = 50 * 1024
    expect(lost.length).toBeGreaterThan(25)
    expect(lost.every((cycle, i) => i === 0 || Math.abs(cycle - (lost[i - 1] ?? 0) - STEP_cycles) < 1500)).toBe(true)
  })

  it('shows each detent on the encoder as the rotor passes it', () => {
    const { mcu } = new Ours('respond')
    new Board(mcu, 2800)
    const TURN_cycles = 6400
    const drive = vi.spyOn(mcu, 'drive')
    const coils = (levels: number, cycle: number) => mcu.onPortChanged({ port: 'B', levels, outputs: 15, cycle })
    coils(0b0101, 1000)
    expect(drive).not.toHaveBeenCalled()
    coils(0b0110, 2000)
    coils(0b0101, 3000)
    coils(0b1001, 4000)
    const encoder = (a: string, b: string, cycle: number) => [
      ['D', 2, a, cycle],
      ['D', 3, b, cycle],
    ]
    expect(drive.mock.calls).toEqual([
      ...encoder('high', 'low', 2000 + TURN_cycles),
      ...encoder('low', 'low', 3000 + TURN_cycles),
      ...encoder('low', 'high', 4000 + TURN_cycles),
    ])
    drive.mockClear()
    coils(0b0010, 10_000)
    coils(0b0110, 20_000)
    coils(0b0100, 30_000)
    expect(drive.mock.calls).toEqual([
      ...encoder('high', 'high', 10_000 + TURN_cycles),
      ...encoder('high', 'low', 10_000 + 2 * TURN_cycles),
      ...encoder('low', 'low', 30_000 + TURN_cycles),
    ])
  })

  it('measures its cell', () => {
    const { answer } = turned((board) => board.setCell(2500))
    expect(answer.slice(3, 7)).toBe('0002')
  })
})
