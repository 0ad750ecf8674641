/** Somebody at a socket of this machine: says text, and waits for what is said to it. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { LOOPBACK } from '#scripts/serving'

export class Client {
  readonly socket: Socket
  heard = ''
  #waiting: () => void = () => undefined

  constructor(port: number) {
    this.socket = connect(port, LOOPBACK)
    this.socket.on('error', () => undefined)
    for (const event of ['data', 'close'] as const) {
      this.socket.on(event, (bytes: Buffer | boolean) => {
        if (typeof bytes !== 'boolean') this.heard += bytes.toString('latin1')
        this.#waiting()
      })
    }
  }

  say(text: string): void {
    this.socket.write(text, 'latin1')
  }

  async until(holds: (heard: string) => boolean): Promise<string> {
    while (!holds(this.heard)) {
      if (this.socket.closed) throw new Error(`closed after ${JSON.stringify(this.heard)}`)
      await new Promise<void>((resolve) => {
        this.#waiting = resolve
      })
    }
    return this.heard
  }

  async closed(): Promise<string> {
    if (!this.socket.closed) await once(this.socket, 'close')
    return this.heard
  }
}
