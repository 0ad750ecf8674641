/** A listening socket whose end is the end of everything that came by it, refused clients included. */
import { createServer, type ListenOptions, type Server, type Socket } from 'node:net'

/** Most that are there at once, those that were refused and have not gone included; of more nothing is heard. */
const MOST_CONNECTIONS = 32

export class Listener {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  readonly #onTrouble: (message: string) => void

  /** `onTrouble` is told of a connection that could not be accepted, which is the client's trouble alone. */
  constructor(onClient: (socket: Socket) => void, onTrouble: (message: string) => void = () => undefined) {
    this.#onTrouble = onTrouble
    this.#server = createServer((socket) => {
      this.#sockets.add(socket)
      socket.once('close', () => this.#sockets.delete(socket))
      socket.on('error', () => undefined)
      onClient(socket)
    })
    this.#server.maxConnections = MOST_CONNECTIONS
  }

  /** Listens; rejects when it cannot. Answers with the port, or 0 where there is none. */
  async listen(where: ListenOptions): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(where, () => {
        this.#server.off('error', reject)
        this.#server.on('error', ({ message }) => this.#onTrouble(message))
        resolve()
      })
    })
    const address = this.#server.address()
    return typeof address === 'object' && address !== null ? address.port : 0
  }

  /** Lets go of everybody and stops listening. May be called again. */
  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}

/** Tells somebody why they are not let in, and hears nothing of them. */
export function turnAway(socket: Socket, reason: string): void {
  socket.end(reason)
  socket.resume()
}
