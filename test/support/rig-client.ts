/** A client of a rig on a wire, in frames: what tests say to a rig that somebody serves, and what it answers. */
import type { Connection, Transport } from '#hil/rig/serial/transport'
import { encodeFrame } from '#protocol/frame'
import type { Command, Frame, MessageOf, ToHost, ToRig } from '#protocol/message'
import { Splitter } from '#protocol/splitter'

/** A rig on this machine answers within milliseconds; on a busy one it takes longer. */
const PATIENCE_ms = 20_000

export class RigClient {
  /** Every frame so far. */
  readonly frames: Frame<ToHost>[] = []
  /** Every line that is no frame. */
  readonly lines: string[] = []
  lost: string | undefined
  token = 0
  sequence = 0
  readonly #connection: Connection
  readonly #splitter = new Splitter('to-host')
  #heard = () => {}

  private constructor(connection: Connection) {
    this.#connection = connection
    connection.received.subscribe((bytes) => {
      for (const piece of this.#splitter.push(bytes)) {
        if (piece.kind === 'frame') this.frames.push(piece.frame)
        else if (piece.kind === 'log') this.lines.push(piece.text)
      }
      this.#heard()
    })
    connection.lost.subscribe((reason) => {
      this.lost = reason
      this.#heard()
    })
  }

  static async connect(transport: Transport): Promise<RigClient> {
    return new RigClient(await transport.open())
  }

  write(bytes: Uint8Array): void {
    this.#connection.write(bytes)
  }

  say(message: ToRig, sequence = 0): void {
    this.write(encodeFrame(sequence, message))
  }

  /** Waits until it holds; looks whenever something has come. */
  async until(holds: () => boolean, what: string): Promise<void> {
    const end = performance.now() + PATIENCE_ms
    while (!holds()) {
      const left_ms = end - performance.now()
      if (left_ms <= 0) throw new Error(`${what} did not come; heard: ${JSON.stringify([this.frames, this.lines])}`)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left_ms)
        this.#heard = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
  }

  /** The next message of this type that comes after the frames of `from`. */
  async next<Name extends ToHost['type']>(type: Name, from = 0): Promise<Extract<ToHost, { readonly type: Name }>> {
    const isOne = (message: ToHost): message is Extract<ToHost, { readonly type: Name }> => message.type === type
    const found = () =>
      this.frames
        .slice(from)
        .map(({ message }) => message)
        .find(isOne)
    await this.until(() => found() !== undefined, type)
    const message = found()
    if (message === undefined) throw new Error(type)
    return message
  }

  /** Opens a session. */
  async hello(nonce = 1): Promise<MessageOf<'WELCOME'>> {
    const from = this.frames.length
    this.write(Uint8Array.of(0x0a))
    this.say({ type: 'HELLO', nonce })
    const welcome = await this.next('WELCOME', from)
    this.token = welcome.token
    this.sequence = 0
    await this.next('TEL', from)
    return welcome
  }

  /** Sends a command and waits for its answer. */
  async command(request: object): Promise<MessageOf<'ACK'> | MessageOf<'NAK'>> {
    const from = this.frames.length
    const sequence = this.sequence++ % 256
    // The token is all that a request lacks.
    this.say({ ...request, token: this.token } as Command, sequence)
    const answer = () =>
      this.frames.slice(from).find((frame) => /^(ACK|NAK)$/.test(frame.message.type) && frame.sequence === sequence)
    await this.until(() => answer() !== undefined, 'an answer')
    return answer()?.message as MessageOf<'ACK'> | MessageOf<'NAK'>
  }

  close(): Promise<void> {
    return this.#connection.close()
  }
}
