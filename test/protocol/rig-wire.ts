/** The reference rig with a wire in the hand of a test: what it answers to each frame or byte. */
import { encodeFrame } from '#protocol/frame'
import type { ToHost, ToRig } from '#protocol/message'
import { RigLink } from '#protocol/rig-link'
import { Splitter } from '#protocol/splitter'
import { Body } from './body.ts'
import { motion } from './peer.ts'

export interface Answer {
  readonly sequence: number
  readonly message: ToHost
}

export class Wire {
  readonly body = new Body()
  readonly rig = new RigLink({ boot: '0000000A', build: '00000000', body: this.body })
  token = 0

  answers(send: readonly Uint8Array[]): Answer[] {
    const pieces = new Splitter('to-host').push(Buffer.concat(send))
    return pieces.flatMap((piece) => (piece.kind === 'frame' ? [piece.frame] : []))
  }

  bytes(bytes: Uint8Array, tick: number): Answer[] {
    return this.answers(this.rig.receive(bytes, tick))
  }

  say(sequence: number, message: ToRig, tick: number): Answer[] {
    return this.bytes(encodeFrame(sequence, message), tick)
  }

  hello(nonce: number, tick: number): Answer[] {
    const answers = this.say(0, { type: 'HELLO', nonce }, tick)
    const [welcome] = answers
    if (welcome?.message.type === 'WELCOME') this.token = welcome.message.token
    return answers
  }

  halt(tick: number): Answer[] {
    return this.bytes(Uint8Array.of(0x9b, 0x9b), tick)
  }

  seg(sequence: number, first: number, tick: number): Answer[] {
    return this.say(sequence, { ...motion(first, 3, 100), token: this.token }, tick)
  }
}

/** Sequence number and type of each. */
export function types(answers: readonly Answer[]): string[] {
  return answers.map(({ sequence, message }) => `${sequence} ${message.type}`)
}
