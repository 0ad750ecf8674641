/**
 * The firmware and the reference in TypeScript side by side: both are told the same at the same ticks.
 *
 * An answer states the tick at which its command had been executed, which the machine code needs some ticks for. Where a
 * step or a stated tick falls into just that time, two outcomes are right, and the pair is no longer determined.
 */

import { expect } from 'vitest'
import { FirmwareClock } from '#hil/rig/avr/firmware-clock'
import { encodeFrame } from '#protocol/frame'
import type { Command, ToHost } from '#protocol/message'
import { deadManTicks } from '#protocol/motion'
import { RigLink } from '#protocol/rig-link'
import { Splitter } from '#protocol/splitter'
import { extendTick, wireTick } from '#protocol/ticks'
import { lastTick } from '#units/cadence'
import { Body } from '../protocol/body.ts'
import { cadenceOf, type Request, Rig, segment } from './rig.ts'

/** Longest that a command is executed for. */
const EXECUTION_ticks = 24

/** Something that is done to both, at once or after a while. */
export type Deed =
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'halt' }
  | { readonly do: 'beat' }
  | { readonly do: 'again'; readonly back: number }
  | { readonly do: 'segment'; readonly ahead: number; readonly queued: boolean; readonly motion: object }
  /** From so many ticks after now, or after the last step queued. */
  | { readonly do: 'cancel'; readonly after: 'now' | 'last'; readonly by: number }
  | { readonly do: 'clear'; readonly off: number }

/** The machine code and the reference, side by side on the clock of the machine code. */
export class Pair {
  readonly rig = new Rig().open()
  readonly clock = new FirmwareClock(this.rig.mcu)
  readonly body = new Body()
  readonly #reference = new RigLink({ boot: '0000000A', build: '00000000', body: this.body })
  #token = 0
  /** How many steps had been made when the reference reported. */
  readonly #reported: number[] = []
  #said: { readonly sequence: number; readonly request: Request }[] = []
  /** Tick of the last step queued so far. */
  #last = 0
  #fed = 0
  /** Whether there is one right outcome so far. */
  determined = true

  /** Begins when the clock of the machine code stands at about `start_s` seconds. */
  constructor(start_s: number) {
    expect(this.now).toBeLessThan(2 ** 15)
    this.rig.run(start_s)
    const told = this.#tell(encodeFrame(0, { type: 'HELLO', nonce: 1 }), this.now)
    for (const message of told) if (message.type === 'WELCOME') this.#token = message.token
  }

  get now(): number {
    return this.clock.tickAt(this.rig.mcu.now)
  }

  #read(send: readonly Uint8Array[]): ToHost[] {
    const pieces = new Splitter('to-host').push(Buffer.concat(send))
    return pieces.flatMap((piece) => (piece.kind === 'frame' ? [piece.frame.message] : []))
  }

  #tell(bytes: Uint8Array, tick: number): ToHost[] {
    return this.#read(this.#reference.receive(bytes, tick))
  }

  /** Lets the reference make its steps through the tick. */
  pass(tick: number): void {
    for (;;) {
      const next = this.body.queue.next
      if (next === undefined || next.tick > tick) return
      if (Math.abs(next.tick - this.#fed - deadManTicks(next.quotient)) <= EXECUTION_ticks) this.determined = false
      if (!this.#reference.mayStep(next.tick, next.quotient).allowed) continue
      this.body.steps.push(next.tick)
      if (this.body.queue.advance()) this.#reported.push(this.body.steps.length)
    }
  }

  /** Tells the reference what the machine code had done by `tick`, unless that is not determined. */
  #follow(bytes: Uint8Array, tick: number, within: number, stated?: number): ToHost[] {
    this.pass(tick - within - 1)
    const due = this.body.queue.next?.tick ?? tick + 2
    const close = (other: number) => other >= tick - within && other <= tick + 1
    if (close(due) || (stated !== undefined && close(stated))) this.determined = false
    this.#fed = tick
    return this.determined ? this.#tell(bytes, tick) : []
  }

  #frame(request: Request, sequence: number): Uint8Array {
    return encodeFrame(sequence, { ...request, token: this.#token } as Command)
  }

  #command(request: Request, stated?: number): void {
    const sequence = this.rig.request(request)
    this.#said.push({ sequence, request })
    const answer = this.rig.answer(sequence)
    const tick = extendTick(answer.tick, this.now)
    const [own] = this.#follow(this.#frame(request, sequence), tick, EXECUTION_ticks, stated)
    if (!this.determined) return
    expect(own).toMatchObject(answer.reason === undefined ? { type: 'ACK' } : { type: 'NAK', reason: answer.reason })
  }

  #again(back: number): void {
    const command = this.#said.at(-back)
    if (command === undefined) return
    const before = this.rig.heard.length
    const said = { ...command.request, token: this.rig.token } as Command
    const heard_tick = this.clock.tickAt(this.rig.say(said, command.sequence)) + 8
    this.rig.run(0.03)
    const own = this.#follow(this.#frame(command.request, command.sequence), heard_tick, EXECUTION_ticks)
    const answers = this.rig.heard
      .slice(before)
      .filter(({ frame: { message } }) => 'token' in message && message.type !== 'TEL')
    if (this.determined) expect(answers.map(({ frame }) => frame.message.type)).toEqual(own.map(({ type }) => type))
  }

  does(deed: Deed): void {
    const { rig, now } = this
    switch (deed.do) {
      case 'wait':
        rig.run(deed.ms / 1000)
        break
      case 'halt': {
        rig.run(0.02)
        rig.halt()
        const { halts, tick } = rig.await('HALTED').frame.message
        const fed = this.#fed
        const told = this.#follow(Uint8Array.of(0x9b, 0x9b), extendTick(tick, this.now), 2)
        this.#fed = fed
        if (this.determined) expect(told.at(-1)).toMatchObject({ type: 'HALTED', halts })
        break
      }
      case 'beat':
        rig.mcu.runTo(rig.beat() + 8000)
        this.#follow(encodeFrame(0, { type: 'BEAT', token: this.#token }), this.now, 8)
        break
      case 'again':
        this.#again(deed.back)
        break
      case 'segment': {
        const first = (deed.queued ? Math.max(this.#last, now + 400) : now + 400) + deed.ahead
        const request = segment(first, 0, 0, { ...deed.motion, first: wireTick(first) })
        this.#command(request, first)
        if (this.body.attempts.at(-1)?.refusal === undefined) this.#last = lastTick(cadenceOf(request, first))
        break
      }
      case 'cancel': {
        const from = (deed.after === 'now' ? now : this.#last) + deed.by
        this.#command({ type: 'CANCEL', from: wireTick(from) }, from)
        break
      }
      case 'clear': {
        const halts = rig.all('HALTED').at(-1)?.frame.message.halts ?? 0
        this.#command({ type: 'CLEAR', halts: halts + deed.off })
        break
      }
    }
  }

  /** Lets all come in that is on its way, and holds the steps and the reports of both against each other. */
  compare(): void {
    this.rig.run(3)
    this.pass(this.now)
    if (!this.determined) return
    expect(this.rig.edges.map(({ cycle }) => this.clock.tickAt(cycle))).toEqual(this.body.steps)
    const told = this.rig.all('TEL').map(({ frame: { message } }) => message.forward + message.reverse)
    expect(told).toEqual(expect.arrayContaining(this.#reported))
  }
}
