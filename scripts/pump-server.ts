/** A pump of this process served at its end of the wire: to one client at a time, for as long as it is wanted. */
import type { ListenOptions, Socket } from 'node:net'
import type { PumpEnd } from '#hil/pump/wire/pump-end'
import { Listener, turnAway } from '#scripts/listener'
import type { Server } from '#scripts/serving'

const REFUSAL = 'the pump is in use: it serves one bench at a time\n'
/** A silent client that is gone is noticed after so long. */
const KEEPALIVE_ms = 10_000

export interface PumpServerOptions {
  /** The end that a client that comes finds: a new one, or that of a pump that goes on while nobody is there. */
  readonly endFor: () => PumpEnd
  /** Called when a client has said something. */
  readonly onHeard?: () => void
}

export class PumpServer implements Server {
  readonly what = 'pump'
  readonly #options: PumpServerOptions
  readonly #listener = new Listener((socket) => this.#meet(socket))
  #client: Socket | undefined

  constructor(options: PumpServerOptions) {
    this.#options = options
  }

  listen(where: ListenOptions): Promise<number> {
    return this.#listener.listen(where)
  }

  /** Lets go of the client and stops listening. May be called again. */
  close(): Promise<void> {
    return this.#listener.close()
  }

  #meet(socket: Socket): void {
    if (this.#client !== undefined) {
      turnAway(socket, REFUSAL)
      return
    }
    this.#client = socket
    socket.setNoDelay(true)
    socket.setKeepAlive(true, KEEPALIVE_ms)
    const { endFor, onHeard } = this.#options
    const end = endFor()
    socket.on('data', (bytes: Buffer) => {
      // Whoever comes after a good-bye finds a pump that is off, and begins anew.
      const wasOver = end.isOver
      const answer = end.receive(bytes)
      // A bench that asks and does not listen waits until it does.
      if (answer.length > 0 && !socket.write(answer)) socket.pause()
      if (end.isOver && !wasOver) socket.end()
      onHeard?.()
    })
    socket.on('drain', () => socket.resume())
    socket.once('close', () => {
      this.#client = undefined
    })
  }
}
