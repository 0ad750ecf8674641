/** The other end of a socket: whoever connects gets a connection of their own. */
import { createServer, type Socket } from 'node:net'
import { unlisted } from '#hil/rig/serial/binding'
import { overBinding } from '#hil/rig/serial/over-binding'
import type { Connection } from '#hil/rig/serial/transport'
import { socketPort } from '#hil/rig/tcp/socket-port'

export interface SocketPeer {
  readonly host: string
  readonly port: number
  close(): Promise<void>
}

export async function serve(meet: (connection: Connection) => void): Promise<SocketPeer> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    sockets.add(socket)
    const binding = unlisted((options) => Promise.resolve(socketPort(socket, options)))
    overBinding('a client', binding, 'client')
      .open()
      .then(meet, () => socket.destroy())
  })
  await new Promise<void>((resolve) => server.listen({ host: '127.0.0.1', port: 0 }, resolve))
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('the server has no address')
  return {
    host: '127.0.0.1',
    port: address.port,
    close: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
