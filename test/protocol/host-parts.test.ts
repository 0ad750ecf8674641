/** Parts of the host's end of the link: who greets, what a session leaves behind, and which telemetry is old. */
import { describe, expect, it } from 'vitest'
import { LIMITS } from '#protocol/catalogue'
import { CommandWindow } from '#protocol/command-window'
import { decodeFrame } from '#protocol/frame'
import { foreignGreeting } from '#protocol/handshake'
import { TelemetryOrder } from '#protocol/telemetry-order'

describe('a greeting of another version', () => {
  const line = '$3A00WELCOME,4294967295,65535,0BADC0DE,9*00000000'

  it('is known by its beginning, whatever follows the schema', () => {
    const greeting = { nonce: 4_294_967_295, version: 65_535, schema: '0BADC0DE' }
    expect(foreignGreeting('field', line)).toEqual(greeting)
    expect(foreignGreeting('field-count', line.replace(',9', ''))).toEqual(greeting)
  })

  it.each(['crc', 'length', 'type'] as const)('is none where the %s was wrong', (flaw) => {
    expect(foreignGreeting(flaw, line)).toBeUndefined()
  })

  it.each([
    `x${line}`,
    line.replace('00WELCOME', '01WELCOME'),
    line.replace('WELCOME', 'HALTED'),
    line.replace('0BADC0DE', 'BADC0DE'),
    line.replace('65535', '655350'),
    line.replace('4294967295', '42949672950'),
    line.replace('65535', ''),
  ])('is none that reads %s', (text) => {
    expect(foreignGreeting('field', text)).toBeUndefined()
  })
})

describe('the commands of a session', () => {
  const CLEAR = { type: 'CLEAR', halts: 1 } as const
  const typesOf = (frames: readonly Uint8Array[]) =>
    frames.map((bytes) => {
      const frame = decodeFrame('to-rig', bytes, 0, bytes.length - 1)
      return typeof frame === 'string' ? frame : `${frame.message.type} ${frame.sequence}`
    })
  /** With so many commands asked for, each to be given up after 1 s. */
  function window(commands: number, size: number = LIMITS.window): CommandWindow {
    const made = new CommandWindow(7, size, 100_000)
    for (let id = 0; id < commands; id += 1) made.request(id, CLEAR, 1_000_000)
    return made
  }

  it('are sent up to the window of the rig, and never more than the wire allows', () => {
    expect(typesOf(window(9, 1).due(0).send)).toEqual(['CLEAR 0'])
    expect(typesOf(window(9, 200).due(0).send)).toHaveLength(LIMITS.window)
  })

  it('end with it: lost what was sent and not answered, undone what was not sent', () => {
    const commands = window(4)
    commands.due(0)
    expect(commands.answer(1, 50, undefined)).toEqual({ id: 1, outcome: { kind: 'done', tick: 50 } })
    expect(commands.close()).toEqual([
      { id: 0, outcome: { kind: 'lost' } },
      { id: 2, outcome: { kind: 'undone' } },
      { id: 3, outcome: { kind: 'undone' } },
    ])
    expect(commands.close()).toEqual([])
    expect([commands.wake_us, commands.unansweredSince_us]).toEqual([Number.POSITIVE_INFINITY, undefined])
  })

  it('that are answered are not sent again, and one that is not is', () => {
    const commands = window(2)
    commands.due(0)
    commands.answer(1, 50, undefined)
    expect([commands.wake_us, commands.unansweredSince_us]).toEqual([100_000, 0])
    expect(typesOf(commands.due(100_000).send)).toEqual(['CLEAR 0'])
  })

  it('that wait too long for their turn are undone, the others keep theirs', () => {
    const commands = window(3)
    commands.request(9, CLEAR, 5_000_000)
    commands.due(0)
    const { send, ended } = commands.due(1_000_000)
    expect(ended).toEqual([{ id: 2, outcome: { kind: 'undone' } }])
    expect(typesOf(send)).toEqual(['VOID 0', 'VOID 1'])
    expect(commands.wake_us).toBe(1_100_000)
  })
})

describe('telemetry', () => {
  it('of one tick is old where half a round of numbers or more would have been missed', () => {
    const order = new TelemetryOrder()
    expect(order.report(0, 1000)).toBe(0)
    expect(order.report(128, 1000)).toBe(127)
    expect(order.report(1, 1000)).toBeUndefined()
    expect(order.report(129, 1000)).toBe(0)
    expect(order.report(129 + 129 - 256, 1000)).toBeUndefined()
  })

  it('of an earlier tick is old, of a later one is not, whatever its number', () => {
    const order = new TelemetryOrder()
    order.report(0, 1000)
    expect(order.report(1, 999)).toBeUndefined()
    expect(order.report(0, 1001)).toBe(255)
  })

  it('without a tick of its own is old by its number alone', () => {
    const order = new TelemetryOrder()
    expect(order.notice(127)).toBe(127)
    expect(order.notice(0)).toBeUndefined()
    expect(order.notice(128 + 127)).toBe(127)
  })
})
